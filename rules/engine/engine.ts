import { overlaysAt } from '../../devices/city/standards-at.ts';
import type { Alarm, AlarmEvent, Hazard, Priority } from '../../devices/contract/alarm.ts';
import { type BesideListed, besideKinds, listed } from '../../devices/contract/beside.ts';
import type { Catalogue } from '../../devices/contract/catalogue.ts';
import type { Refusal } from '../../devices/contract/command.ts';
import type { JournalEntry, TelemetryEntry } from '../../devices/contract/entry.ts';
import type { Overlay } from '../../devices/contract/overlay.ts';
import type { Device, Gateway, RegistryChange, Site } from '../../devices/contract/registry.ts';
import type { DeviceRules } from '../../devices/contract/rules-tools.ts';
import type { StandardsVersion } from '../../devices/contract/standards.ts';
import type { AnnunciationRow } from '../../devices/contract/state-tables.ts';
import type { RulesStats } from '../../devices/contract/stats.ts';
import { type SelfReport, saidNothing } from '../../devices/detectors/life.ts';
import { BEAT, HEARTBEAT_DEVICE } from '../../devices/heartbeat/heartbeat-device.ts';
import { GOOD } from '../../devices/model/quality.ts';
import type { Block } from '../../kit/journal/journal.ts';
import type { CampaignBook, CampaignChanges } from '../campaigns/book.ts';
import type { HazardBook, HazardChanges } from '../hazards/book.ts';
import { type IncidentBook, type IncidentChanges, incidentBook } from '../incidents/book.ts';
import { policyOf } from '../incidents/policy.ts';
import { episodeKey } from '../judge/identity.ts';
import type { CompiledCatalogue, CompiledRule } from '../standards/compile.ts';
import type { TicketBook, TicketChanges } from '../tickets/book.ts';
import type { AlarmDesk } from './alarm-desk.ts';
import { annunciationRow } from './annunciation.ts';
import { lookAtBalance } from './balances.ts';
import { learningOf } from './baselines.ts';
import { count, recount, renewed } from './blindness.ts';
import { buildAlarm } from './build-alarm.ts';
import { takeCondition } from './conditions.ts';
import { type Core, type Counts, DERIVE, type EngineParts, encode, newCore, touch } from './core.ts';
import { deriveByTime, deriveFrom } from './derive-lane.ts';
import { takeEdgeAlarm } from './edge-alarms.ts';
import { explainDevice } from './explain-device.ts';
import { checkGateways, connection, gatewayHeard, gatewaysDown } from './gateway-watch.ts';
import { clockWasSetBack, followClock, isBacklog } from './lane.ts';
import { judgeLate, settleQuiet } from './late.ts';
import { judgeLive, recheck } from './live.ts';
import { markAlarms, takeAttributes } from './marks.ts';
import { lookAgain, lookAround } from './neighbours.ts';
import type { OverrideChanges, Overrides } from './overrides.ts';
import {
  explainBlindness,
  explainJournalGap,
  journalGap,
  ownFacts,
  PLATFORM,
  pathBlind,
  platformSubject,
} from './platform-alarms.ts';
import { endByTime } from './put-aside.ts';
import { reconcileGateways } from './reconcile.ts';
import { applyChange, endGone, putDevice, startTime } from './registry.ts';
import { campaignsOf, settleCampaigns } from './settle-campaigns.ts';
import { hazardsOf, settleHazards } from './settle-hazards.ts';
import { seesGas, settleIncidents } from './settle-incidents.ts';
import { settleTickets, ticketsOf } from './settle-tickets.ts';
import { checkSilence, heard } from './silence.ts';
import { type Kept, type Restored, readGlobals, readUnit, takeSnapshot } from './snapshot.ts';
import { settleStandards, takeStandards } from './standards.ts';
import { isWorkedOut } from './statistics.ts';
import { reviewHidden } from './suppress.ts';
import { surroundings } from './surroundings.ts';
import { readTogether, TOGETHER } from './together-row.ts';
import type { Unit } from './units.ts';
import { whyNotOver } from './witness.ts';

/** What a block did that others must hear of. */
export interface Effects {
  readonly alarms: readonly Alarm[];
  readonly events: readonly AlarmEvent[];
  /** What began to sound at the desk. */
  readonly annunciations: readonly AnnunciationRow[];
  /** Derived measurements: judged already, to be stored. */
  readonly derived: readonly TelemetryEntry[];
  /** What people laid over points, and what of that has ended; absent when nothing changed. */
  readonly overrides?: OverrideChanges | undefined;
  /** Incidents that the alarms above began, joined, left or closed. */
  readonly incidents?: IncidentChanges | undefined;
  /** Tickets that the alarms above opened or moved, that a person's step moved, or whose clocks ran. */
  readonly tickets?: TicketChanges | undefined;
  /** Hazards of the register that were found, moved or closed, and what a look saw. */
  readonly hazards?: HazardChanges | undefined;
  /** Campaigns that began or ended, and visits that were made or missed. */
  readonly campaigns?: CampaignChanges | undefined;
  /** The number of the heartbeat that came through. */
  readonly beat?: number;
}

/** Ticks come once a second; so much without one, and nothing at all reached us. */
const GAP_MS = 15_000;
/** A gap this long is told to people. */
const BLIND_MS = 60_000;

/** What an alarm may be at its gravest. */
export interface Risk {
  readonly priority: Priority;
  readonly hazard: Hazard | null;
}

/** How often what is hidden is looked at again, and open alarms for a detector whose last good day is over. */
const MINUTE_MS = 60_000;
/** How often the devices that an alarm leaves unwatched are counted again. */
const RECOUNT_MS = 10_000;

/** Rows of state as the database keeps them between starts. */
export interface StateRow {
  readonly device: string;
  readonly position: number;
  readonly body: string;
}

/**
 * The rules over the journal, without I/O and without a clock: the same blocks always give the same alarms.
 *
 * `take` judges a block and returns what it did, null when nothing; `replay` judges one again only to find the state back.
 */
export interface Engine {
  take(block: Block<JournalEntry>): Effects | null;
  replay(block: Block<JournalEntry>): void;
  /** The state is found: everything up to the cursor was restored or replayed. Call before the first `take`. */
  found(): void;
  /** Registers what is known before the first block; changes come through the journal. */
  load(records: {
    devices: Iterable<Device>;
    sites: Iterable<Site>;
    gateways: Iterable<Gateway>;
    version: number;
    /** Valves, pipes, crews and records. */
    beside?: BesideListed;
  }): void;
  /** Puts back what {@link StateRow}s hold. Call after `load`; the row `*` comes with the first call. */
  restore(rows: Iterable<StateRow>): void;
  /** The next rows of the snapshot under way, or of a new one: at most `limit` units. */
  snapshot(limit: number): Kept;
  /** A stretch of the journal was freed before it was judged. */
  missed(after: number, oldest: number, at: number): void;
  /** What changed at the desk outside `take`: by commands, or by {@link missed}. */
  pending(): Effects | null;
  /** What judges now. */
  inForce(): {
    readonly catalogue: CompiledCatalogue;
    readonly seq: number;
    /** The catalogue as its authors wrote it; undefined where none came as a version. */
    readonly source: Catalogue | undefined;
    /** What is laid over it in some places. */
    readonly overlays: readonly Overlay[];
  };
  /** The newest version of the standards that it has heard of. */
  heardOf(): number;
  /** True once after other standards took over: everything must be kept before anything else is judged. */
  standardsChanged(): boolean;
  /** Fills the newest values into the open alarms, so that their rows do not grow old. */
  refreshOpen(): void;
  /** The rules that see a device with their states, for people; null for a device it does not know. Changes nothing. */
  explain(device: string): DeviceRules | null;
  /** What a device has said of its own life and health. */
  saidBy(device: string): SelfReport;
  readonly desk: AlarmDesk;
  readonly overrides: Overrides;
  /** Why an alarm may not be reset on its detector's word alone; null when it may. */
  whyNotOver(alarm: Alarm): Refusal | null;
  /** What each rule of a device or gateway could raise; null when the registry does not hold it. */
  risksOf(device: string): readonly Risk[] | null;
  /** The open incidents. Load what the database keeps of them after the desk. */
  readonly incidents: IncidentBook;
  /** Tickets that may still change. Load what the database keeps of them after the desk. */
  readonly tickets: TicketBook;
  /** Open hazards of the register. Load what the database keeps of them. */
  readonly hazards: HazardBook;
  /** Running campaigns. Load what the database keeps of them. */
  readonly campaigns: CampaignBook;
  readonly counts: Readonly<Counts>;
  /** Journal time up to which everything is judged, ms; NaN before the first tick. */
  now(): number;
  stats(): Pick<RulesStats, 'readings' | 'rules' | 'openAlarms' | 'overrides' | 'problems' | 'learning'> & {
    readonly time: number;
  };
}

/** An engine that has seen nothing yet. */
export function createEngine(parts: EngineParts): Engine {
  const core = newCore(parts);
  const policy = policyOf(parts.city);
  const incidents = incidentBook({
    policy,
    surroundings: surroundings(core),
    latitude: parts.city.map.center[1],
    seesGas: (alarm) => seesGas(core, alarm),
  });
  const tickets = ticketsOf(core, () => versionInForce(core)?.catalogue);
  const hazards = hazardsOf(core);
  const campaigns = campaignsOf(core, () => versionInForce(core)?.catalogue);
  let version = 0;
  /** Alarms may stand without their ticket: all that are open are looked at, not only those that changed. */
  let ticketsBehind = false;
  const taken = (): Effects | null => {
    const told = settleIncidents(core, incidents);
    ticketsBehind = !beside(core, 'tickets', () => settleTickets(core, tickets, ticketsBehind));
    beside(core, 'hazards', () => settleHazards(core, hazards));
    beside(core, 'campaigns', () => settleCampaigns(core, campaigns));
    const changes = core.desk.take();
    const overrides = core.overrides.take();
    const moved = tickets.take() ?? undefined;
    const registered = hazards.take() ?? undefined;
    const visited = campaigns.take() ?? undefined;
    const { derived, beat } = core;
    const nothing = !changes && !overrides && !told && !moved && !registered && !visited;
    if (nothing && derived.length === 0 && beat === null) return null;
    core.derived = [];
    core.beat = null;
    const { alarms = [], events = [], annunciations = [] } = changes ?? {};
    return {
      alarms,
      events,
      annunciations: annunciations.map((one) => annunciationRow(one, parts.catalogue)),
      derived,
      overrides,
      incidents: told,
      tickets: moved,
      hazards: registered,
      campaigns: visited,
      ...(beat !== null && { beat }),
    };
  };
  const judge = (block: Block<JournalEntry>): void => {
    core.position = block.position;
    for (const entry of block.entries) {
      if (entry.kind === 'telemetry') telemetry(core, entry);
      else if (entry.kind === 'tick') tick(core, entry.at);
      else if (entry.kind === 'connection') connection(core, entry.subject, entry.state === 'up', entry.at);
      else if (entry.kind === 'attributes') takeAttributes(core, entry);
      else if (entry.kind === 'condition') takeCondition(core, entry);
      else if (entry.kind === 'edge-alarm') takeEdgeAlarm(core, entry);
      else if (entry.kind === 'standards') takeStandards(core, entry.version);
      else if (entry.kind === 'registry' && entry.change.version > version) {
        version = entry.change.version;
        applyChange(core, entry.change);
      }
      if (core.together.stirred.length > 0) lookAround(core);
    }
  };
  return {
    take(block) {
      judge(block);
      return taken();
    },
    replay(block) {
      core.silent = true;
      try {
        judge(block);
        incidents.passed(core.time.lastTick);
      } finally {
        core.silent = false;
      }
    },
    found() {
      reconcileGateways(core);
      endGone(core);
      // Alarms that stand without a ticket, as from before there were any, find theirs.
      if (!Number.isNaN(core.time.lastTick)) tickets.settle(core.desk.open(), core.time.lastTick);
    },
    load(records) {
      version = records.version;
      for (const kind of besideKinds) {
        for (const record of listed(records.beside ?? {}, kind)) {
          applyChange(core, { version, at: 0, put: kind, record } as RegistryChange);
        }
      }
      for (const site of records.sites) applyChange(core, { version, at: 0, put: 'site', record: site });
      for (const gateway of records.gateways) applyChange(core, { version, at: 0, put: 'gateway', record: gateway });
      const devices = [...records.devices];
      const { catalogue } = core.parts;
      core.units.reserve(devices.flatMap((device) => catalogue.planOf(device) ?? []));
      for (const device of devices) putDevice(core, device, 0);
    },
    restore(rows) {
      const devices: Restored[] = [];
      for (const row of rows) {
        if (row.device === TOGETHER) readTogether(core, row);
        else if (row.device !== '*') devices.push(row);
        else if (readGlobals(core, row.body)) {
          settleStandards(core);
          startTime(core, core.time.lastTick);
        }
      }
      incidents.passed(core.time.lastTick);
      core.standards.changed = false;
      for (const row of devices) readUnit(core, row);
    },
    snapshot: (limit) => takeSnapshot(core, limit),
    missed(after, oldest, at) {
      core.desk.raise(platformAlarm(core, journalGap, at, at, explainJournalGap(after, oldest), 'P2'), at);
    },
    pending: taken,
    inForce() {
      const version = versionInForce(core);
      const overlays = version ? overlaysAt(version, core.time.lastTick, core.parts.city.timeZone) : [];
      const seq = seqInForce(core);
      return { catalogue: core.parts.catalogue, seq, source: version?.catalogue, overlays };
    },
    heardOf: () => core.standards.known.at(-1)?.seq ?? 0,
    standardsChanged() {
      const { changed } = core.standards;
      core.standards.changed = false;
      return changed;
    },
    refreshOpen: () => refreshOpen(core),
    explain: (device) => explainDevice(core, device),
    saidBy: (device) => core.units.get(device)?.said ?? saidNothing,
    desk: core.desk,
    overrides: core.overrides,
    whyNotOver: (alarm) => whyNotOver(core, alarm),
    risksOf(device) {
      const unit = core.units.get(device);
      if (unit) return unit.plan.rules.map(({ priority, item }) => ({ priority, hazard: item?.hazard ?? null }));
      return core.gatewayRecords.has(device) ? [{ priority: 'P2', hazard: null }] : null;
    },
    incidents,
    tickets,
    hazards,
    campaigns,
    counts: core.counts,
    now: () => core.time.lastTick,
    stats: () => ({
      readings: core.counts.readings,
      rules: core.parts.catalogue.ruleCount,
      openAlarms: core.desk.size,
      overrides: core.overrides.counts(),
      problems: core.problems.list(),
      learning: learningOf(core),
      time: core.time.lastTick,
    }),
  };
}

/** What follows from alarms never holds them up: where it fails, that is told among the problems, and they go on. False then. */
function beside(core: Core, what: string, settle: () => void): boolean {
  try {
    settle();
    if (core.problems.some) core.problems.clear(`platform.${what}`, '*');
    return true;
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    core.problems.add(`platform.${what}`, '*', `${what} could not follow the alarms, which go on: ${why}`);
    return false;
  }
}

const seqInForce = ({ standards }: Core): number => Number(standards.inForce.split(' ')[0] || 0);

/** The version that judges; undefined where none came. */
const versionInForce = (core: Core): StandardsVersion | undefined =>
  core.standards.known.find(({ seq }) => seq === seqInForce(core));

/** A moment of the journal on the engine's axis: never before its newest tick, never far beyond it. */
const axisTime = ({ time }: Core, received: number): number =>
  Math.min(Math.max(time.now, received - time.blind), time.now + GAP_MS);

/** Of a device whose snapshot is further than the block in hand, only its gateway still has to learn that it was heard. */
function heardBehind(core: Core, unit: Unit, received: number): void {
  const gateway = unit.device.gateway === undefined ? undefined : core.gateways.get(unit.device.gateway);
  if (gateway && !Number.isNaN(core.time.now)) gatewayHeard(core, gateway, received, axisTime(core, received));
}

/** Measurements of the entry in hand that are live; one array for all entries, so that none is made for each. */
const arrived: number[] = [];

/** The heartbeat of the alarm path came through: it is no reading, and goes on as a notice. */
function beat(core: Core, { values }: TelemetryEntry): void {
  const number = values[BEAT];
  if (!core.silent && typeof number === 'number') core.beat = number;
}

/** An entry's values, each in the lane it belongs to. */
function telemetry(core: Core, entry: TelemetryEntry): void {
  // Judged when it was derived; it comes back only because it is stored.
  if (entry.source === 'derived') return;
  const unit = core.units.get(entry.device);
  if (!unit) {
    if (entry.device === HEARTBEAT_DEVICE) beat(core, entry);
    else core.counts.unknownDevice++;
    return;
  }
  if (unit.heldTo >= core.position) {
    heardBehind(core, unit, entry.received);
    return;
  }
  if (Number.isNaN(core.time.now)) startTime(core, entry.received);
  const { columns } = core.units;
  const { indexOf, inOrder, names } = unit.plan;
  let place = 0;
  const now = axisTime(core, entry.received);
  // "Newest" is the smaller of both times: a reading from the future must not silence the device that sent it.
  const at = Math.min(entry.at, entry.received);
  const lateness = entry.received - at;
  let backlog = isBacklog(unit, entry, at, core.time.lastTick);
  let setBack: boolean | undefined;
  const live = arrived;
  live.length = 0;
  for (const name in entry.values) {
    const expected = inOrder[place];
    const i = expected !== undefined && names[expected] === name ? expected : indexOf.get(name);
    if (i === undefined) {
      core.counts.unknownMeasurement++;
      continue;
    }
    if (i !== expected) inOrder[place] = i;
    place++;
    core.counts.readings++;
    const m = unit.m + i;
    const raw = entry.values[name]!;
    const value = typeof raw === 'number' ? raw : encode(core, raw);
    const quality = entry.quality === undefined ? GOOD : (entry.quality[name] ?? GOOD);
    let newest = columns.times[m]!;
    if (backlog || at < newest) {
      setBack ??= clockWasSetBack(unit, entry, at);
      if (setBack) {
        followClock(core, unit, lateness);
        backlog = false;
        newest = Number.NaN;
        setBack = false;
      }
    }
    if (backlog || at < newest) {
      core.counts.late++;
      judgeLate(core, unit, i, value, quality, at, now);
      continue;
    }
    if (at === newest && value === columns.values[m]) {
      core.counts.duplicate++;
      continue;
    }
    columns.values[m] = value;
    columns.times[m] = at;
    columns.qualities[m] = quality;
    live.push(i);
  }
  if (!unit.dirty) touch(core, unit);
  if (live.length === 0) return;
  // All values of the moment are known before any is judged: conditions speak of several at once.
  for (let k = 0; k < live.length; k++) {
    const m = unit.m + live[k]!;
    judgeLive(core, unit, live[k]!, columns.values[m]!, columns.qualities[m]!, at, entry.received, now, entry);
  }
  unit.late = null;
  if (!(unit.lag <= lateness)) unit.lag = lateness;
  if (!(unit.newestAt >= at)) unit.newestAt = at;
  heard(
    core,
    unit,
    (measurement) => Object.hasOwn(entry.values, unit.plan.names[measurement]!),
    at,
    entry.received,
    now,
  );
  deriveFrom(core, unit, entry, at, now);
}

/** A second passed, as ingest saw it: delays and silences run by this alone. */
function tick(core: Core, at: number): void {
  const { time } = core;
  if (Number.isNaN(time.now)) startTime(core, at);
  if (at <= time.lastTick) return;
  const gap = at - time.lastTick;
  const since = time.lastTick;
  if (gap > GAP_MS) time.blind += gap - 1000;
  time.lastTick = at;
  time.now = at - time.blind;
  if (gap >= BLIND_MS) blindness(core, since, at);
  if (at >= core.standards.next) settleStandards(core);
  core.timers.fire(time.now, (what) => due(core, what));
  settleQuiet(core);
  checkGateways(core);
  if (passed(since, at, MINUTE_MS)) reviewHidden(core, core.desk.hidden(), at);
  recount(core, { small: passed(since, at, RECOUNT_MS), large: passed(since, at, MINUTE_MS) });
  if (passed(since, at, MINUTE_MS)) markAlarms(core);
  // Judged again, the database already says what has ended.
  if (!core.silent) endByTime(core, at);
  if (core.parts.reAlarmMs && !core.silent) reAlarm(core, core.parts.reAlarmMs);
}

/** True where a multiple of `stepMs` lies between two moments: what is done by it is done alike after a restart. */
const passed = (before: number, now: number, stepMs: number): boolean =>
  Math.floor(now / stepMs) > Math.floor(before / stepMs);

/** A reminder fell due: of a unit's rule, or of what it derives. */
export function due(core: Core, what: number): void {
  const unit = core.units.at(Math.floor(what / 256));
  const offset = what % 256;
  if (!unit) return;
  if (offset === DERIVE) {
    deriveByTime(core, unit);
    return;
  }
  const rule = unit.plan.rules[offset];
  if (!rule) return;
  if (rule.neighbours) lookAgain(core, unit, rule);
  else if (rule.balance) lookAtBalance(core, unit, rule);
  // What a snapshot holds has lived through this moment already.
  else if (unit.heldTo < core.position) dueOf(core, unit, rule);
}

function dueOf(core: Core, unit: Unit, rule: CompiledRule): void {
  const index = unit.s + rule.offset;
  const before = core.units.evals.phases[index];
  if (rule.kind === 'absence') checkSilence(core, unit, rule);
  else recheck(core, unit, rule);
  if (core.units.evals.phases[index] !== before) touch(core, unit);
}

/** After a blind stretch: one alarm, raised and returned, that says for how long and for whom. */
function blindness(core: Core, since: number, at: number): void {
  if (core.silent) return;
  const bare = platformAlarm(core, pathBlind, since, at, explainBlindness(at - since), 'P2');
  core.desk.raise(renewed(core, bare, count(core, core.units.all(), 0, true)), at);
  // The path stays blind while no gateway is left.
  if (gatewaysDown(core).all) return;
  core.desk.returned(episodeKey(PLATFORM, pathBlind.rule), at, false, { value: null, at, quality: GOOD });
}

const platformAlarm = (
  core: Core,
  what: { rule: string; title: { zh: string; en: string } },
  since: number,
  at: number,
  explanation: { zh: string; en: string },
  priority: 'P1' | 'P2',
): Alarm =>
  buildAlarm(
    platformSubject(core, what.title),
    ownFacts(core, { ...what, priority, since, raisedAt: at, explanation }),
  );

function reAlarm(core: Core, afterMs: number): void {
  for (const alarm of core.desk.open()) {
    // What is put aside rings for nobody; once it is shown again, it rings if it is due.
    if (!alarm.active || !alarm.acked || alarm.ackedAt === null || alarm.override) continue;
    if (core.time.lastTick - alarm.ackedAt >= afterMs) core.desk.reAlarm(alarm.id, core.time.lastTick);
  }
}

/** Open alarms learn the newest value of their measurement, unless theirs is worked out of many. */
function refreshOpen(core: Core): void {
  const { columns } = core.units;
  for (const alarm of core.desk.open()) {
    const unit = core.units.get(alarm.device);
    const i = unit?.plan.indexOf.get(alarm.measurement);
    if (!unit || i === undefined || alarm.lane === 'history') continue;
    const rule = unit.plan.byKey.get(alarm.rule);
    if (rule && isWorkedOut(rule)) continue;
    const at = columns.times[unit.m + i]!;
    if (Number.isNaN(at) || at === alarm.lastAt) continue;
    const kind = unit.plan.measurements[i]!.kind;
    const number = columns.values[unit.m + i]!;
    const lastValue =
      kind === 'boolean' ? number !== 0 : kind === 'text' ? core.parts.catalogue.words.word(number) : number;
    core.desk.refresh(alarm.id, { lastValue, lastAt: at, lastQuality: columns.qualities[unit.m + i]! });
  }
}
