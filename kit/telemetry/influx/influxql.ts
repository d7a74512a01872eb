import { StoreMisconfigured, StoreUnavailable } from '../telemetry-store.ts';

/** Quotes a stored name as an InfluxQL identifier. */
export const identifier = (name: string): string => `"${escaped(name).replaceAll('"', '\\"')}"`;
/** Quotes a stored name as an InfluxQL text. */
export const literal = (name: string): string => `'${escaped(name).replaceAll("'", "\\'")}'`;
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

/** One row of a result: the time (ms), then the selected columns. */
export type QueryRow = readonly (string | number | boolean | null)[];

/** One statement's series; a chunked answer gives several of the same name. */
export interface QuerySeries {
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly QueryRow[];
}

interface QueryBody {
  readonly error?: string;
  readonly results?: readonly {
    readonly error?: string;
    readonly series?: readonly (Omit<QuerySeries, 'values'> & Partial<Pick<QuerySeries, 'values'>>)[];
  }[];
}

export interface InfluxqlOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly database: string;
  readonly timeoutMs: number;
}

/** Runs one or more InfluxQL statements by `/query`, the reading interface that InfluxDB 1.x, 2.x and 3 share. */
export type Influxql = (statements: string, onSeries: (series: QuerySeries) => void) => Promise<void>;

/**
 * The `/query` client. Answers come in chunks of one JSON document a line, so a long series is never held twice. Rejects
 * with {@link StoreUnavailable} or {@link StoreMisconfigured}.
 */
export function influxql(options: InfluxqlOptions): Influxql {
  const target = `${options.url}/query`;
  return async (statements, onSeries) => {
    const body = new URLSearchParams({ db: options.database, q: statements, epoch: 'ms', chunked: 'true' });
    try {
      const signal = AbortSignal.timeout(options.timeoutMs);
      const answer = await fetch(target, { method: 'POST', body, headers: options.headers, signal });
      if (!answer.ok) throw queryError(target, answer.status, (await answer.text()).slice(0, 500));
      for await (const line of linesOf(answer.body)) take(JSON.parse(line) as QueryBody, target, onSeries);
    } catch (err) {
      if (err instanceof StoreUnavailable || err instanceof StoreMisconfigured) throw err;
      throw new StoreUnavailable(`InfluxDB at ${target} does not answer: ${reasonOf(err)}`, err);
    }
  };
}

/** `fetch failed` says nothing; its cause does. */
const reasonOf = (err: unknown): string => String((err as { cause?: { message?: string } }).cause?.message || err);

function take(body: QueryBody, target: string, onSeries: (series: QuerySeries) => void): void {
  for (const { error, series } of [{ error: body.error, series: [] }, ...(body.results ?? [])]) {
    if (error !== undefined) throw queryError(target, 200, error);
    // A series without rows comes without the list (a database without continuous queries).
    for (const one of series ?? []) onSeries({ ...one, values: one.values ?? [] });
  }
}

function queryError(target: string, status: number, text: string): Error {
  const said = `InfluxDB at ${target} answered ${status}: ${text.trim()}`;
  if (status === 401 || status === 403) {
    return new StoreMisconfigured(`${said}. Give a token that may read this database`);
  }
  if (status === 404 || /database not found|dbrp|bucket not found/i.test(text)) return new StoreMisconfigured(said);
  return new StoreUnavailable(said);
}

async function* linesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const part of body ?? []) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line.trim() !== '');
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield rest;
}
