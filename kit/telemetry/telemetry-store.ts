/** What a measurement can be. */
export type Value = number | boolean | string;

/** All values that one device reported for one moment. Measurement names are dotted; values are in canonical units. */
export interface TelemetryRow {
  /** Device type id: the InfluxDB measurement. */
  readonly type: string;
  readonly device: string;
  /** Source time, ms. */
  readonly at: number;
  readonly values: Readonly<Record<string, Value>>;
  /** OPC UA status codes of those values that are not plainly good. */
  readonly quality?: Readonly<Record<string, number>>;
}

/** One value of one series. */
export interface Sample {
  readonly at: number;
  readonly value: Value;
  /** OPC UA status code, 0 = good. */
  readonly quality: number;
}

export interface SeriesQuery {
  readonly type: string;
  readonly device: string;
  readonly measurement: string;
  /** Inclusive, ms. */
  readonly from: number;
  /** Exclusive, ms. */
  readonly to: number;
  /**
   * At most about this many samples: each time bucket gives its lowest and its highest, so that no peak is lost.
   * Text and boolean series are thinned by keeping each bucket's first and last.
   */
  readonly maxSamples?: number;
}

/** A series for a picture: as {@link SeriesQuery}, with what else the picture should tell. */
export interface CurveQuery extends SeriesQuery {
  readonly maxSamples: number;
  /** A silence longer than this is a gap, ms; absent where the measurement reports on change and silence says nothing. */
  readonly gapMs?: number;
}

/** What a series says over a range. */
export interface Curve {
  /** Oldest first, thinned as {@link SeriesQuery.maxSamples} says. */
  readonly samples: readonly Sample[];
  /**
   * 0 when made from the readings themselves; else the width of the rollups it was made from, ms: lows and highs are exact,
   * their times within that width, and the range is widened to whole rollups.
   */
  readonly resolutionMs: number;
  /** Readings of the range, before thinning. */
  readonly count: number;
  /** How many of them were of which quality; null where rollups no longer tell. */
  readonly quality: { readonly good: number; readonly uncertain: number; readonly bad: number } | null;
  /** Times of the first and last reading of the range; null when there is none. */
  readonly first: number | null;
  readonly last: number | null;
  /** Silences longer than `gapMs` between two readings, oldest first, at most {@link MOST_GAPS}. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
  /** There were more gaps than are listed. */
  readonly moreGaps: boolean;
}

/** Gaps that a {@link Curve} lists at most. */
export const MOST_GAPS = 1000;

/** Readings of many series, to be taken page by page (`paging.ts`). */
export interface PageQuery {
  /** Device types with the devices and measurements wanted of each; a row speaks of them by their places here. */
  readonly groups: readonly {
    readonly type: string;
    readonly devices: readonly string[];
    readonly measurements: readonly string[];
  }[];
  /** Inclusive, ms. */
  readonly from: number;
  /** Exclusive, ms. */
  readonly to: number;
  /** How much time the page should try to span, ms: the page before says what suits. */
  readonly spanMs?: number;
}

/** One reading: places in the query of group, device and measurement; source time (ms), value, OPC UA status. */
export type PageRow = readonly [
  group: number,
  device: number,
  measurement: number,
  at: number,
  value: Value,
  quality: number,
];

export interface Page {
  /** In the order of time; of one moment in no promised order. */
  readonly rows: readonly PageRow[];
  /** `from` of the next page; null after the last. */
  readonly next: number | null;
  /** What the next page should try to span, ms. */
  readonly spanMs: number;
}

/** Readings of one device type, to be taken batch by batch (`scanning.ts`) by whoever computes over all of them. */
export interface ScanQuery {
  readonly type: string;
  readonly measurements: readonly string[];
  /** Only these; absent: every device of the type that the store holds. */
  readonly devices?: readonly string[] | undefined;
  /** Inclusive, ms. */
  readonly from: number;
  /** Exclusive, ms. */
  readonly to: number;
  /** The highest device number that was named already; 0 in the first query. */
  readonly named?: number;
  /** How much time the batch should try to span, ms: the batch before says what suits. */
  readonly spanMs?: number;
}

/** Readings as columns, one element a reading: in the order of time, of one moment by device. */
export interface ScanBatch {
  /** The numbering of devices that `device` speaks in; another one than before: the store was opened anew. */
  readonly numbering: string;
  /** Devices of the type numbered above {@link ScanQuery.named}: number and id. */
  readonly names: readonly (readonly [number: number, device: string])[];
  readonly length: number;
  readonly device: Uint32Array<ArrayBuffer>;
  /** Places in the query. */
  readonly measurement: Uint8Array<ArrayBuffer>;
  /** Source time, ms. */
  readonly at: Float64Array<ArrayBuffer>;
  /** Numbers as they are; booleans as 0 and 1; for a text its place in `words`. */
  readonly value: Float64Array<ArrayBuffer>;
  /** OPC UA status codes. */
  readonly quality: Uint32Array<ArrayBuffer>;
  /** The different texts of this batch. */
  readonly words: readonly string[];
  /** `from` of the next batch; null after the last. */
  readonly next: number | null;
  /** What the next batch should try to span, ms. */
  readonly spanMs: number;
}

/** How long each class of readings is kept, whole days; 0 keeps it for ever. */
export interface Retention {
  readonly rawDays: number;
  /** Lowest, highest, mean, count and last status of each minute. */
  readonly minuteDays: number;
  /** The same of each hour. */
  readonly hourDays: number;
}

/** One thing that setting up the store did, or found done already. */
export interface StoreStep {
  readonly what: { readonly zh: string; readonly en: string };
  /** The statement or request, as it goes to the engine; null where it is not one. */
  readonly statement: string | null;
  readonly outcome: 'done' | 'already' | 'would' | 'not-offered';
}

/** How full the store is, and how far back it reaches. */
export interface StoreStatus {
  readonly engine: string;
  /** The engine's own version, where it tells. */
  readonly version: string | null;
  /** On disk; null where the engine does not tell. */
  readonly bytes: number | null;
  /** Device × measurement in DuckDB, series in InfluxDB; null where it cannot be asked. */
  readonly series: number | null;
  /** At which the engine refuses new series; null without such a limit. */
  readonly seriesLimit: number | null;
  readonly oldest: number | null;
  readonly newest: number | null;
  /** As the engine has it; null for a class it does not keep. */
  readonly retention: { readonly raw: number | null; readonly minute: number | null; readonly hour: number | null };
  /** How far rollups reach: the end of the newest, ms. */
  readonly rolledTo: { readonly minute: number | null; readonly hour: number | null };
}

/** What a round of upkeep found and did. */
export interface Upkeep {
  readonly series: number | null;
  readonly seriesLimit: number | null;
  /** Samples older than their retention that were deleted now; engines that do it by themselves say 0. */
  readonly dropped: number;
  /** Hours whose rollups were made or made anew. */
  readonly rolledHours: number;
}

/** A copy of the store, made while it was written to. */
export interface StoreBackup {
  readonly file: string;
  readonly samples: number;
  readonly bytes: number;
}

/** The long memory of readings. */
export interface TelemetryStore {
  /** Engine name for people: `duckdb`, `influxdb`, `memory`. */
  readonly engine: string;
  /**
   * Resolves once the store has every row, so the caller may move its journal cursor past them. Writing the same row
   * twice leaves one copy; of two values for one device, measurement and time the last written wins. A field's kind
   * (number, boolean, text) never changes: a row that would change it is refused with {@link RowsRefused}, and so is one
   * older than what the store keeps.
   */
  write(rows: readonly TelemetryRow[]): Promise<void>;
  /** One series, oldest first, from the readings themselves. */
  series(query: SeriesQuery): Promise<readonly Sample[]>;
  /** One series for a picture: from rollups where the range is so long that they show the same, or raw is no longer kept. */
  curve(query: CurveQuery): Promise<Curve>;
  /** The next page of an export: at most about {@link PAGE_ROWS} readings. */
  page(query: PageQuery): Promise<Page>;
  /**
   * The next batch of a scan: at most about {@link SCAN_ROWS} readings, each once. It yields to writes and to charts: what
   * computes over months must not make anybody wait.
   */
  scan(query: ScanQuery): Promise<ScanBatch>;
  /** How many rows the store holds for a device: for tests, backups and the doctor. */
  count(type: string, device: string): Promise<number>;
  status(): Promise<StoreStatus>;
  /**
   * Sets up retention and down-sampling; what is there already is left alone, so it may be repeated. With `dryRun` it
   * changes nothing and says what it would do.
   */
  arrange(retention: Retention, options: { readonly dryRun: boolean }): Promise<readonly StoreStep[]>;
  /** Regular care, as of `now` (ms): retention, rollups that late readings made stale, the number of series. */
  upkeep(now: number): Promise<Upkeep>;
  /**
   * Makes a consistent copy in `folder` while writes go on. Rejects with a `Problem` where the engine is backed up by its
   * own tools, which it names.
   */
  backup(folder: string): Promise<StoreBackup>;
  close(): Promise<void>;
}

/** Readings of one page, about. */
export const PAGE_ROWS = 16_384;

/** Readings of one batch of a scan, about. */
export const SCAN_ROWS = 131_072;

/** The store cannot take anything now (down, busy, full): the same batch may be tried again. */
export class StoreUnavailable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreUnavailable';
  }
}

/** The store refused these rows for good; it has taken all the others of the batch. */
export class RowsRefused extends Error {
  readonly refused: readonly { row: TelemetryRow; reason: string }[];
  constructor(refused: readonly { row: TelemetryRow; reason: string }[]) {
    super(`the store refused ${refused.length} rows; the first because: ${refused[0]?.reason}`);
    this.name = 'RowsRefused';
    this.refused = refused;
  }
}

/** The store will take nothing until a person mends something (credentials, a missing database). */
export class StoreMisconfigured extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreMisconfigured';
  }
}
