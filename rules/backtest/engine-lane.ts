import type { JournalEntry, TelemetryEntry, Value } from '../../devices/contract/entry.ts';
import type { Kind } from '../../kit/telemetry/admission.ts';
import type { ScanBatch } from '../../kit/telemetry/telemetry-store.ts';
import { createEngine } from '../engine/engine.ts';
import { type Field, kindOf } from './fields.ts';
import { recorder } from './recorder.ts';
import type { StoredLane, Trial } from './stored-lane.ts';

/**
 * The whole engine over blocks made of stored readings, with a tick each second: slower than `stored-lane.ts`, and right for
 * every kind of rule, those across devices included.
 */
export function engineLane(trial: Trial): StoredLane {
  const { compiled, city, types } = trial;
  const engine = createEngine({ catalogue: compiled, city, types, version: 'back-test' });
  engine.load({ devices: trial.devices, sites: trial.sites, gateways: [], beside: trial.records, version: 0 });
  const recorded = recorder(engine.desk, trial);
  const registered = new Set(trial.devices.map(({ id }) => id));
  const idOf: string[] = [];
  const seen = new Set<string>();
  let position = 0;
  let second = Math.floor(trial.warmUpFrom / 1000) * 1000;
  const give = (entry: JournalEntry): void => {
    const effects = engine.take({ position: ++position, entries: [entry] });
    if (effects) recorded.listen(effects);
  };
  give({ kind: 'tick', at: second });
  const passTo = (at: number): void => {
    for (; second + 1000 <= at; ) {
      second += 1000;
      give({ kind: 'tick', at: second });
    }
  };
  const kinds = trial.fields.map((field) => kindOf(field, types));
  return {
    take(batch) {
      for (const [number, id] of batch.names) idOf[number] = id;
      const { device, at, length } = batch;
      for (let i = 0; i < length && !recorded.isFull; ) {
        passTo(at[i]!);
        let end = i + 1;
        while (end < length && device[end] === device[i] && at[end] === at[i]) end++;
        const id = idOf[device[i]!]!;
        if (registered.has(id)) seen.add(id);
        give(entryOf(id, batch, i, end, trial.fields, kinds));
        i = end;
      }
    },
    finish(to) {
      if (!recorded.isFull) passTo(to - 1);
    },
    recorded,
    heard: () => seen.size,
    problems: () => engine.stats().problems,
  };
}

/** The readings `from` up to `to` of a batch, one device's of one moment, as the journal would hold them. */
function entryOf(
  device: string,
  batch: ScanBatch,
  from: number,
  to: number,
  fields: readonly Field[],
  kinds: readonly Kind[],
): TelemetryEntry {
  const values: Record<string, Value> = {};
  const quality: Record<string, number> = {};
  for (let i = from; i < to; i++) {
    const place = batch.measurement[i]!;
    const name = fields[place]!.name;
    const number = batch.value[i]!;
    values[name] = kinds[place] === 'text' ? batch.words[number]! : kinds[place] === 'boolean' ? number !== 0 : number;
    if (batch.quality[i] !== 0) quality[name] = batch.quality[i]!;
  }
  const at = batch.at[from]!;
  return { kind: 'telemetry', device, at, received: at, source: 'mqtt', values, quality };
}
