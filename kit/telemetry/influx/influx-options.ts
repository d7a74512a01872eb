import type { Log } from '../../log.ts';
import type { Retention } from '../telemetry-store.ts';

/** Which InfluxDB, and how it is spoken to. */
export interface InfluxOptions {
  /** `http://host:8086`, with a path when a proxy gives one. */
  readonly url: string;
  /** 2.x and 3: an API token; 1.x: `user:password`; absent where the server asks for none. */
  readonly token?: string;
  /** 2.x only. */
  readonly org?: string;
  /** The bucket, or the database of 1.x and 3. */
  readonly bucket: string;
  /**
   * `v1` writes to `/write` (1.x, 2.x, 3), `v2` to `/api/v2/write` (1.8+, 2.x, 3), `v3` to `/api/v3/write_lp` (3 only),
   * which answers when the lines are in the server's log on disk. Reads use `/query` in every case.
   */
  readonly api: 'v1' | 'v2' | 'v3';
  readonly log: Log;
  /** Longest wait for an answer, ms; 30 s when absent. */
  readonly timeoutMs?: number;
  /** What `arrange` set up; curves of a long range are made from rollups only where these say that there are some. */
  readonly retention?: Retention;
}

/** 1.x takes a user and a password, 2.x a token, 3 a bearer. */
export function authorization({ token, api }: Pick<InfluxOptions, 'token' | 'api'>): Record<string, string> {
  if (token === undefined || token === '') return {};
  if (token.includes(':')) return { authorization: `Basic ${Buffer.from(token).toString('base64')}` };
  return { authorization: `${api === 'v3' ? 'Bearer' : 'Token'} ${token}` };
}
