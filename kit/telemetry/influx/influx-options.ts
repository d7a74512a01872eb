import type { Log } from '../../log.ts';

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
  /** `v1` writes to `/write` (1.x, 2.x, 3), `v2` to `/api/v2/write` (1.8+, 2.x, 3). Reads use `/query` either way. */
  readonly api: 'v1' | 'v2';
  readonly log: Log;
  /** Longest wait for an answer, ms; 30 s when absent. */
  readonly timeoutMs?: number;
}
