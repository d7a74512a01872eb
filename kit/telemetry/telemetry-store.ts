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

/** The long memory of readings. */
export interface TelemetryStore {
  /** Engine name for people: `duckdb`, `influxdb`, `memory`. */
  readonly engine: string;
  /**
   * Resolves once the store has every row, so the caller may move its journal cursor past them. Writing the same row
   * twice leaves one copy; of two values for one device, measurement and time the last written wins. A field's kind
   * (number, boolean, text) never changes: a row that would change it is refused with {@link RowsRefused}.
   */
  write(rows: readonly TelemetryRow[]): Promise<void>;
  /** One series, oldest first. */
  series(query: SeriesQuery): Promise<readonly Sample[]>;
  /** How many rows the store holds for a device: for tests, backups and the doctor. */
  count(type: string, device: string): Promise<number>;
  close(): Promise<void>;
}

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
