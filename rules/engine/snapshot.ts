import type { SelfReport } from '../../devices/detectors/life.ts';
import { phase } from '../judge/evaluate.ts';
import type { SampleBits } from '../judge/k-of-n.ts';
import type { Stillness, Window } from '../judge/window.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { binsRow, changedBins, learnedOf, type OpenSpan, openSpan, readBins, reopenSpan } from './baseline-rows.ts';
import { type Core, decode, encode, type Keeping, reminder } from './core.ts';
import type { GatewayState } from './gateways.ts';
import { type History, newHistory } from './history.ts';
import { back, type KeptEpisode, keep } from './kept.ts';
import { remind } from './live.ts';
import { type MeterBody, readMeters, writeMeters } from './meter-rows.ts';
import { togetherRow } from './together-row.ts';
import type { Unit } from './units.ts';

/** A row of state as it was kept. */
export interface Restored {
  readonly device: string;
  readonly position: number;
  readonly body: string;
}

/** Everything by name, so that a changed catalogue finds what it still knows. Only what is not normal is written. */
interface UnitBody {
  readonly a: number;
  readonly n: number | null;
  readonly g?: number;
  /** The first late reading since the last live one: its time, and when it was received. */
  readonly f?: [at: number, received: number];
  /** By absence rule: when it was last heard, on the engine's axis. */
  readonly h: Record<string, number>;
  /** By measurement: value, source time, quality. */
  readonly m: Record<string, [number | string | boolean, number, number]>;
  readonly p?: Record<string, KeptEpisode>;
  readonly v?: Record<string, Window>;
  readonly s?: Record<string, Stillness>;
  /** By rule: the last samples as bits; the open span of a baseline, whose bins are a row of their own. */
  readonly b?: Record<string, SampleBits>;
  readonly o?: Record<string, OpenSpan>;
  /** By what counts it: what passed through a device, for balances. */
  readonly t?: Record<string, MeterBody>;
  readonly d?: Record<string, unknown>;
  /** What it said of its own soundness. */
  readonly c?: SelfReport;
  readonly l?: LateBody;
}

interface LateBody {
  readonly touched: number;
  readonly p: [number, KeptEpisode][];
  readonly v?: [number, Window][];
  readonly s: [number, Stillness][];
  readonly b?: [number, SampleBits][];
  readonly last: [number, { value: number; at: number; quality: number }][];
  readonly raisers: [number, { since: number; value: number | null; quality: number }][];
  readonly ended: History['ended'];
}

/** Rules about several devices: their phases are kept in one row of their own. */
const isTogether = (rule: CompiledRule): boolean => rule.neighbours !== null || rule.balance !== null;

/** A unit's state as text. */
export function writeUnit(core: Core, unit: Unit): string {
  const { columns, evals } = core.units;
  const body: { -readonly [K in keyof UnitBody]: UnitBody[K] } = {
    a: unit.added,
    n: Number.isNaN(unit.newestAt) ? null : unit.newestAt,
    ...(Number.isNaN(unit.lag) ? {} : { g: unit.lag }),
    ...(unit.late ? { f: [unit.late.at, unit.late.received] } : {}),
    h: {},
    m: {},
  };
  unit.plan.absences.forEach((rule, k) => {
    body.h[rule.key] = columns.heard[unit.h + k]!;
  });
  unit.plan.names.forEach((name, i) => {
    const at = columns.times[unit.m + i]!;
    if (!Number.isNaN(at)) {
      body.m[name] = [decode(core, unit.plan, i, columns.values[unit.m + i]!), at, columns.qualities[unit.m + i]!];
    }
  });
  for (const rule of unit.plan.rules) {
    const index = unit.s + rule.offset;
    if (evals.phases[index] !== phase.normal && !isTogether(rule)) {
      body.p ??= {};
      body.p[rule.key] = keep(evals.phases, index, evals.episodes.get(index)!);
    }
    const bits = core.windows.bits.get(index);
    if (bits) body.b = { ...body.b, [rule.key]: bits };
    const open = rule.baseline ? openSpan(core, index) : undefined;
    if (open) body.o = { ...body.o, [rule.key]: open };
    if (rule.windowMs === 0) continue;
    const window = core.windows.sliding.get(index);
    const still = core.windows.still.get(index);
    if (window) body.v = { ...body.v, [rule.key]: window };
    if (still) body.s = { ...body.s, [rule.key]: still };
  }
  if (unit.said) body.c = unit.said;
  const meters = writeMeters(core, unit);
  if (meters) body.t = meters;
  if (unit.memory) body.d = unit.memory;
  if (unit.history) body.l = writeLate(unit.history);
  return JSON.stringify(body);
}

function writeLate(history: History): LateBody {
  return {
    touched: history.touched,
    p: [...history.evals.episodes].map(([offset, episode]) => [offset, keep(history.evals.phases, offset, episode)]),
    v: [...history.windows.sliding],
    s: [...history.windows.still],
    b: [...history.windows.bits],
    last: [...history.last],
    raisers: [...history.raisers],
    ended: history.ended,
  };
}

/** Puts a unit's state back, and asks for the reminders it was waiting for. A device no longer registered is passed over. */
export function readUnit(core: Core, row: Restored): void {
  const unit = core.units.get(learnedOf(row.device));
  if (!unit || row.body === '') return;
  if (learnedOf(row.device) !== row.device) {
    readBins(core, unit, row.body);
    return;
  }
  unit.heldTo = row.position;
  core.dirty.delete(unit);
  unit.dirty = false;
  readState(core, unit, row.body);
}

/** Reads what {@link writeUnit} wrote into a unit's places, by the names of its measurements and rules. */
export function readState(core: Core, unit: Unit, text: string): void {
  const body = JSON.parse(text) as UnitBody;
  const { columns, evals } = core.units;
  unit.added = body.a;
  unit.newestAt = body.n ?? Number.NaN;
  unit.lag = body.g ?? Number.NaN;
  unit.late = body.f ? { at: body.f[0], received: body.f[1] } : null;
  unit.plan.absences.forEach((rule, k) => {
    const heard = body.h[rule.key];
    if (!heard) return;
    columns.heard[unit.h + k] = heard;
    core.timers.at(heard + rule.windowMs, reminder(unit, rule.offset));
  });
  for (const [name, [value, at, quality]] of Object.entries(body.m)) {
    const i = unit.plan.indexOf.get(name);
    if (i === undefined) continue;
    columns.values[unit.m + i] = encode(core, value);
    columns.times[unit.m + i] = at;
    columns.qualities[unit.m + i] = quality;
  }
  for (const rule of unit.plan.rules) {
    const index = unit.s + rule.offset;
    const kept = body.p?.[rule.key];
    if (body.v?.[rule.key])
      core.windows.sliding.set(index, { ...body.v[rule.key]!, start: body.v[rule.key]!.start ?? Number.NaN });
    if (body.s?.[rule.key])
      core.windows.still.set(index, { ...body.s[rule.key]!, value: body.s[rule.key]!.value ?? Number.NaN });
    if (body.b?.[rule.key]) core.windows.bits.set(index, body.b[rule.key]!);
    if (rule.baseline && body.o?.[rule.key]) reopenSpan(core, index, rule, body.o[rule.key]!);
    if (!kept || isTogether(rule)) continue;
    evals.phases[index] = kept[0];
    evals.episodes.set(index, back(kept));
    remind(core, unit, rule, core.time.now);
  }
  if (body.t) readMeters(core, unit, body.t);
  unit.memory = body.d ?? null;
  unit.said = body.c ?? null;
  if (body.l) readLate(core, unit, body.l);
}

function readLate(core: Core, unit: Unit, body: LateBody): void {
  const history = newHistory(unit.plan.rules.length);
  history.touched = body.touched;
  for (const [offset, kept] of body.p) {
    if (offset >= unit.plan.rules.length) continue;
    history.evals.phases[offset] = kept[0];
    history.evals.episodes.set(offset, back(kept));
  }
  for (const [offset, window] of body.v ?? []) history.windows.sliding.set(offset, window);
  for (const [offset, still] of body.s) history.windows.still.set(offset, still);
  for (const [offset, bits] of body.b ?? []) history.windows.bits.set(offset, bits);
  for (const [measurement, last] of body.last) history.last.set(measurement, last);
  for (const [offset, raiser] of body.raisers)
    history.raisers.set(offset, { ...raiser, value: raiser.value ?? Number.NaN });
  history.ended.push(...body.ended);
  unit.history = history;
  core.draining.add(unit);
}

/** Rows of a snapshot, and whether they are its last. */
export interface Kept {
  readonly rows: readonly Restored[];
  /** Everything up to here is in snapshots, once these rows are durable; null while more of the snapshot is to come. */
  readonly heldTo: number | null;
}

/**
 * Takes up to `limit` units of the snapshot under way, or of a new one. Time and gateways come last and as they stood when it
 * began: what is judged again after a restart begins there, at the right time, for those units that are not further. What
 * devices say together is written with each part, so that it is never behind any of them.
 */
export function takeSnapshot(core: Core, limit: number): Kept {
  const under = core.keeping ?? begin(core);
  const rows: Restored[] = [];
  for (const unit of under.units) {
    if (rows.length >= limit) return { rows: [...rows, togetherRow(core)], heldTo: null };
    rows.push({ device: unit.device.id, position: core.position, body: writeUnit(core, unit) });
    const bins = changedBins(core, unit);
    if (bins) rows.push(bins);
    under.units.delete(unit);
    unit.dirty = false;
    unit.heldTo = core.position;
  }
  // A removed device leaves an empty row, so that one registered again under its id begins anew.
  for (const device of core.removed) {
    for (const row of [device, binsRow(device)]) rows.push({ device: row, position: core.position, body: '' });
  }
  core.removed.clear();
  rows.push(togetherRow(core), { device: '*', position: under.position, body: under.globals });
  core.keeping = null;
  return { rows, heldTo: under.position };
}

function begin(core: Core): Keeping {
  core.keeping = { position: core.position, globals: writeGlobals(core), units: core.dirty };
  core.dirty = new Set();
  return core.keeping;
}

interface GlobalsBody {
  /** The last version of the standards it had heard of. */
  readonly standards?: number;
  readonly lastTick: number | null;
  readonly blind: number;
  readonly gateways: (Pick<GatewayState, 'id' | 'connected' | 'droppedAt' | 'downSince' | 'rejoinBy'> & {
    heard: number | null;
  })[];
}

/** Time and gateways as text. */
export function writeGlobals(core: Core): string {
  const body: GlobalsBody = {
    standards: core.standards.known.at(-1)?.seq ?? 0,
    lastTick: core.time.lastTick,
    blind: core.time.blind,
    gateways: [...core.gateways.values()].map(({ id, connected, heard, droppedAt, downSince, rejoinBy }) => ({
      id,
      connected,
      heard,
      droppedAt,
      downSince,
      rejoinBy,
    })),
  };
  return JSON.stringify(body);
}

/** Puts time and gateways back; false when no time was known yet. */
export function readGlobals(core: Core, text: string): boolean {
  const body = JSON.parse(text) as GlobalsBody;
  if (body.lastTick === null) return false;
  core.time.blind = body.blind;
  core.time.lastTick = body.lastTick;
  core.time.now = body.lastTick - body.blind;
  for (const { id, heard, ...rest } of body.gateways) {
    const gateway = core.gateways.get(id);
    if (gateway) Object.assign(gateway, rest, { heard: heard ?? Number.NaN });
  }
  // A state from before versions were counted knows the first.
  const heardOf = body.standards ?? 1;
  core.standards.known = core.standards.stored.filter(({ seq }) => seq <= heardOf);
  return true;
}
