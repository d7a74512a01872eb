import type { Alarm, VerdictKind } from '../../../devices/contract/alarm.ts';
import type { City } from '../../../devices/contract/city.ts';
import type { OverrideAsk, PersonsOverride, Point } from '../../../devices/contract/overrides.ts';
import { actsOnAlarms } from '../../../devices/contract/roles.ts';
import type { TextKey } from '../i18n/i18n.ts';
import { send } from './acknowledge.ts';

/** Why nothing at all can be asked for now, or null. */
export function whyNotAct(role: string | undefined, linkSilent: boolean): TextKey | null {
  if (!actsOnAlarms(role)) return 'act.viewer';
  return linkSilent ? 'ack.silent' : null;
}

/** Why an alarm cannot be shelved, or null. The server decides; this only says it beforehand. */
export function whyNotShelve(alarm: Alarm, role: string | undefined, linkSilent: boolean): TextKey | null {
  if (alarm.closedAt !== null) return 'ack.closed';
  if (alarm.lane === 'history') return 'shelve.past';
  if (alarm.overrides.some(({ kind }) => kind === 'shelved')) return 'shelve.already';
  return whyNotAct(role, linkSilent);
}

/** Why somebody cannot be the second person, or null. */
export function whyNotConfirm(ask: OverrideAsk, me: { name: string; role: string } | null | undefined): TextKey | null {
  if (!me || !actsOnAlarms(me.role)) return 'act.viewer';
  if (me.name === ask.by.id) return 'confirm.own';
  return me.role === ask.by.role ? 'confirm.sameRole' : null;
}

const spans = [15, 30, 60, 120, 240, 480, 1440, 4320, 10_080];
/** Durations to choose from, minutes: the usual ones up to the longest that the city allows, and that one. */
export function shelfSpans(policy: City['alarmPolicy'], priority: Alarm['priority']): readonly number[] {
  const longest = policy.longestShelfMinutes[priority];
  return [...spans.filter((minutes) => minutes < longest).slice(-5), longest];
}

/** True when a second person must confirm before it takes effect. */
export const needsSecond = (
  policy: City['alarmPolicy'],
  { priority, hazard }: Pick<Alarm, 'priority' | 'hazard'>,
): boolean =>
  policy.secondPerson.some(
    ({ priorities, hazards }) => hazard !== null && priorities.includes(priority) && hazards.includes(hazard),
  );

interface Shelf {
  readonly minutes: number;
  readonly oneShot: boolean;
  readonly reason: string;
}
interface Service {
  readonly workOrder: string;
  readonly reason: string;
  readonly until: number | null;
}

export const shelve = (id: string, shelf: Shelf) => send('/alarms/shelve', { ids: [id], ...shelf });
export const takeOut = (point: Point, service: Service) => send('/overrides/out-of-service', { ...point, ...service });
export const judge = (id: string, kind: VerdictKind, evidence: string) =>
  send('/verdicts', { of: { alarms: [id] }, kind, evidence });
export const answerAsk = (ask: OverrideAsk, yes: boolean) =>
  send(`/overrides/${yes ? 'confirm' : 'decline'}`, { ask: ask.id });
/** Ends what a person laid over a point: its alarms show what is true now. */
export const endOverride = ({ device, rule }: Point, kind: PersonsOverride['kind']) =>
  send(`/overrides/${kind === 'shelved' ? 'unshelve' : 'return-to-service'}`, { device, rule });
