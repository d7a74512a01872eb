import { type DataChange, rowsOf } from '../normalise/data-changes.ts';
import type { TakeRows } from '../row.ts';
import { inCalls, wasTooMuch } from './in-calls.ts';
import type { LastHeard } from './last-heard.ts';

/** What a server recorded of one node in one window, or a part of it. */
export interface HistoryPage<V> {
  readonly values: readonly V[];
  /** Name of the status; `Good…` and `BadNoData` are both an answer. */
  readonly status: string;
  /** To be handed in for the next part, where there is one. */
  readonly more?: Buffer | undefined;
}

/** One question to the historian: `more` continues an earlier answer. */
export interface HistoryQuestion {
  readonly node: string;
  readonly more?: Buffer | undefined;
}

export interface HistoryParts<V> {
  readonly marks: LastHeard;
  /** Asks for raw values, `from` (included) to `to` (not included), at most `most` of each node. */
  readonly ask: (
    questions: readonly HistoryQuestion[],
    from: number,
    to: number,
    most: number,
  ) => Promise<readonly HistoryPage<V>[]>;
  /** A recorded value as a change; undefined where it is no reading or has no time of its own. */
  readonly toChange: (node: string, value: V) => DataChange | undefined;
  readonly take: TakeRows;
  /** Nodes a call; the server's limit. */
  readonly nodesPerCall: number;
  /** Nothing older is fetched, ms before now. */
  readonly spanMs: number;
  readonly now: () => number;
  /** Where the server's clock is ahead of ours, its history goes on so much further than our now, ms. */
  readonly aheadMs: number;
  readonly pause: (ms: number) => Promise<void>;
  /** A node whose history the server does not give, with its reason: it is not asked again in this session. */
  readonly onNone: (node: string, status: string) => void;
  /** A part of a gap that is older than `spanMs` and stays empty. */
  readonly onTooLong: (from: number, to: number) => void;
  /** What the server fails to read out, however little is asked: a rotten record must not keep the rest from us. */
  readonly onSkipped: (node: string, from: number, to: number, reason: string) => void;
  readonly signal: AbortSignal;
}

/** Values of one window that are held at a time, about. */
const windowValues = 20_000;
/** Values of one node in one answer. */
const valuesPerPage = 1_000;
/** Rows put into the outbox at a time: live rows never wait behind more. */
const rowsPerTake = 1_000;
const minute = 60_000;
/** Failures of the server while one lot of gaps is filled; more are its general state, and it is tried again later. */
const mostFaults = 300;

/**
 * Fetches what the server recorded in the open gaps and hands it over as `historical` rows, all nodes together in the order of
 * time, window by window; each window's marks move when it is durable, so that a stop half-way costs one window. Ends with the
 * number of values when no gap is open, or when `signal` is aborted. Rejects when the server does not answer: the rest of the
 * gaps stay open.
 *
 * At most every other moment is spent asking, so that the server keeps time for what is live.
 */
export async function fillGaps<V>(parts: HistoryParts<V>): Promise<number> {
  const { marks, signal } = parts;
  const began = parts.now();
  const end = began + Math.max(0, parts.aheadMs) + minute;
  const floors = new Map<string, number>();
  for (const node of marks.gaps) floors.set(node, marks.open(node) ?? began);
  let cursor = Math.min(...floors.values(), end);
  const oldest = began - parts.spanMs;
  if (cursor < oldest) {
    parts.onTooLong(cursor, oldest);
    cursor = oldest;
  }
  // As if every node had a value a second, until it is known.
  let span = Math.max(1_000, (windowValues / Math.max(1, floors.size)) * 1_000);
  let filled = 0;
  const faults = { left: mostFaults };
  while (cursor < end && floors.size > 0 && !signal.aborted) {
    const to = Math.min(cursor + span, end);
    const nodes = [...floors].filter(([, floor]) => floor < to).map(([node]) => node);
    const changes = await readAround(parts, nodes, floors, cursor, to, faults);
    if (signal.aborted) break;
    for (let i = 0; i < changes.length; i += rowsPerTake)
      await parts.take(historicalRows(changes.slice(i, i + rowsPerTake)));
    filled += changes.length;
    // Never beyond the moment this began: what is recorded later belongs to the next gap.
    for (const node of nodes) marks.filled(node, Math.min(to, began));
    cursor = to;
    span *= Math.min(4, Math.max(0.25, windowValues / Math.max(1, changes.length)));
  }
  if (!signal.aborted) for (const node of floors.keys()) marks.close(node);
  return filled;
}

/**
 * As {@link readWindow}; where the server fails, it is asked for less: node by node, then for half the time, and what it cannot
 * read out at last is skipped and told.
 */
async function readAround<V>(
  parts: HistoryParts<V>,
  nodes: readonly string[],
  floors: Map<string, number>,
  from: number,
  to: number,
  faults: { left: number },
): Promise<DataChange[]> {
  try {
    return await readWindow(parts, nodes, floors, from, to);
  } catch (err) {
    faults.left -= 1;
    if (parts.signal.aborted || faults.left <= 0 || !isServersFault(err)) throw err;
    const [only] = nodes;
    const half = Math.ceil(nodes.length / 2);
    const middle = Math.floor((from + to) / 2);
    const read = (some: readonly string[], start: number, end: number) =>
      readAround(parts, some, floors, start, end, faults);
    const changes =
      nodes.length > 1
        ? [...(await read(nodes.slice(0, half), from, to)), ...(await read(nodes.slice(half), from, to))]
        : middle > from
          ? [...(await read(nodes, from, middle)), ...(await read(nodes, middle, to))]
          : [];
    if (only !== undefined && nodes.length === 1 && middle <= from)
      parts.onSkipped(only, from, to, (err as Error).message);
    return changes.sort((a, b) => a.at - b.at);
  }
}

/** The server answered, but with a failure of its own, and not that we are nobody to it any more. */
const isServersFault = (err: unknown): boolean => {
  const { message } = err as Error;
  return (
    /serviceResult/.test(message) && !/BadSession|BadSecureChannel|BadConnection|BadShutdown|BadTimeout/.test(message)
  );
};

/** All values of one window in the order of time. */
async function readWindow<V>(
  parts: HistoryParts<V>,
  nodes: readonly string[],
  floors: Map<string, number>,
  from: number,
  to: number,
): Promise<DataChange[]> {
  const { ask, toChange, marks, onNone, signal } = parts;
  const changes: DataChange[] = [];
  const cut = new Map<string, number>();
  let questions: HistoryQuestion[] = nodes.map((node) => ({ node }));
  while (questions.length > 0 && !signal.aborted) {
    const pages = await inCalls<HistoryQuestion, HistoryPage<V>>(questions, parts.nodesPerCall, async (lot) => {
      if (signal.aborted) return lot.map(() => ({ values: [], status: 'Good' }));
      const began = performance.now();
      const answers = await ask(lot, from, to, valuesPerPage);
      const crowded = answers.find(({ status }) => wasTooMuch(status));
      if (crowded && lot.length > 1) throw new Error(crowded.status);
      await parts.pause(performance.now() - began);
      return answers;
    });
    const next: HistoryQuestion[] = [];
    for (const [i, { values, status, more }] of pages.entries()) {
      const node = questions[i]?.node ?? '';
      const floor = floors.get(node) ?? 0;
      let last: number | undefined;
      for (const value of values) {
        const change = toChange(node, value);
        last = change?.at ?? last;
        if (change && change.at > floor) changes.push(change);
      }
      if (more && more.length > 0) next.push({ node, more });
      // Some servers cut an answer at the number asked for and say nothing of the rest (seen with asyncua 2.1).
      else if (values.length >= valuesPerPage) cut.set(node, last ?? to);
      else if (isRefusal(status)) {
        onNone(node, status);
        marks.close(node);
        floors.delete(node);
      }
    }
    questions = next;
  }
  for (const [node, at] of cut) {
    // Where more of one moment is cut than an answer holds, that moment's rest cannot be had.
    const rest = at < to ? await readWindow(parts, [node], floors, at > from ? at : at + 1, to) : [];
    changes.push(...rest);
  }
  return changes.sort((a, b) => a.at - b.at);
}

/** The server has no history of the node for us; to have none of this window is an answer. */
const isRefusal = (status: string): boolean =>
  status.startsWith('Bad') && !/^Bad(NoData|NoDataAvailable|BoundNotFound|BoundNotSupported)$/.test(status);

const historicalRows = (changes: readonly DataChange[]) =>
  rowsOf(changes).map((row) => ({ ...row, historical: true as const }));
