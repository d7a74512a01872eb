import { RowsRefused, type TelemetryRow, type Value } from './telemetry-store.ts';

/** What a field holds; fixed by its first value. */
export type Kind = 'number' | 'boolean' | 'text';

/** Fields a store already holds: device type → measurement → its kind. */
export type KnownFields = ReadonlyMap<string, ReadonlyMap<string, { readonly kind: Kind }>>;

export type RefusedRow = RowsRefused['refused'][number];

/** What becomes of a batch before it reaches an engine. */
export interface Admission {
  readonly taken: readonly TelemetryRow[];
  readonly refused: readonly RefusedRow[];
  /** Fields seen here for the first time; they count as known once the batch is written. */
  readonly learned: readonly { readonly type: string; readonly measurement: string; readonly kind: Kind }[];
}

/** The kind of a value; undefined for what no store can hold (NaN, infinity, null, objects). */
export function kindOf(value: unknown): Kind | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? 'number' : undefined;
  return typeof value === 'boolean' ? 'boolean' : typeof value === 'string' ? 'text' : undefined;
}

/**
 * Parts the rows a store can hold from those it never will. One rule for every engine, as engines differ: InfluxDB 1.x
 * checks a field's kind only inside one shard (a week), so a text could otherwise follow numbers there. Rows before `since`
 * (ms) are beyond retention: they would be deleted at once, or be missing from rollups that are made already.
 */
export function admitRows(
  rows: readonly TelemetryRow[],
  known: KnownFields,
  since = Number.NEGATIVE_INFINITY,
): Admission {
  const taken: TelemetryRow[] = [];
  const refused: RefusedRow[] = [];
  const fresh = new Map<string, Map<string, { kind: Kind }>>();
  const learned: Admission['learned'][number][] = [];
  for (const row of rows) {
    const news: (readonly [string, Kind])[] = [];
    const reason = row.at < since ? tooOld(row, since) : fault(row, known.get(row.type), fresh.get(row.type), news);
    if (reason !== undefined) {
      refused.push({ row, reason });
      continue;
    }
    taken.push(row);
    if (news.length === 0) continue;
    const fields = fresh.get(row.type) ?? new Map<string, { kind: Kind }>();
    fresh.set(row.type, fields);
    for (const [measurement, kind] of news) {
      fields.set(measurement, { kind });
      learned.push({ type: row.type, measurement, kind });
    }
  }
  return { taken, refused, learned };
}

const tooOld = ({ device, at }: TelemetryRow, since: number): string =>
  `time ${new Date(at).toISOString()} of ${device} is beyond retention: readings are kept since ${new Date(since).toISOString()} (YANSHAO_STORE_RAW_DAYS)`;

type Fields = ReadonlyMap<string, { readonly kind: Kind }> | undefined;

/** Why a row can never be stored, or undefined; collects the fields it would add in `news`. */
function fault(row: TelemetryRow, known: Fields, fresh: Fields, news: (readonly [string, Kind])[]): string | undefined {
  if (row.device === '' || row.type === '') return `device "${row.device}" of type "${row.type}": both need a name`;
  if (!Number.isSafeInteger(row.at)) return `time ${row.at} of ${row.device} is not a whole number of milliseconds`;
  for (const measurement in row.values) {
    const value = row.values[measurement];
    const kind = kindOf(value);
    if (kind === undefined)
      return `${measurement} of ${row.device} is ${shown(value)}: send a number, true/false or a text`;
    if (measurement === '') return `a value of ${row.device} has no measurement name`;
    const held = known?.get(measurement)?.kind ?? fresh?.get(measurement)?.kind;
    if (held === undefined) news.push([measurement, kind]);
    else if (held !== kind) {
      return `${measurement} of ${row.type} holds ${plural[held]}; ${row.device} sent the ${kind} ${shown(value)}: a field's kind never changes, so correct the sender or use another measurement`;
    }
  }
  return undefined;
}

const plural: Readonly<Record<Kind, string>> = { number: 'numbers', boolean: 'true/false', text: 'texts' };
const shown = (value: Value | undefined): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value);

/** Ends a write: throws {@link RowsRefused} when rows were refused. Call it after the others are durable. */
export function settle(refused: readonly RefusedRow[]): void {
  if (refused.length > 0) throw new RowsRefused(refused);
}
