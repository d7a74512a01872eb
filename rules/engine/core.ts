import type { ConditionContext } from '../../devices/city/expressions.ts';
import type { City } from '../../devices/contract/city.ts';
import type { TelemetryEntry, Value } from '../../devices/contract/entry.ts';
import type { Device, Gateway, Site } from '../../devices/contract/registry.ts';
import type { StandardsVersion } from '../../devices/contract/standards.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import { type BesideBook, besideBook } from '../../devices/registry/beside-book.ts';
import { type Zone, zoneOf } from '../../kit/local-time.ts';
import type { CompiledCatalogue, CompiledRule, TypePlan } from '../standards/compile.ts';
import type { Duties } from '../tickets/duties.ts';
import { type AlarmDesk, alarmDesk } from './alarm-desk.ts';
import type { GatewayState } from './gateways.ts';
import { type Baselines, newBaselines } from './learned.ts';
import { type Overrides, overrides } from './overrides.ts';
import { noRecords, type PlaceRecords, placeRecords } from './place-records.ts';
import { type Places, places } from './places.ts';
import { type Problems, problems } from './problems.ts';
import { endWithReturn } from './put-aside.ts';
import { newStandardsState, type StandardsState } from './standards-state.ts';
import { isWorkedOut, noWindows, type Windows } from './statistics.ts';
import { type Timers, timers } from './timers.ts';
import { newTogether, type Together } from './together.ts';
import { type Unit, type Units, units } from './units.ts';

/** Work orders, permits and protection plans in force at a device, at a time of the journal, ms; the newest tick when left out. */
export type RecordsLookup = (device: string, at?: number) => ConditionContext['records'];

export interface EngineParts {
  /** What judges until a version of the standards takes over; the engine puts another in its place then. */
  catalogue: CompiledCatalogue;
  readonly city: City;
  readonly types: Readonly<Record<string, DeviceType>>;
  /** Version of the catalogue, frozen into the platform's own alarms. */
  version: string;
  /** Every version of the standards that was ever approved, in their order; which of them the engine has heard of, its state tells. */
  readonly standards?: readonly StandardsVersion[];
  readonly records?: RecordsLookup;
  /** The duty list as it is now; nobody is registered when left out. */
  readonly duties?: () => Duties;
  /** An acknowledged alarm that stays active rings again after this, ms; 0 or absent: never. */
  readonly reAlarmMs?: number;
}

/** Time as the engine knows it: the journal's, less the stretches in which the platform was blind. */
export interface EngineTime {
  /** Journal time of the newest tick (or of the first entry before any tick), ms; NaN before both. */
  lastTick: number;
  /** Total of blind stretches, ms. */
  blind: number;
  /** `lastTick - blind`: the axis on which delays and silences run. */
  now: number;
}

/** A snapshot under way: what had changed when it began, and time and gateways as they stood at that position. */
export interface Keeping {
  readonly position: number;
  readonly globals: string;
  readonly units: Set<Unit>;
}

/** Numbers that only ever rise. */
export interface Counts {
  readings: number;
  unknownDevice: number;
  unknownMeasurement: number;
  duplicate: number;
  late: number;
  lateOutOfOrder: number;
  /** Devices whose clock was set back and is now followed. */
  clocksSetBack: number;
  /** Alarms of gateways for a device or rule that is not known here. */
  unknownEdgeAlarms: number;
  /** Ended P3 and P4 episodes found in late data: counted, not listed. */
  lateEpisodes: number;
}

/** Devices that share a circuit, and the same by type in the order of their ids, where somebody asked. */
export interface Circuit {
  readonly units: Set<Unit>;
  readonly sorted: Map<string, readonly Unit[]>;
}

/** All that the lanes of the engine share. Plain data and the tables behind it; no I/O, no clock. */
export interface Core {
  readonly parts: EngineParts;
  readonly standards: StandardsState;
  readonly zone: Zone;
  readonly units: Units;
  readonly desk: AlarmDesk;
  /** What people have laid over points. */
  readonly overrides: Overrides;
  readonly timers: Timers;
  readonly windows: Windows;
  readonly baselines: Baselines;
  readonly places: Places;
  readonly together: Together;
  readonly problems: Problems;
  readonly counts: Counts;
  readonly time: EngineTime;
  readonly sites: Map<string, Site>;
  /** Valves, pipes, crews and records. */
  readonly beside: BesideBook;
  readonly placeRecords: PlaceRecords;
  /** Count up when sites, what stands beside devices, or devices change: what was worked out from them is old. */
  readonly registered: { sites: number; beside: number; devices: number };
  readonly gatewayRecords: Map<string, Gateway>;
  readonly gateways: Map<string, GatewayState>;
  readonly circuits: Map<string, Circuit>;
  readonly mounts: Map<string, Set<Unit>>;
  /** Units by their site: those that watch for a hazard, and those that may stand for others there. */
  readonly atSite: Map<string, Unit[]>;
  /** Units with a backlog that drains. */
  readonly draining: Set<Unit>;
  /** Units that changed since their last snapshot and are not in the one under way. */
  dirty: Set<Unit>;
  /** The snapshot under way; null between two. */
  keeping: Keeping | null;
  /** The last episode of a device and rule that returned live: a backlog that tells of it again is no news. */
  readonly lastEpisodes: Map<string, { readonly since: number; readonly until: number }>;
  /** Alarms of gateways whose history says so already. */
  readonly edgeNoted: Set<string>;
  /** Devices removed since the last snapshot. */
  readonly removed: Set<string>;
  readonly records: RecordsLookup;
  derived: TelemetryEntry[];
  /** The heartbeat that came through and has not been told yet. */
  beat: number | null;
  /** True while blocks are judged again only to find the state back: nothing is told to anyone. */
  silent: boolean;
  /** Position of the block in hand. */
  position: number;
}

export function newCore(given: EngineParts): Core {
  const parts = { ...given };
  const laid = overrides();
  const desk: AlarmDesk = alarmDesk({
    ladderOf: (alarm) => parts.catalogue.ruleByKey.get(`${alarm.deviceType} ${alarm.rule}`)?.ladder ?? null,
    over: laid.over,
    onReturn: (alarm, at) => endWithReturn({ desk, overrides: laid }, alarm, at),
  });
  const beside = besideBook();
  const registered = { sites: 0, beside: 0, devices: 0 };
  const inForce = placeRecords(beside, () => registered.beside, parts.city.map.center[1]);
  const recordsOf: RecordsLookup = (id, at) => {
    const device = core.units.get(id)?.device;
    return device ? inForce.at(device, at ?? core.time.lastTick) : noRecords;
  };
  const core: Core = {
    parts,
    standards: newStandardsState(parts.standards ?? []),
    zone: zoneOf(parts.city.timeZone),
    units: units(),
    desk,
    overrides: laid,
    timers: timers(),
    windows: noWindows(),
    baselines: newBaselines(),
    places: places(),
    together: newTogether(),
    problems: problems(),
    counts: {
      readings: 0,
      unknownDevice: 0,
      unknownMeasurement: 0,
      duplicate: 0,
      late: 0,
      lateOutOfOrder: 0,
      clocksSetBack: 0,
      unknownEdgeAlarms: 0,
      lateEpisodes: 0,
    },
    time: { lastTick: Number.NaN, blind: 0, now: Number.NaN },
    sites: new Map(),
    beside,
    placeRecords: inForce,
    registered,
    gatewayRecords: new Map(),
    gateways: new Map(),
    circuits: new Map(),
    mounts: new Map(),
    atSite: new Map(),
    draining: new Set(),
    dirty: new Set(),
    keeping: null,
    edgeNoted: new Set(),
    removed: new Set(),
    lastEpisodes: new Map(),
    records: parts.records ?? recordsOf,
    derived: [],
    beat: null,
    silent: false,
    position: 0,
  };
  return core;
}

/** Reminders are numbers: a unit and one of its rules, or {@link DERIVE}. */
export const reminder = (unit: Unit, offset: number): number => unit.no * 256 + offset;
/** The offset by which a unit's derived measurements are reminded. */
export const DERIVE = 255;

/** Marks a unit as changed by the block in hand. */
export function touch(core: Core, unit: Unit): void {
  if (unit.dirty) return;
  unit.dirty = true;
  core.dirty.add(unit);
}

/** A coded number as the value it stands for. */
export function decode(core: Core, plan: TypePlan, measurement: number, code: number): Value {
  const kind = plan.measurements[measurement]?.kind;
  if (kind === 'boolean') return code !== 0;
  return kind === 'text' ? core.parts.catalogue.words.word(code) : code;
}

/** A value as the number it is judged by. */
export function encode(core: Core, value: Value): number {
  if (typeof value === 'number') return value;
  return typeof value === 'boolean' ? (value ? 1 : 0) : core.parts.catalogue.words.number(value);
}

/** The value an alarm of `rule` shows for the number it was judged by. */
export const shown = (core: Core, unit: Unit, rule: CompiledRule, number: number): Value =>
  isWorkedOut(rule) || rule.kind === 'stuck' || rule.kind === 'expression'
    ? number
    : decode(core, unit.plan, rule.measurement, number);

/** A unit's own or its type's limit for a rule. */
export const limitFor = (unit: Unit, rule: CompiledRule): number =>
  rule.perDevice === null ? rule.limit : unit.limits![rule.offset * 2]!;
export const backFor = (unit: Unit, rule: CompiledRule): number =>
  rule.perDevice === null ? rule.back : unit.limits![rule.offset * 2 + 1]!;

/** A unit that is still there, or undefined where the device was removed meanwhile. */
export const siteOf = (core: Core, device: Device): Site | undefined =>
  device.site === undefined ? undefined : core.sites.get(device.site);
