import { addDays, clockText, dayNumber, minuteOf, weekdayOf, zoneOf } from '../../kit/local-time.ts';
import type { WorkingHours } from '../city/working-day.ts';
import type { Absence, Roster, Shift } from '../contract/duty.ts';
import type { Bilingual } from '../model/device-type.ts';
import type { DutyBook } from './duty-book.ts';
import { away, swappedOutWords } from './duty-words.ts';

/** By which clocks and which holidays a roster is read; a city is one. */
export interface Calendar {
  /** IANA zone. */
  readonly timeZone: string;
  readonly working: WorkingHours;
}

/** A moment as rosters see it, and who cannot be asked then. */
export interface DutyMoment {
  /** Local date and minute of the day. */
  readonly date: string;
  readonly minute: number;
  readonly working: WorkingHours;
  /** Persons on leave or swapped out, each with the reason. */
  readonly away: ReadonlyMap<string, Bilingual>;
}

/** Reads the moment `at` (ms) by the city's clocks, with everybody who is away then. */
export function dutyMoment(book: DutyBook, at: number, { timeZone, working }: Calendar): DutyMoment {
  const { date, minuteOfDay } = zoneOf(timeZone).local(at);
  return momentAt(book, date, minuteOfDay, working);
}

/** The same for a local date and minute of the day: two moments of a repeated hour are one to a roster. */
export function momentAt(book: DutyBook, date: string, minute: number, working: WorkingHours): DutyMoment {
  const gone = new Map<string, Bilingual>();
  const here = { date, minute, working, away: gone };
  for (const [person, words] of swappedOut(book, here)) gone.set(person, words);
  for (const absence of book.absences) {
    if (isAbsent(absence, date, minute)) gone.set(absence.person, away(book.persons.get(absence.person), absence));
  }
  return here;
}

/** Days and moments of ISO form compare as text; a day as an end lasts to its midnight. */
function isAbsent({ from, to }: Absence, date: string, minute: number): boolean {
  const now = `${date}T${clockText(minute)}`;
  return from <= now && (to.length > 10 ? now < to : date <= to);
}

/** The date on which the shift that covers the moment began; null where the moment lies outside of it. */
export function shiftDate(shift: Shift, { date, minute }: Pick<DutyMoment, 'date' | 'minute'>): string | null {
  const from = minuteOf(shift.from);
  const to = minuteOf(shift.to);
  if (from < to) return minute >= from && minute < to ? date : null;
  if (minute >= from) return date;
  return minute < to ? addDays(date, -1) : null;
}

/** Who the roster names for the shift that begins on `date`, before any swap. */
export function rostered(
  { pattern, holidays, makeUpDays }: Roster,
  date: string,
  working: WorkingHours,
): readonly string[] {
  if (makeUpDays && working.makeUpDays.includes(date)) return makeUpDays;
  if (holidays && working.holidays.includes(date) && !working.makeUpDays.includes(date)) return holidays;
  if (pattern.kind === 'week') return pattern.days[String(weekdayOf(date)) as '1'] ?? [];
  const turn = Math.floor((dayNumber(date) - dayNumber(pattern.anchor)) / pattern.everyDays);
  const { length } = pattern.turns;
  return pattern.turns[((turn % length) + length) % length] ?? [];
}

/** One place in a shift: who fills it, and for whom by a swap. */
export interface Place {
  readonly person: string;
  readonly insteadOf: string | null;
}

/** The places of a roster's shift that begins on `date`, with its swaps made in the order of their ids. */
export function places(book: DutyBook, roster: Roster, date: string, working: WorkingHours): readonly Place[] {
  let filled: Place[] = rostered(roster, date, working).map((person) => ({ person, insteadOf: null }));
  for (const swap of book.swapsOn.get(date) ?? []) {
    if (swap.roster !== roster.id) continue;
    filled = filled.map((place) =>
      place.person === swap.out ? { person: swap.in, insteadOf: place.insteadOf ?? swap.out } : place,
    );
  }
  return filled;
}

/** Everybody who is swapped out of a shift that covers the moment, and swapped into none. */
function swappedOut(book: DutyBook, moment: DutyMoment): Map<string, Bilingual> {
  const out = new Map<string, Bilingual>();
  const fills = new Set<string>();
  for (const date of [moment.date, addDays(moment.date, -1)]) {
    for (const swap of book.swapsOn.get(date) ?? []) {
      const roster = book.rosters.get(swap.roster);
      const shift = roster && book.shifts.get(roster.shift);
      if (!roster || !shift || shiftDate(shift, moment) !== date) continue;
      out.set(swap.out, swappedOutWords(book.persons.get(swap.out), swap));
      for (const { person } of places(book, roster, date, moment.working)) fills.add(person);
    }
  }
  for (const person of fills) out.delete(person);
  return out;
}
