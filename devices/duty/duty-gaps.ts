import { clockText } from '../../kit/local-time.ts';
import type { WorkingHours } from '../city/working-day.ts';
import type { DutyGap, DutyPlace } from '../contract/duty-answers.ts';
import type { DutyKind } from '../contract/duty-kinds.ts';
import type { Bilingual } from '../model/device-type.ts';
import { coverOf, type Grid, gridOf } from './cover.ts';
import type { DutyBook } from './duty-book.ts';
import { dutiesOf } from './duty-items.ts';
import { gapWords } from './gap-words.ts';
import type { DutyItem } from './responsibility.ts';

/** What a search for gaps needs of a city. */
export interface GapCity {
  readonly areas: readonly { readonly code: string; readonly name: Bilingual }[];
  readonly working: WorkingHours;
  /** Whether an item rings at a seat that watches the area, null for outside all areas; left out, the city has no seats. */
  readonly ringsAtSeat?: (item: string, area: string | null) => boolean;
}

/** Days that are looked at: from a local date, so many. */
export interface DutyPeriod {
  readonly from: string;
  readonly days: number;
}

/** The items of each place, by its index, that share a duty and the hours at which it has nobody. */
interface Shared {
  readonly duty: DutyKind;
  readonly cover: string;
  readonly itemsAt: Map<number, string[]>;
}

/**
 * Every hour of a period at which an item has nobody for a duty it needs, gathered into sentences: how many items, between
 * which hours, where. The gravest first.
 */
export function dutyGaps(book: DutyBook, items: readonly DutyItem[], city: GapCity, period: DutyPeriod): DutyGap[] {
  const grid = gridOf(book, period.from, period.days);
  const places = placesOf(book, city);
  const hazards = new Set(items.flatMap(({ code, hazard }) => (hazard === null ? [] : [code])));
  const gaps = sharedOf(items, places, coverOf(book, grid, city.working), city.ringsAtSeat).flatMap(
    ({ duty, cover, itemsAt }) =>
      togetherAt(itemsAt).flatMap(({ codes, where }) =>
        hoursOf(cover, grid).map((hours) => ({
          ...hours,
          duty,
          items: codes,
          places: where.length === places.length ? [] : where.map((index) => places[index] as DutyPlace),
          hazard: codes.some((code) => hazards.has(code)),
        })),
      ),
  );
  return gaps.map((gap) => ({ ...gap, ...gapWords(gap, book.nameOf) })).sort(gravest);
}

const weight = ({ code, hazard }: DutyGap): number => (code === 'nobody' ? 0 : 2) + (hazard ? 0 : 1);
const gravest = (a: DutyGap, b: DutyGap): number => weight(a) - weight(b) || b.items.length - a.items.length;

/** Every area, where no area is known, and every grid that an assignment names; a grid lies in the area its code begins with. */
function placesOf({ records }: DutyBook, { areas }: GapCity): DutyPlace[] {
  const grids = new Set(
    records.assignments.flatMap(({ match }) => match.grids ?? []).map((code) => code.replace(/\*$/, '')),
  );
  return [
    ...areas.map(({ code }) => ({ area: code })),
    { area: null },
    ...[...grids].map((grid) => ({ area: areas.find(({ code }) => grid.startsWith(code))?.code ?? null, grid })),
  ];
}

function sharedOf(
  items: readonly DutyItem[],
  places: readonly DutyPlace[],
  cover: ReturnType<typeof coverOf>,
  ringsAtSeat: GapCity['ringsAtSeat'] = () => false,
): Shared[] {
  const groups = new Map<string, Shared>();
  for (const item of items) {
    places.forEach((place, index) => {
      for (const duty of dutiesOf(item, ringsAtSeat(item.code, place.area))) {
        const text = cover(item, place, duty);
        if (!/[12]/.test(text)) continue;
        const key = `${duty} ${text}`;
        const group = groups.get(key) ?? { duty, cover: text, itemsAt: new Map() };
        groups.set(key, group);
        group.itemsAt.set(index, [...(group.itemsAt.get(index) ?? []), item.code]);
      }
    });
  }
  return [...groups.values()];
}

/** Places that lack the same items, together. */
function togetherAt(itemsAt: ReadonlyMap<number, string[]>): { codes: string[]; where: number[] }[] {
  const together = new Map<string, { codes: string[]; where: number[] }>();
  for (const [index, codes] of itemsAt) {
    const key = codes.join(' ');
    const known = together.get(key);
    if (known) known.where.push(index);
    else together.set(key, { codes, where: [index] });
  }
  return [...together.values()];
}

type Hours = Pick<DutyGap, 'code' | 'from' | 'to' | 'dates'>;

/** The stretches of the day that a cover leaves open, each with its days; one over midnight is one. */
function hoursOf(cover: string, { dates, minutes }: Grid): Hours[] {
  const codes = [
    ['2', 'nobody'],
    ['1', 'dispatcher-only'],
  ] as const;
  return codes.flatMap(([sign, code]) => {
    const open = minutes.map((_, slot) => dates.filter((__, day) => cover[day * minutes.length + slot] === sign));
    return runsOf(open.map((days) => days.join(' '))).map(([first, end]) => ({
      code,
      from: clockText(minutes[first] as number),
      to: clockText(minutes[end % minutes.length] as number),
      dates: open[first] as readonly string[],
    }));
  });
}

/** Runs of equal, non-empty texts as first and end; the end counts on past the last where a run goes over midnight. */
function runsOf(texts: readonly string[]): [number, number][] {
  const runs: [number, number][] = [];
  texts.forEach((text, index) => {
    const last = runs.at(-1);
    if (text === '') return;
    if (last && last[1] === index && texts[last[0]] === text) last[1] = index + 1;
    else runs.push([index, index + 1]);
  });
  const [first, last] = [runs[0], runs.at(-1)];
  if (!first || !last || first === last) return runs;
  const overMidnight = first[0] === 0 && last[1] === texts.length && texts[first[0]] === texts[last[0]];
  return overMidnight ? [...runs.slice(1, -1), [last[0], texts.length + first[1]]] : runs;
}
