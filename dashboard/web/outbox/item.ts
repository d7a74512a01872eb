import type { Bilingual } from '../../../devices/model/device-type.ts';
import type { ApiProblem } from '../api/client.ts';

/**
 * A request that a person made and that has not reached the platform yet. Its `id` is the id of its command: sent again, it is carried
 * out once.
 */
export interface OutboxItem {
  readonly id: string;
  /** Counts up on this device: what was done first is sent first. */
  readonly no: number;
  /** When it was done, ms. */
  readonly at: number;
  /** Whose it is; it is never sent by anybody else who signs in here. */
  readonly account: string;
  /** POST to this path of the API. */
  readonly path: string;
  /** With {@link localPhoto} names where pictures stand that are not sent yet. */
  readonly body: unknown;
  /** What the person sees of it. */
  readonly title: Bilingual;
  /** Why the platform did not take it; a person must decide. Null while it waits. */
  readonly refused: ApiProblem | null;
}

/** A picture that waits on this device. Its `key` is that of its upload: sent again, it is the same picture. */
export interface KeptPhoto {
  readonly key: string;
  readonly file: Blob;
  /** What the platform calls it, once it has it. */
  readonly hash: string | null;
}

const prefix = 'kept:';
/** The name of a picture that the platform does not have yet, where its hash will stand. */
export const localPhoto = (key: string): string => `${prefix}${key}`;
/** The key of such a name; null for a picture that the platform has. */
export const keyOfLocal = (name: string): string | null => (name.startsWith(prefix) ? name.slice(prefix.length) : null);

/** Keys of pictures that a body names and the platform does not have. */
export function localPhotosIn(body: unknown): string[] {
  if (typeof body === 'string') return [keyOfLocal(body)].filter((key) => key !== null);
  if (typeof body !== 'object' || body === null) return [];
  return Object.values(body).flatMap(localPhotosIn);
}

/** The body with what the platform calls each picture in the place of its local name. */
export function withHashes(body: unknown, hashes: ReadonlyMap<string, string>): unknown {
  if (typeof body === 'string') return hashes.get(keyOfLocal(body) ?? '') ?? body;
  if (typeof body !== 'object' || body === null) return body;
  if (Array.isArray(body)) return body.map((one) => withHashes(one, hashes));
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, withHashes(value, hashes)]));
}

/**
 * Whether a failure passes by itself: no network, a server that restarts or is busy, a session that ended or was renewed. Anything
 * else is the platform's answer.
 */
export const passes = ({ status, code }: ApiProblem): boolean =>
  status === 0 || status >= 500 || status === 401 || status === 429 || status === 408 || code === 'csrf';
