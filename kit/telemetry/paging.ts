import { PAGE_ROWS, type Page, type PageQuery, type PageRow, type TelemetryStore } from './telemetry-store.ts';

/** Reads every row of [from, to), or says that there are more than `limit`, which a shorter range must then avoid. */
export type ReadSlice = (from: number, to: number, limit: number) => Promise<readonly PageRow[] | 'too-many'>;

const FIRST_SPAN_MS = 3_600_000;
/** A span grows no further: times are whole milliseconds below 2^53. */
const LONGEST_SPAN_MS = 2 ** 45;

/** What lies in a range of time, read slice by slice. */
export interface Sliced<T> {
  /** The first slice that held anything; null when none did. */
  readonly found: T | null;
  /** Where the next begins, ms; null after the last. */
  readonly next: number | null;
  /** How much time the next should try to span, ms. */
  readonly spanMs: number;
}

/**
 * The next slice of time that holds readings: one with more than `most` is halved, and after a thin one the next may be
 * twice as long. So a caller needs memory for its own rows only, however long the range and however uneven the readings lie
 * in it. A single millisecond is read whole whatever it holds.
 */
export async function nextSlice<T extends { readonly length: number }>(
  query: { readonly from: number; readonly to: number; readonly spanMs?: number | undefined },
  most: number,
  read: (from: number, to: number, limit: number) => Promise<T | 'too-many'>,
): Promise<Sliced<T>> {
  let from = Math.ceil(query.from);
  const to = Math.ceil(query.to);
  let spanMs = Math.max(1, Math.min(LONGEST_SPAN_MS, Math.ceil(query.spanMs ?? FIRST_SPAN_MS)));
  while (from < to) {
    const end = Math.min(to, from + spanMs);
    const found = await read(from, end, end - from <= 1 ? Number.MAX_SAFE_INTEGER : most);
    if (found === 'too-many') {
      spanMs = Math.max(1, Math.floor((end - from) / 2));
      continue;
    }
    if (found.length < most / 3) spanMs = Math.min(LONGEST_SPAN_MS, spanMs * 2);
    if (found.length > 0) return { found, next: end < to ? end : null, spanMs };
    from = end;
  }
  return { found: null, next: null, spanMs };
}

/** One page of an export, by slices of time. */
export async function pageBySlices(query: PageQuery, read: ReadSlice): Promise<Page> {
  const { found, ...rest } = await nextSlice(query, PAGE_ROWS, read);
  return { rows: found ?? [], ...rest };
}

/** All pages of a query, one at a time: the next is read when the last was taken. Ends early when `signal` is aborted. */
export async function* pagesOf(
  store: Pick<TelemetryStore, 'page'>,
  query: PageQuery,
  signal?: AbortSignal,
): AsyncGenerator<readonly PageRow[]> {
  let { from, spanMs } = query as { from: number; spanMs?: number };
  while (!signal?.aborted) {
    const page = await store.page({ ...query, from, spanMs });
    if (page.rows.length > 0) yield page.rows;
    if (page.next === null) return;
    from = page.next;
    spanMs = page.spanMs;
  }
}
