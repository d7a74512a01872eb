import type { Value } from '../../devices/contract/entry.ts';
import type { IngestPort } from '../../devices/contract/ports.ts';

/** The way in for the detectors of drills: the door that all devices use. */
export interface DrillDoor {
  /** Sends a reading of a drill's detector, taken at `at` (ms); resolves when the door has it in the journal. Rejects with why not. */
  send(drill: string, at: number, values: Readonly<Record<string, Value>>): Promise<void>;
  /** The drill is over: its detector signs off. */
  leave(drill: string): Promise<void>;
  stop(): Promise<void>;
}

/** Where ingest opens no door of its own (devices speak to the city's broker), readings go in behind it: into the journal. */
export const journalDrillDoor = (ingest: Pick<IngestPort, 'append'>, now: () => number): DrillDoor => ({
  async send(device, at, values) {
    await ingest.append([{ kind: 'telemetry', device, at, received: now(), source: 'mqtt', values }]);
  },
  async leave() {},
  async stop() {},
});
