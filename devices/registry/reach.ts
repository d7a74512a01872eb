import { type LocalTime, minuteOf } from '../../kit/local-time.ts';
import type { Contact, Reach } from '../contract/contact.ts';
import { contactRoles } from '../contract/contact-roles.ts';

const dayBefore = (weekday: number): number => (weekday === 1 ? 7 : weekday - 1);

/** True while a stretch of hours lasts; one over midnight belongs to the day on which it begins. */
export function covers(
  { days, from, to }: Reach,
  { weekday, minuteOfDay }: Pick<LocalTime, 'weekday' | 'minuteOfDay'>,
) {
  const [begins, ends] = [minuteOf(from), minuteOf(to)];
  const on = (day: number): boolean => days === undefined || days.includes(day);
  if (begins < ends) return on(weekday) && minuteOfDay >= begins && minuteOfDay < ends;
  return (on(weekday) && minuteOfDay >= begins) || (on(dayBefore(weekday)) && minuteOfDay < ends);
}

/** A contact, and whether they can be reached at the moment that was asked for. */
export interface Reachable {
  readonly contact: Contact;
  readonly now: boolean;
}

/**
 * Whom to call about a site at a local time: those who can be reached then first, among them by `order`, then whoever opens the
 * door, then by id. The others follow in the same order: at the worst hour a wrong hour is still better than nobody.
 */
export function whomToCall(
  contacts: Iterable<Contact>,
  local: Pick<LocalTime, 'weekday' | 'minuteOfDay'>,
): Reachable[] {
  const rank = ({ contact: { order, role, id }, now }: Reachable): string =>
    [now ? 0 : 1, String(order).padStart(4, '0'), contactRoles.indexOf(role), id].join(' ');
  return [...contacts]
    .map((contact) => ({
      contact,
      now: contact.hours.length === 0 || contact.hours.some((hours) => covers(hours, local)),
    }))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** `1-5 08:00-18:00`, `22:00-06:00`: hours as a cell of a file and a row of a page have them. */
export const reachText = ({ days, from, to }: Reach): string => `${days ? `${daysText(days)} ` : ''}${from}-${to}`;

/** `1-5,7` of days that may come in any order. */
function daysText(days: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const day of [...new Set(days)].sort()) {
    const last = runs.at(-1);
    if (last && last[1] === day - 1) last[1] = day;
    else runs.push([day, day]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

const span = /^(?:([1-7](?:[-,，、][1-7])*)\s+)?(\d{1,2}:\d\d)\s*[-–~]\s*(\d{1,2}:\d\d)$/;

/** {@link reachText}, several set apart by semicolons. A part that says no hours comes back as it is, for the schema to refuse. */
export const parseReach = (cell: string): (Reach | string)[] =>
  cell
    .split(/[;；]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, days, from, to] = span.exec(part) ?? [];
      if (from === undefined || to === undefined) return part;
      return { ...(days !== undefined && { days: parseDays(days) }), from: padded(from), to: padded(to) };
    });

const padded = (time: string): string => time.padStart(5, '0');

const parseDays = (text: string): number[] =>
  text.split(/[,，、]/).flatMap((run) => {
    const [first = 0, last = first] = run.split('-').map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
