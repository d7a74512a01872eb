import type { JournalReader, Position } from '../../kit/journal/journal.ts';
import type {
  Curve,
  CurveQuery,
  Page,
  PageQuery,
  Sample,
  ScanBatch,
  ScanQuery,
  SeriesQuery,
  StoreBackup,
  StoreStatus,
  StoreStep,
} from '../../kit/telemetry/telemetry-store.ts';
import type { JournalEntry } from './entry.ts';
import type { Quarantined, QuarantineQuery, ReadmitQuery, Readmitted } from './quarantine.ts';
import type { SiteBundle } from './site-bundle.ts';
import type { SparkplugStatus } from './sparkplug.ts';
import type { ClockSkew, IngestStats } from './stats.ts';

/**
 * What ingest offers to the other processes. In one process `main.ts` hands over the object; across processes it is
 * authenticated HTTP on loopback (kit/rpc), and the journal is read from its file.
 */
export interface IngestPort {
  /** Appends registry changes and derived telemetry; resolves when durable. */
  append(entries: readonly JournalEntry[]): Promise<Position>;
  /** Registers a journal consumer; resolves with the position it may read after. */
  register(consumer: string): Promise<Position>;
  release(consumer: string, position: Position): Promise<void>;
  series(query: SeriesQuery): Promise<readonly Sample[]>;
  /** One series for a picture, with its silences; from rollups where the range is long. */
  curve(query: CurveQuery): Promise<Curve>;
  /** The next page of an export; whoever exports asks for one after the other, so that nothing is kept for it here. */
  page(query: PageQuery): Promise<Page>;
  /** The next batch of readings for whoever computes over all of them (a back-test); it yields to everything else. */
  scan(query: ScanQuery): Promise<ScanBatch>;
  storeStatus(): Promise<StoreStatus>;
  /** Sets up retention and down-sampling as the settings say. */
  arrangeStore(options: { readonly dryRun: boolean }): Promise<readonly StoreStep[]>;
  /** Copies the store into a folder of this host while it is written to. */
  backupStore(folder: string): Promise<StoreBackup>;
  quarantine(query: QuarantineQuery): Promise<readonly Quarantined[]>;
  /** Judges refused messages again, as of today; what is kept goes in as late data. A row goes in once. */
  readmit(query: ReadmitQuery): Promise<Readmitted>;
  /** A device's clock as measured; null while too little was heard of it. */
  clock(device: string): Promise<ClockSkew | null>;
  /** Keeps what a gateway needs to judge alone, for it to fetch as the attribute `site`; the last one counts. */
  provision(gateway: string, bundle: SiteBundle): Promise<void>;
  stats(): Promise<IngestStats>;
  /** The Sparkplug host application, its edge nodes and the metrics it could not read; null where none is configured. */
  sparkplug(query: { readonly node?: string; readonly limit?: number }): Promise<SparkplugStatus | null>;
}

/** The journal as its consumers outside ingest see it. */
export type EntryReader = JournalReader<JournalEntry>;
