import { batchesAgainstBare, messagesAgainstBare, wholePath } from './ingest-embedded.ts';
import type { IngestBenchOptions, Part } from './ingest-options.ts';
import { behindBroker, besideInflux } from './ingest-outside.ts';
import { busyness, machine, type Report } from './report.ts';

/** Two hundred thousand messages and some three million readings after the warm-up, by each way in. */
export const ingestBenchSize = { messages: 40_000, passes: 16, rounds: 5, devices: 10_000 };

/**
 * Measures ingest by every way in and to every store: single messages and batches of 100 through the embedded broker, each
 * beside a bare aedes; through Mosquitto, each beside a bare subscriber; the whole path to DuckDB and to InfluxDB.
 */
export async function ingestBench(options: IngestBenchOptions): Promise<Report> {
  const busy = busyness();
  // What only says where the time goes needs fewer rounds than what a goal hangs on.
  const fewer = { ...options, rounds: Math.ceil(options.rounds / 2) };
  const parts: Part[] = [];
  parts.push(await messagesAgainstBare(options));
  parts.push(await batchesAgainstBare(fewer));
  parts.push(await wholePath(options, 'here'));
  parts.push(await wholePath(fewer, 'beside'));
  parts.push(await besideInflux(fewer));
  parts.push(await behindBroker(options, 'messages'));
  parts.push(await behindBroker(fewer, 'path'));
  return {
    name: 'ingest',
    machine: machine(),
    goals: parts.flatMap(({ goals }) => goals),
    figures: Object.assign({}, ...parts.map(({ figures }) => figures), busy),
    notes: parts.flatMap(({ notes = [] }) => notes),
  };
}
