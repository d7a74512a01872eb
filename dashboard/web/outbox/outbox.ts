import type { Bilingual } from '../../../devices/model/device-type.ts';
import { ApiError, type ApiProblem, problemOf } from '../api/client.ts';
import { type KeptPhoto, localPhotosIn, type OutboxItem, passes, withHashes } from './item.ts';
import type { Shelf } from './shelf.ts';

export interface OutboxParts {
  readonly shelf: Shelf;
  /** POST to a path of the API; rejects as `api` does. The body carries the id of its command. */
  readonly post: (path: string, body: unknown) => Promise<unknown>;
  /** Sends a picture under its key; resolves with its hash. */
  readonly upload: (photo: KeptPhoto) => Promise<string>;
  /** Who is signed in here; null: nobody. */
  readonly account: () => string | null;
  /** Called when what waits has changed. */
  readonly changed: (items: readonly OutboxItem[]) => void;
  /** Called when something that waited was taken. */
  readonly arrived: (item: OutboxItem) => void;
}

/** What somebody does, as it is sent. */
export interface Asked {
  /** Id of its command. */
  readonly id: string;
  readonly at: number;
  readonly path: string;
  readonly body: object;
  readonly title: Bilingual;
}

/** `taken` by the platform, with its answer; `kept` until the network is back; `refused` by the platform or by this device. */
export type Sent =
  | { readonly kind: 'taken'; readonly answer: unknown }
  | { readonly kind: 'kept' }
  | { readonly kind: 'refused'; readonly problem: ApiProblem };

/** What people did while the network was away: kept on the device, sent in its order when it is back, carried out once. */
export interface Outbox {
  /** Sends now; what cannot be sent is kept. Behind what waits already it waits too: steps keep their order. */
  send(asked: Asked): Promise<Sent>;
  /** Keeps a picture that could not be sent. */
  keepPhoto(photo: KeptPhoto): Promise<void>;
  /** Sends what waits, of whoever is signed in, first things first; stops where the network is away. */
  flush(): Promise<void>;
  /** Tries again what the platform refused. */
  retry(id: string): Promise<void>;
  /** Gives up on it, and on its pictures. */
  discard(id: string): Promise<void>;
  /** Tells what waits, at the start. */
  load(): Promise<void>;
}

export function outbox({ shelf, post, upload, account, changed, arrived }: OutboxParts): Outbox {
  const tell = async (): Promise<readonly OutboxItem[]> => {
    const mine = (await shelf.items()).filter((item) => item.account === account());
    changed(mine);
    return mine;
  };
  /** Sends pictures first, each remembered when the platform has it, then the request itself. */
  const deliver = async ({ id, path, body }: Pick<OutboxItem, 'id' | 'path' | 'body'>, whose: string | null) => {
    const hashes = new Map<string, string>();
    for (const key of localPhotosIn(body)) {
      const photo = await shelf.photo(key);
      if (!photo) continue;
      const hash = photo.hash ?? (await upload(photo));
      if (photo.hash === null) await shelf.putPhoto({ ...photo, hash });
      hashes.set(key, hash);
    }
    // Pictures take their time, and the session is the browser's.
    if (account() !== whose) throw new ApiError(anotherPerson);
    return post(path, { ...(withHashes(body, hashes) as object), commandId: id });
  };
  const dropPhotos = async (body: unknown): Promise<void> => {
    for (const key of localPhotosIn(body)) await shelf.removePhoto(key);
  };
  const done = async (item: OutboxItem): Promise<void> => {
    await shelf.remove(item.id);
    await dropPhotos(item.body);
  };
  const keep = async (asked: Asked, waiting: readonly OutboxItem[], refused: ApiProblem | null): Promise<void> => {
    const no = Math.max(0, ...waiting.map((one) => one.no)) + 1;
    await shelf.put({ ...asked, body: withTime(asked), no, account: account() ?? '', refused });
    await tell();
  };
  let flushing: Promise<void> | null = null;
  const flushAll = async (): Promise<void> => {
    for (const item of await tell()) {
      if (item.refused) continue;
      try {
        await deliver(item, item.account);
        await done(item);
        arrived(item);
      } catch (error) {
        const problem = problemOf(error);
        // Whoever signed in meanwhile, or nobody: it waits for its person.
        if (passes(problem)) break;
        await shelf.put({ ...item, refused: problem });
      }
    }
    await tell();
  };
  const flush = (): Promise<void> => {
    flushing ??= flushAll().finally(() => {
      flushing = null;
    });
    return flushing;
  };
  return {
    async send(asked) {
      const waiting = (await tell()).filter(({ refused }) => refused === null);
      if (waiting.length === 0) {
        try {
          const answer = await deliver(asked, account());
          await dropPhotos(asked.body);
          return { kind: 'taken', answer };
        } catch (error) {
          const problem = problemOf(error);
          if (!passes(problem)) return { kind: 'refused', problem };
        }
      }
      try {
        await keep(asked, waiting, null);
      } catch (error) {
        return { kind: 'refused', problem: cannotKeep(error) };
      }
      void flush();
      return { kind: 'kept' };
    },
    keepPhoto: (photo) => shelf.putPhoto(photo),
    flush,
    async retry(id) {
      const item = (await shelf.items()).find((one) => one.id === id);
      if (item) await shelf.put({ ...item, refused: null });
      await flush();
    },
    async discard(id) {
      const item = (await shelf.items()).find((one) => one.id === id);
      if (item) await done(item);
      await tell();
    },
    load: async () => void (await tell()),
  };
}

/** When it was done counts, not when it arrives: a step that waits carries its time. */
const withTime = ({ body, at }: Asked): object =>
  'step' in body ? { ...body, step: { doneAt: at, ...(body.step as object) } } : body;

/** It waits for its person. */
const anotherPerson: ApiProblem = {
  status: 401,
  code: 'another-person',
  zh: '登录的人已换：等本人登录后再发送',
  en: 'somebody else is signed in: it is sent once its person is',
};

/** The device itself keeps nothing: whoever did it must know that it is gone with the page. */
export const cannotKeep = (error: unknown): ApiProblem => ({
  status: 0,
  code: 'not-kept',
  zh: `连不上平台，本机也无法暂存（${String(error)}）：请不要关闭页面，稍后再试。`,
  en: `The platform cannot be reached and this device keeps nothing (${String(error)}): leave the page open and try again.`,
});
