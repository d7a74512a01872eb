import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import type { PhotoBody } from '../../devices/contract/api.ts';
import { browser, type DashboardCity, dashboardCity, kitchen } from '../support/dashboard-city.ts';
import { shot, somewhere } from '../support/pictures.ts';

/** Pictures and the audit through the API of a city that really runs, as roles see them. */
let city: DashboardCity;
let dashboard: Dashboard;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  city = await dashboardCity();
  await city.put({ devices: [kitchen('hearth-1')] });
  dashboard = await city.dashboard();
  for (const role of ['admin', 'duty', 'viewer'] as const)
    tokens[role] = (await dashboard.accounts.newApiToken({ name: role, role })).secret;
});
afterAll(() => city.stop());

const as = (role: string) => ({ authorization: `Bearer ${tokens[role]}` });
const get = (path: string, role: string, headers: Record<string, string> = {}) =>
  fetch(`${dashboard.url}/api/v1/${path}`, { headers: { ...as(role), ...headers } });
const send = (bytes: Buffer, role = 'duty', key?: string, field = 'photo') => {
  const form = new FormData();
  form.set(field, new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'evidence.jpg');
  const headers = { ...as(role), ...(key && { 'idempotency-key': key }) };
  return fetch(`${dashboard.url}/api/v1/photos`, { method: 'POST', headers, body: form });
};
const sent = async (bytes: Buffer, key?: string) => {
  const answer = await send(bytes, 'duty', key);
  expect(answer.status).toBe(200);
  return (await answer.json()) as PhotoBody;
};
interface Answer {
  readonly code?: string;
  readonly zh?: string;
  readonly en?: string;
  readonly items: readonly { readonly type: string }[];
}
const bodyOf = async (answer: Response) => (await answer.json()) as Answer;
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

describe('a picture of the field', () => {
  it('sent, and sent again after a lost answer, is one picture with its time and place', async () => {
    const bytes = await shot({ taken: '2026:11:22 10:05:06', offset: '+08:00', gps: somewhere });
    const first = await sent(bytes, 'upload-0001');
    expect(first).toMatchObject({ takenAt: Date.UTC(2026, 10, 22, 2, 5, 6), place: { lon: 124.56, exact: true } });
    expect(await sent(bytes, 'upload-0001')).toEqual(first);
    const other = await send(await shot({ width: 300 }), 'duty', 'upload-0001');
    expect([other.status, (await bodyOf(other)).code]).toEqual([409, 'key-reused']);
  });

  it('is shown as it is to duty, blurred and without its place to a viewer, to nobody without a sign-in', async () => {
    const { hash, place } = await sent(await shot({ gps: somewhere }));
    const sharpOne = await get(`photos/${hash}`, 'duty');
    expect(Object.fromEntries(sharpOne.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'cross-origin-resource-policy': 'same-origin',
    });
    const [shown, thumb] = [await bytesOf(sharpOne), await bytesOf(await get(`photos/${hash}/thumb`, 'duty'))];
    expect((await sharp(shown).metadata()).width).toBe(640);
    expect((await sharp(thumb).metadata()).width).toBe(320);
    const blurred = await bytesOf(await get(`photos/${hash}`, 'viewer'));
    expect(blurred.equals(await bytesOf(await get(`photos/${hash}/thumb`, 'viewer')))).toBe(true);
    expect([blurred.equals(shown), blurred.equals(thumb)]).toEqual([false, false]);
    expect(await (await get(`photos/${hash}/info`, 'duty')).json()).toMatchObject({ place });
    const { place: about } = (await (await get(`photos/${hash}/info`, 'viewer')).json()) as PhotoBody;
    expect(about).toEqual({ lon: 124.56, lat: 29.62, exact: false });
    expect((await fetch(`${dashboard.url}/api/v1/photos/${hash}`)).status).toBe(401);
  });

  it('is asked for again each time, and not sent again while it is the same to the same role', async () => {
    const { hash } = await sent(await shot());
    const tag = (await get(`photos/${hash}`, 'duty')).headers.get('etag') ?? '';
    expect((await get(`photos/${hash}`, 'duty', { 'if-none-match': tag })).status).toBe(304);
    expect((await get(`photos/${hash}`, 'viewer', { 'if-none-match': tag })).status).toBe(200);
  });

  it.each([
    ['a text by another name', async () => send(Buffer.from('hello')), 422, 'photo-format'],
    ['16 MB', async () => send(Buffer.alloc(16_000_000, 7)), 413, 'photo-too-large'],
    [
      'no file at all',
      async () =>
        fetch(`${dashboard.url}/api/v1/photos`, { method: 'POST', headers: as('duty'), body: new FormData() }),
      400,
      'photo-missing',
    ],
    [
      'JSON',
      async () =>
        browser(dashboard.url)
          .post('/api/v1/photos', {}, as('duty'))
          .then((a) => new Response(a.text, { status: a.status })),
      400,
      'photo-missing',
    ],
    ['a key too short', async () => send(await shot(), 'duty', 'abc'), 400, 'bad-request'],
    ['a viewer', async () => send(await shot(), 'viewer'), 403, 'role'],
  ])('%s is refused in both languages', async (_, ask, status, code) => {
    const answer = await ask();
    const body = await bodyOf(answer);
    expect([answer.status, body.code]).toEqual([status, code]);
    expect([typeof body.zh, typeof body.en]).toEqual(['string', 'string']);
  });

  it('no other route takes multipart', async () => {
    const form = new FormData();
    form.set('ids', 'x');
    const answer = await fetch(`${dashboard.url}/api/v1/alarms/acknowledge`, {
      method: 'POST',
      headers: as('duty'),
      body: form,
    });
    expect(answer.status).toBe(415);
  });

  it('that nobody knows is not there', async () => {
    expect((await get(`photos/${'0'.repeat(64)}`, 'duty')).status).toBe(404);
    expect((await get('photos/..%2f..%2faccounts.db', 'duty')).status).toBe(400);
  });
});

describe('the audit', () => {
  it('is searched by device, and shows telephones only to those who need them', async () => {
    const contacts = [{ name: '王工', phone: '13812345678' }];
    const site = { id: 'site-1', name: '食堂', lon: 124.56, lat: 29.62, kind: 'restaurant', demo: true, contacts };
    await city.put({ sites: [site as never], devices: [kitchen('hearth-9')] });
    const rows = async (role: string) =>
      (await bodyOf(await get('audit?device=hearth-9&type=registry.put', role))).items;
    expect(await rows('duty')).toHaveLength(1);
    expect(JSON.stringify(await rows('viewer'))).not.toContain('13812345678');
    expect((await bodyOf(await get('audit?person=nobody-here', 'duty'))).items).toEqual([]);
    expect((await get('audit?limit=0', 'duty')).status).toBe(400);
  });

  it('of accounts and the heads of the chains are the administrator’s', async () => {
    const statuses = async (path: string) =>
      Promise.all(['admin', 'duty', 'viewer'].map(async (role) => (await get(path, role)).status));
    expect(await statuses('audit?log=accounts')).toEqual([200, 403, 403]);
    expect(await statuses('audit/head')).toEqual([200, 403, 403]);
    expect(await statuses('audit.csv')).toEqual([200, 200, 403]);
    expect((await get('audit?log=accounts&incident=i-1', 'admin')).status).toBe(400);
    expect((await get('audit?incident=i-1', 'admin')).status).toBe(200);
    const { items } = await bodyOf(await get('audit?log=accounts&type=token.', 'admin'));
    expect(items.map(({ type }) => type)).toEqual(['token.new', 'token.new', 'token.new']);
  });
});
