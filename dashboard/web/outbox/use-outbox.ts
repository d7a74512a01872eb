import { create } from 'zustand';
import type { PhotoBody } from '../../../devices/contract/api.ts';
import type { Bilingual } from '../../../devices/model/device-type.ts';
import { api, commandId, upload } from '../api/client.ts';
import { useSession } from '../api/session.ts';
import { textOf } from '../i18n/i18n.ts';
import { nowOfPlatform } from '../live/store.ts';
import { say } from '../ui/toast.tsx';
import { localPhoto, type OutboxItem } from './item.ts';
import { cannotKeep, outbox } from './outbox.ts';
import { browserShelf } from './shelf.ts';

interface Waiting {
  /** What waits on this device, of whoever is signed in, first things first. */
  readonly items: readonly OutboxItem[];
  /** Counts up when something that waited was taken. */
  readonly arrived: number;
}
export const useOutbox = create<Waiting>(() => ({ items: [], arrived: 0 }));

const accountNow = (): string | null => useSession.getState().me?.name ?? null;
const shelf = browserShelf();
const box = outbox({
  shelf,
  account: accountNow,
  post: (path, body) => api(path, { body }),
  upload: async ({ key, file }) =>
    (await upload<PhotoBody>('/photos', 'photo', new File([file], 'photo', { type: file.type }), key)).hash,
  changed: (items) => useOutbox.setState({ items }),
  arrived: () => useOutbox.setState(({ arrived }) => ({ arrived: arrived + 1 })),
});
export const { retry, discard } = box;

const AGAIN_MS = 15_000;

/**
 * Sends what somebody does; without a network it is kept on this device and sent later, once. What is refused is said in words.
 * @returns the platform's answer, `kept`, or null where it was refused
 */
export async function sendOrKeep<T>(
  path: string,
  body: object,
  title: Bilingual,
  id = commandId(),
): Promise<T | 'kept' | null> {
  const sent = await box.send({ id, at: nowOfPlatform(), path, body, title });
  if (sent.kind === 'refused') say(sent.problem);
  if (sent.kind !== 'kept') return sent.kind === 'taken' ? (sent.answer as T) : null;
  void navigator.storage?.persist?.();
  say({ zh: textOf('zh', 'outbox.kept'), en: textOf('en', 'outbox.kept') });
  return 'kept';
}

/** Keeps a picture that could not be sent. @returns the name that stands for it until it is */
export async function keepPhoto(key: string, file: Blob): Promise<string> {
  await box.keepPhoto({ key, file, hash: null });
  return localPhoto(key);
}
export { cannotKeep };

/** A picture that waits here, to be looked at. */
export const photoHere = async (key: string): Promise<Blob | undefined> => (await shelf.photo(key))?.file;

/** Sends what waits whenever there is hope: at the start, when the network is back, every quarter of a minute. */
export function startOutbox(): () => void {
  // One tab at a time: the others would only ask the platform twice.
  const flush = (): void => {
    const work = () => box.flush().catch(() => undefined);
    void (navigator.locks ? navigator.locks.request('yanshao-outbox', work) : work());
  };
  const timer = setInterval(() => useOutbox.getState().items.length > 0 && flush(), AGAIN_MS);
  addEventListener('online', flush);
  const unsubscribe = useSession.subscribe(flush);
  flush();
  return () => {
    clearInterval(timer);
    removeEventListener('online', flush);
    unsubscribe();
  };
}
