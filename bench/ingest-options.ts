import type { Report } from './report.ts';

export interface IngestBenchOptions {
  readonly citiesDir: string;
  readonly city: string;
  /** Messages of one device in each round, to each broker. */
  readonly messages: number;
  /** Passes of all gateways over all their devices, in each round of the whole path. */
  readonly passes: number;
  readonly rounds: number;
  readonly devices: number;
  readonly progress: (line: string) => void;
}

/** One part of the report. */
export type Part = Pick<Report, 'goals' | 'figures' | 'notes'>;
