import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/client.ts';
import { localPhoto, localPhotosIn, type OutboxItem, withHashes } from './item.ts';
import { outbox } from './outbox.ts';
import { memoryShelf } from './shelf.ts';

/** A telephone in the field: its network, its platform, and what is on it after the page was closed. */
function telephone() {
  const shelf = memoryShelf();
  const platform = {
    steps: new Map<string, unknown>(),
    photos: new Map<string, string>(),
    uploads: 0,
    order: [] as string[],
  };
  const net = { up: true, answerLost: false, refuses: '' };
  let account: string | null = 'wei';
  let shown: readonly OutboxItem[] = [];
  const away = () => new ApiError({ status: 0, code: 'unreachable', zh: '无', en: 'none' });
  const opens = () =>
    outbox({
      shelf,
      account: () => account,
      changed: (items) => {
        shown = items;
      },
      arrived: () => undefined,
      async upload({ key }) {
        if (!net.up) throw away();
        platform.uploads++;
        // The platform knows the key: the same picture again is the same.
        platform.photos.set(key, `hash-of-${key}`);
        return `hash-of-${key}`;
      },
      async post(path, body) {
        if (!net.up) throw away();
        if (net.refuses) throw new ApiError({ status: 409, code: net.refuses, zh: '不', en: 'no' });
        const { commandId } = body as { commandId: string };
        if (!platform.steps.has(commandId)) platform.order.push(path);
        platform.steps.set(commandId, body);
        if (net.answerLost) throw away();
        return { done: true };
      },
    });
  return {
    ...{ shelf, platform, net, opens },
    signsIn: (name: string | null) => {
      account = name;
    },
    get shown() {
      return shown.map(({ id, refused }) => (refused ? `${id} refused` : id));
    },
  };
}
const step = (id: string, photos: readonly string[] = []) => ({
  ...{ id, at: 1, path: `/tickets/${id}/steps`, title: { zh: id, en: id } },
  body: { step: { kind: 'evidence', photos } },
});
const photo = (key: string) => ({ key, file: new Blob(['x']), hash: null });

describe('what is done without a network', () => {
  it('is kept, outlives the page, and arrives once with its picture when the network is back', async () => {
    const phone = telephone();
    phone.net.up = false;
    const before = phone.opens();
    await before.keepPhoto(photo('p1'));
    expect(await before.send(step('s1', [localPhoto('p1')]))).toEqual({ kind: 'kept' });
    expect(phone.shown).toEqual(['s1']);
    const after = phone.opens();
    await after.flush();
    expect(phone.platform.steps.size).toBe(0);
    phone.net.up = true;
    await Promise.all([after.flush(), after.flush()]);
    expect([...phone.platform.steps.values()]).toEqual([
      { step: { kind: 'evidence', photos: ['hash-of-p1'], doneAt: 1 }, commandId: 's1' },
    ]);
    expect(phone.shown).toEqual([]);
    expect(await phone.shelf.photoKeys()).toEqual([]);
  });

  it('that arrived while its answer was lost is sent again under its id, and is there once', async () => {
    const phone = telephone();
    const box = phone.opens();
    phone.net.answerLost = true;
    await box.keepPhoto(photo('p1'));
    expect(await box.send(step('s1', [localPhoto('p1')]))).toEqual({ kind: 'kept' });
    await box.flush();
    phone.net.answerLost = false;
    await box.flush();
    expect(phone.platform.order).toEqual(['/tickets/s1/steps']);
    expect(phone.platform.uploads).toBe(1);
    expect(phone.shown).toEqual([]);
  });

  it('keeps its order: what comes later waits behind it', async () => {
    const phone = telephone();
    const box = phone.opens();
    phone.net.up = false;
    await box.send(step('s1'));
    await box.send(step('s2'));
    phone.net.up = true;
    await box.send(step('s3'));
    await box.flush();
    expect(phone.platform.order).toEqual(['/tickets/s1/steps', '/tickets/s2/steps', '/tickets/s3/steps']);
  });

  it('is sent by nobody but whoever did it', async () => {
    const phone = telephone();
    const box = phone.opens();
    phone.net.up = false;
    await box.send(step('s1'));
    phone.net.up = true;
    for (const somebody of ['ann', null]) {
      phone.signsIn(somebody);
      await box.flush();
      expect(phone.shown).toEqual([]);
    }
    expect(phone.platform.steps.size).toBe(0);
    phone.signsIn('wei');
    await box.flush();
    expect(phone.platform.steps.size).toBe(1);
  });

  it('that the platform then refuses is shown until somebody decides, and holds up nothing', async () => {
    const phone = telephone();
    const box = phone.opens();
    phone.net.up = false;
    await box.send(step('s1'));
    phone.net.up = true;
    phone.net.refuses = 'out-of-order';
    await box.flush();
    expect(phone.shown).toEqual(['s1 refused']);
    phone.net.refuses = '';
    expect(await box.send(step('s2'))).toMatchObject({ kind: 'taken' });
    await box.retry('s1');
    expect(phone.platform.order).toEqual(['/tickets/s2/steps', '/tickets/s1/steps']);
    expect(phone.shown).toEqual([]);
  });

  it('can be given up, with its pictures', async () => {
    const phone = telephone();
    const box = phone.opens();
    phone.net.up = false;
    await box.keepPhoto(photo('p1'));
    await box.send(step('s1', [localPhoto('p1')]));
    await box.discard('s1');
    expect([phone.shown, await phone.shelf.photoKeys()]).toEqual([[], []]);
  });

  it('that this device cannot keep is said at once', async () => {
    const phone = telephone();
    phone.net.up = false;
    phone.shelf.put = () => Promise.reject(new Error('QuotaExceededError'));
    expect(await phone.opens().send(step('s1'))).toMatchObject({ kind: 'refused', problem: { code: 'not-kept' } });
  });
});

describe('a refusal with the network there', () => {
  it('is the person’s answer, and nothing is kept', async () => {
    const phone = telephone();
    phone.net.refuses = 'not-yours';
    expect(await phone.opens().send(step('s1'))).toMatchObject({ kind: 'refused', problem: { code: 'not-yours' } });
    expect(phone.shown).toEqual([]);
  });
});

describe('pictures that wait', () => {
  it('are found anywhere in a body, and named by what the platform calls them', () => {
    const body = { finding: { photos: [localPhoto('a'), 'f00d'] }, answers: [{ photos: [localPhoto('b')] }] };
    expect(localPhotosIn(body)).toEqual(['a', 'b']);
    expect(
      withHashes(
        body,
        new Map([
          ['a', 'h1'],
          ['b', 'h2'],
        ]),
      ),
    ).toEqual({
      finding: { photos: ['h1', 'f00d'] },
      answers: [{ photos: ['h2'] }],
    });
  });
});
