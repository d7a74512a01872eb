import type { BesideListed } from '../../devices/contract/beside.ts';
import type { City } from '../../devices/contract/city.ts';
import type { Device, Site } from '../../devices/contract/registry.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import type { ScanBatch } from '../../kit/telemetry/telemetry-store.ts';
import { type Core, DERIVE, newCore } from '../engine/core.ts';
import { due } from '../engine/engine.ts';
import { judgeLive } from '../engine/live.ts';
import { lookAround } from '../engine/neighbours.ts';
import { putDevice, startTime } from '../engine/registry.ts';
import { heard } from '../engine/silence.ts';
import type { Unit } from '../engine/units.ts';
import type { CompiledCatalogue } from '../standards/compile.ts';
import type { Field } from './fields.ts';
import { type Recorder, recorder } from './recorder.ts';

/** One form of a rule, and the devices it is tried on. */
export interface Trial {
  readonly compiled: CompiledCatalogue;
  readonly key: string;
  readonly city: City;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly devices: readonly Device[];
  /** Devices whose alarms are wanted, the others being their neighbours; null: all of them. */
  readonly only: ReadonlySet<string> | null;
  readonly sites: readonly Site[];
  /** Work orders, permits and protection plans. */
  readonly records: BesideListed;
  /** Where reading begins, so that windows are full at `from`, ms. */
  readonly warmUpFrom: number;
  readonly from: number;
  /** In the order that the merged scans number them. */
  readonly fields: readonly Field[];
}

/** A lane that judges stored readings. */
export interface StoredLane {
  take(batch: ScanBatch): void;
  /** Lets time pass up to the end of the period. */
  finish(to: number): void;
  readonly recorded: Recorder;
  /** Devices of which anything was read. */
  heard(): number;
  /** Devices for which the rule rests or could not be judged; `*` stands for those that know too little yet of what is usual. */
  problems(): ReturnType<Core['problems']['list']>;
}

/**
 * The engine's live lane over columns: the same judging, delays, windows and silences (rules/engine/live.ts and silence.ts)
 * without an entry for each reading. What is stored has one time, its source time, and comes in order, so that of the lanes of
 * the journal only the live one is left. Time passes second by second as by ticks, each before the readings of its moment.
 * `engine-lane.ts` judges the same by entries and ticks; a property test holds both together.
 */
export function storedLane(trial: Trial): StoredLane {
  const { compiled, key, city, types, fields } = trial;
  const core = newCore({ catalogue: compiled, city, types, version: 'back-test' });
  // Beyond what any snapshot could hold: there is none here.
  core.position = 1;
  for (const site of trial.sites) core.sites.set(site.id, site);
  core.beside.reset(trial.records);
  core.units.reserve(trial.devices.flatMap((device) => compiled.planOf(device) ?? []));
  for (const device of trial.devices) putDevice(core, device, 0);
  startTime(core, Math.floor(trial.warmUpFrom / 1000) * 1000);
  const recorded = recorder(core.desk, trial);
  /** By the store's number. */
  const unitOf: (Unit | undefined)[] = [];
  const seen = new Set<string>();
  const places = fields.map(({ type, name }) => compiled.plans.get(type)?.indexOf.get(name) ?? -1);
  const present = new Set<number>();
  const isPresent = (measurement: number): boolean => present.has(measurement);
  const remind = (what: number): void => {
    // Derived measurements are stored like all others.
    if (what % 256 !== DERIVE) due(core, what);
  };

  /** What was told, and what neighbours make of it. */
  const settle = (): void => {
    if (core.together.stirred.length > 0) lookAround(core);
    recorded.listen();
  };
  const passTo = (at: number): void => {
    const { time } = core;
    for (let second = time.lastTick + 1000; second <= at; second += 1000) {
      time.lastTick = second;
      time.now = second;
      if (core.timers.size === 0) {
        time.lastTick = Math.floor(at / 1000) * 1000;
        time.now = time.lastTick;
        return;
      }
      core.timers.fire(second, remind);
      settle();
    }
  };
  /** All values of the moment are known before any is judged: conditions speak of several at once. */
  const moment = (
    unit: Unit,
    batch: ScanBatch,
    from: number,
    to: number,
    at: number,
    words: readonly number[],
  ): void => {
    const { columns } = core.units;
    for (let i = from; i < to; i++) {
      const m = unit.m + places[batch.measurement[i]!]!;
      columns.values[m] =
        words.length > 0 && isText(unit, places[batch.measurement[i]!]!) ? words[batch.value[i]!]! : batch.value[i]!;
      columns.times[m] = at;
      columns.qualities[m] = batch.quality[i]!;
    }
    for (let i = from; i < to; i++) {
      const place = places[batch.measurement[i]!]!;
      judgeLive(core, unit, place, columns.values[unit.m + place]!, batch.quality[i]!, at, at, at, null);
    }
    unit.newestAt = at;
    if (unit.plan.absences.length > 0) {
      present.clear();
      for (let i = from; i < to; i++) present.add(places[batch.measurement[i]!]!);
      heard(core, unit, isPresent, at, at, at);
    }
    settle();
  };
  return {
    take(batch) {
      for (const [number, id] of batch.names) unitOf[number] = core.units.get(id);
      const words = batch.words.map((word) => compiled.words.number(word));
      const { device, at, length } = batch;
      for (let i = 0; i < length && !recorded.isFull; ) {
        const time = at[i]!;
        if (time - core.time.lastTick >= 1000) passTo(time);
        let end = i + 1;
        while (end < length && device[end] === device[i] && at[end] === time) end++;
        const unit = unitOf[device[i]!];
        // What a device told while it was of another type is not judged.
        if (unit && unit.plan.type.id === fields[batch.measurement[i]!]!.type) {
          if (Number.isNaN(unit.newestAt)) seen.add(unit.device.id);
          moment(unit, batch, i, end, time, words);
        }
        i = end;
      }
    },
    finish(to) {
      if (!recorded.isFull) passTo(to - 1);
    },
    recorded,
    heard: () => seen.size,
    problems: () => [...core.problems.list(), ...stillLearning(core, key)],
  };
}

const isText = (unit: Unit, place: number): boolean => unit.plan.measurements[place]!.kind === 'text';

function stillLearning(core: Core, key: string): ReturnType<Core['problems']['list']> {
  const found = [...core.baselines.learning].filter(([rule, count]) => rule.key === key && count > 0);
  const text = 'knows too little yet of what is usual: its rule rested at the end of the period';
  return found.map(([rule, count]) => ({ rule: rule.key, device: '*', text, count }));
}
