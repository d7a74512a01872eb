import { type Alarm, isOpen } from '../../devices/contract/alarm.ts';
import type { Incident, IncidentEvent, IncidentMember, IncidentPlace } from '../../devices/contract/incident.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import { cells } from '../../kit/cells.ts';
import { parseAlarmId } from '../judge/identity.ts';
import { isNoLeak, type Split, splitOf } from './evidence.ts';
import {
  centre,
  describe,
  hold,
  type IncidentState,
  letGo,
  newIncident,
  openMembers,
  remember,
  ringOf,
} from './incident-state.ts';
import { byStrength, linkKeys, linkOf } from './link.ts';
import { memberIndex, type Tie } from './member-index.ts';
import { farthestM, type IncidentPolicy } from './policy.ts';
import type { Surroundings } from './surroundings.ts';
import * as words from './words.ts';

export interface BookParts {
  readonly policy: IncidentPolicy;
  readonly surroundings: Surroundings;
  /** Latitude of the city, degrees. */
  readonly latitude: number;
  /** True for an alarm that saw gas: only those join. A silent detector has seen nothing. */
  readonly seesGas: (alarm: Alarm) => boolean;
}

/** What is to be written: incidents and members whole, lines of history numbered. */
export interface IncidentChanges {
  readonly incidents: readonly Incident[];
  readonly members: readonly IncidentMember[];
  readonly events: readonly IncidentEvent[];
}

/** The incident of an alarm, to be written on it; `note` where it had another one before. */
export interface Placement {
  readonly alarm: string;
  readonly incident: string;
  /** It stands at the detector that opened the incident; of its levels the one that shows carries the mark. */
  readonly firstOut: boolean;
  readonly note: string | null;
}

/** What the database keeps of incidents that are open. */
export interface KeptIncidents {
  readonly incidents: readonly Incident[];
  readonly members: readonly IncidentMember[];
  /** The last numbers that were given. */
  readonly lastSeq: number;
  readonly lastEvent: number;
}

/**
 * The open incidents, and how alarms join and leave them. Pure: what it does follows from the alarms it is given, in their
 * order, the surroundings and the time it is told; it is put back by {@link KeptIncidents} alone.
 */
export interface IncidentBook {
  load(kept: KeptIncidents): void;
  /** Takes alarms that changed, at `at` (ms on the journal's time). Null when nothing follows. */
  take(alarms: Iterable<Alarm>, at: number): { changes: IncidentChanges; placements: readonly Placement[] } | null;
  /** Time passed while nothing was to be told: minutes that are over are not looked at again. */
  passed(at: number): void;
  /** Alarms of an open incident, closed ones among them. */
  membersOf(incident: string): readonly string[] | undefined;
  open(): Iterable<Incident>;
}

const MINUTE = 60_000;

export function incidentBook({ policy, surroundings, latitude, seesGas }: BookParts): IncidentBook {
  const keys = linkKeys(cells(Math.max(1, farthestM(policy)), latitude), policy);
  const index = memberIndex(keys);
  const states = new Map<string, IncidentState>();
  const placeOf = new Map<string, string>();
  let seq = 0;
  let eventSeq = 0;
  let minute = Number.NaN;
  /** What this step changed. */
  let step = newStep();

  const stateOf = (incident: string): IncidentState => states.get(incident)!;
  const say = (
    state: IncidentState,
    at: number,
    kind: IncidentEvent['kind'],
    text: Bilingual,
    more: Partial<Pick<IncidentEvent, 'alarm' | 'other' | 'by'>> = {},
  ): void => {
    const event = { seq: ++eventSeq, incident: state.id, at, kind, alarm: null, other: null, by: null, ...more, text };
    step.events.push(event);
    remember(state, event);
    step.touched.add(state);
  };
  const seat = (state: IncidentState, given: IncidentMember, note: string | null): void => {
    const before = placeOf.get(given.alarm);
    const held = before === undefined ? undefined : states.get(before)?.members.get(given.alarm);
    const stays = before === state.id;
    const member = stays ? given : { ...given, no: state.lastNo + 1 };
    if (held && !stays) index.drop(held);
    hold(state, member);
    index.put(member);
    placeOf.set(member.alarm, state.id);
    step.members.set(member.alarm, member);
    step.touched.add(state);
    if (!stays) {
      step.placements.set(member.alarm, placement(state, member, note));
    }
  };
  const begin = (member: IncidentMember, area: string | null, demo: boolean, at: number): IncidentState => {
    const state = newIncident({
      id: `incident:${member.alarm}`,
      firstOut: member.alarm,
      name: member.name,
      nameEn: member.nameEn,
      area,
      demo,
      openedAt: at,
    });
    states.set(state.id, state);
    return state;
  };
  const tiesOf = (member: IncidentMember): Tie[] => {
    const closed = surroundings.closedBetween();
    // What is played and what is real are never one picture.
    return index.ties(member, (a, b) => (a.drill !== b.drill || closed?.(a, b) ? null : linkOf(a, b, policy)));
  };

  /** A member that stands anew finds its incident, and may join several into the oldest of them. */
  const find = (alarm: Alarm, own: IncidentState | undefined, at: number): void => {
    const member = memberOf(alarm, own, surroundings.deviceOf(alarm.device), at);
    const ties = tiesOf(member).sort((a, b) => byStrength(a.link, b.link) || (a.incident < b.incident ? -1 : 1));
    const passed = ties.filter(({ partner }) => member.since - partner.since > policy.tooLateMs);
    const tooLate = passed.length + (own ? 1 : 0) >= 2 && passed.length > 0;
    const taken = tooLate ? (own ? [] : [ties[0]!]) : ties;
    if (own === undefined && taken.length === 0) {
      const state = begin(member, alarm.area, alarm.demo, at);
      seat(state, { ...member, incident: state.id }, null);
      say(state, at, 'opened', words.opened(member), { alarm: member.alarm });
      return;
    }
    const best = taken[0];
    const all = [...(own ? [own] : []), ...taken.map(({ incident }) => stateOf(incident))];
    const oldest = all.reduce((a, b) => (byAge(b, a) < 0 ? b : a));
    if (own === undefined) {
      const cut = tooLate ? ({ by: 'order', at } as const) : null;
      seat(oldest, { ...member, incident: oldest.id, by: best!.link.by, cut }, null);
      const { link, partner } = best!;
      const more = { alarm: member.alarm, by: link.by };
      // Another level of a detector that is there already is no news of the leak's way.
      if (link.by !== 'device') say(oldest, at, 'joined', words.joined(member, link, partner), more);
    }
    for (const state of all) if (state !== oldest) merge(state, oldest, member, best!, at);
    if (tooLate) keepApart(oldest, member, passed, at);
  };

  const keepApart = (state: IncidentState, member: IncidentMember, passed: readonly Tie[], at: number): void => {
    for (const { incident, partner } of passed) {
      if (incident === state.id) continue;
      const text = words.apart(member, partner, member.since - partner.since);
      const more = { alarm: member.alarm, by: 'order' as const };
      say(state, at, 'apart', text, { ...more, other: incident });
      say(stateOf(incident), at, 'apart', text, { ...more, other: state.id });
    }
  };

  const merge = (from: IncidentState, into: IncidentState, because: IncidentMember, tie: Tie, at: number): void => {
    const more = { alarm: because.alarm, by: tie.link.by };
    say(into, at, 'merged', words.tookIn(because, from, from.members.size), { ...more, other: from.id });
    say(from, at, 'merged', words.merged(because, tie.link, into), { ...more, other: into.id });
    for (const member of from.members.values()) {
      seat(into, { ...member, incident: into.id }, words.moved(into.id));
    }
    step.ended.set(from, { closedAt: at, mergedInto: into.id });
    states.delete(from.id);
  };

  /** Looks whether an incident falls apart at `at`. */
  const look = (state: IncidentState, at: number): void => {
    if (state.members.size < 2) return;
    const closedBetween = surroundings.closedBetween();
    const split = splitOf([...state.members.values()], state.firstOut, at, { policy, keys, closedBetween });
    if (split) fallApart(state, split, at);
  };

  const fallApart = (state: IncidentState, { by, leaves, cut, valve }: Split, at: number): void => {
    for (const member of cut) seat(state, { ...member, cut: { by: 'returned', at } }, null);
    const minutes = String(Math.round(policy.stayedGoodMs / MINUTE));
    const detail = valve ?? { name: minutes, nameEn: null };
    for (const part of leaves) {
      const members = part.map(({ alarm }) => state.members.get(alarm)!);
      const first = members[0]!;
      const fresh = begin(first, state.area, state.demo, at);
      for (const member of members) seat(fresh, { ...member, incident: fresh.id }, words.moved(fresh.id));
      letGo(state, members);
      const more = { alarm: first.alarm, by };
      say(state, at, 'split', words.splitOff(by, detail, first, members.length), { ...more, other: fresh.id });
      say(fresh, at, 'split', words.splitFrom(by, detail, state), { ...more, other: state.id });
    }
  };

  const update = (alarm: Alarm, at: number): void => {
    const own = states.get(placeOf.get(alarm.id) ?? '');
    if (own === undefined) {
      if (joins(alarm, seesGas)) find(alarm, undefined, at);
      return;
    }
    const before = own.members.get(alarm.id)!;
    const cut = cutOf(alarm, before, at);
    const after = {
      ...before,
      priority: alarm.priority,
      active: alarm.active,
      returnedAt: alarm.returnedAt,
      closedAt: alarm.closedAt,
      cut,
    };
    if (same(before, after)) return;
    seat(own, after, null);
    if ((alarm.active && !before.active) || (before.cut !== null && cut === null)) find(alarm, own, at);
    else if (before.cut === null && cut !== null) look(own, at);
  };

  /** A level that another one took over, or that steps forward again, gives the mark of the first-out on. */
  const mark = (alarm: Alarm): void => {
    const state = states.get(placeOf.get(alarm.id) ?? '');
    const member = state?.members.get(alarm.id);
    if (!state || !member || step.placements.has(alarm.id)) return;
    const wanted = placement(state, member, null);
    if ((wanted.firstOut && alarm.supersededBy === null) !== alarm.firstOut) step.placements.set(alarm.id, wanted);
  };

  const finish = (at: number) => {
    for (const state of step.touched) {
      if (step.ended.has(state) || openMembers(state) > 0) continue;
      say(state, at, 'closed', words.closed);
      step.ended.set(state, { closedAt: at, mergedInto: null });
      for (const member of state.members.values()) {
        index.drop(member);
        placeOf.delete(member.alarm);
      }
      states.delete(state.id);
    }
    const incidents = [...step.touched].map((state) => tell(state, at));
    const { members, events, placements } = step;
    step = newStep();
    const changes = { incidents, members: [...members.values()], events };
    return { changes, placements: [...placements.values()] };
  };
  const placeAt = (state: IncidentState, at: number): IncidentPlace => {
    const outline = {
      ring: ringOf(state, policy.ringM),
      centre: centre(state),
      circuits: state.circuits,
      area: state.area,
    };
    const around = surroundings.around(outline, at);
    return { centre: outline.centre, ring: outline.ring, ringM: policy.ringM, ...around };
  };
  const tell = (state: IncidentState, at: number): Incident => {
    const place = placeAt(state, at);
    const end = step.ended.get(state) ?? { closedAt: null, mergedInto: null };
    state.told = describe(state, place, end, ++seq);
    return state.told;
  };
  /** Once a minute: what time alone brings about, and what changed around. */
  const lookAtAll = (at: number): void => {
    for (const state of [...states.values()].sort(byAge)) {
      look(state, at);
      if (step.touched.has(state) || state.told === null) continue;
      const place = placeAt(state, at);
      if (JSON.stringify(place) !== JSON.stringify(pickPlace(state.told))) step.touched.add(state);
    }
  };

  return {
    load({ incidents, members, lastSeq, lastEvent }) {
      seq = lastSeq;
      eventSeq = lastEvent;
      for (const told of incidents) {
        const state = newIncident(told);
        state.history = [...told.history];
        state.told = told;
        states.set(state.id, state);
      }
      for (const member of [...members].sort((a, b) => a.no - b.no)) {
        const state = states.get(member.incident);
        if (!state) continue;
        hold(state, member);
        index.put(member);
        placeOf.set(member.alarm, state.id);
      }
    },
    take(alarms, at) {
      const fresh: Alarm[] = [];
      for (const alarm of alarms) if (placeOf.has(alarm.id) || joins(alarm, seesGas)) fresh.push(alarm);
      // Of a burst the first to begin is the first out, in whatever order its readings came.
      for (const alarm of fresh.sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1))) update(alarm, at);
      for (const alarm of fresh) mark(alarm);
      const now = Math.floor(at / MINUTE);
      if (now > minute) lookAtAll(now * MINUTE);
      if (!(minute >= now)) minute = now;
      return step.touched.size === 0 && step.placements.size === 0 ? null : finish(at);
    },
    passed(at) {
      const now = Math.floor(at / MINUTE);
      if (!(minute >= now)) minute = now;
    },
    membersOf: (incident) => {
      const state = states.get(incident);
      return state && [...state.members.keys()];
    },
    *open() {
      for (const { told } of states.values()) if (told) yield told;
    },
  };
}

/** The older first; of the same age by id. */
const byAge = (a: IncidentState, b: IncidentState): number => a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1);

const placement = (state: IncidentState, { alarm, device }: IncidentMember, note: string | null): Placement => ({
  alarm,
  incident: state.id,
  firstOut: parseAlarmId(state.firstOut)?.device === device,
  note,
});

interface Step {
  readonly touched: Set<IncidentState>;
  readonly ended: Map<IncidentState, Pick<Incident, 'closedAt' | 'mergedInto'>>;
  readonly members: Map<string, IncidentMember>;
  readonly events: IncidentEvent[];
  readonly placements: Map<string, Placement>;
}

const newStep = (): Step => ({
  touched: new Set(),
  ended: new Map(),
  members: new Map(),
  events: [],
  placements: new Map(),
});

/** Gas alarms of the live lane that stand for people to see; a detector out of service may be smelling its own test gas. */
const joins = (alarm: Alarm, seesGas: BookParts['seesGas']): boolean =>
  alarm.hazard === 'gas' &&
  alarm.lane === 'live' &&
  isOpen(alarm) &&
  alarm.override?.kind !== 'out-of-service' &&
  seesGas(alarm);

function memberOf(
  alarm: Alarm,
  own: IncidentState | undefined,
  { circuit, nameEn }: ReturnType<Surroundings['deviceOf']>,
  at: number,
): IncidentMember {
  const held = own?.members.get(alarm.id);
  if (held) return held;
  const { id, device, deviceName, deviceType, site, lon, lat, priority, since, active, returnedAt, drill } = alarm;
  return {
    alarm: id,
    incident: '',
    device,
    name: deviceName,
    nameEn,
    deviceType,
    site,
    circuit,
    ...(drill !== undefined && { drill }),
    lon,
    lat,
    priority,
    since,
    no: 0,
    joinedAt: at,
    by: null,
    active,
    returnedAt,
    closedAt: null,
    cut: alarm.verdict && isNoLeak(alarm.verdict.kind) ? { by: 'verdict', at } : null,
  };
}

/** A verdict cuts and may be taken back; what returned and was cut for it joins again when it is abnormal again. */
function cutOf(alarm: Alarm, before: IncidentMember, at: number): IncidentMember['cut'] {
  if (alarm.verdict && isNoLeak(alarm.verdict.kind))
    return before.cut?.by === 'verdict' ? before.cut : { by: 'verdict', at };
  if (before.cut?.by === 'verdict') return null;
  return before.cut?.by === 'returned' && alarm.active ? null : before.cut;
}

const same = (a: IncidentMember, b: IncidentMember): boolean =>
  a.active === b.active &&
  a.returnedAt === b.returnedAt &&
  a.closedAt === b.closedAt &&
  a.priority === b.priority &&
  a.cut === b.cut;

const pickPlace = ({
  centre,
  ring,
  ringM,
  sites,
  siteCounts,
  valves,
  crews,
  records,
  wind,
}: IncidentPlace): IncidentPlace => ({
  centre,
  ring,
  ringM,
  sites,
  siteCounts,
  valves,
  crews,
  records,
  wind,
});
