import type { Item } from '../../devices/contract/catalogue.ts';
import type { City, Seat } from '../../devices/contract/city.ts';
import type { Person } from '../../devices/contract/duty.ts';
import type { Duties, DutyAsked, DutyMatter } from '../tickets/duties.ts';

export interface RoutingParts {
  readonly city: City;
  readonly duties: () => Duties;
  /** A person of the duty list. */
  readonly person: (id: string) => Person | undefined;
  /** The grid that a device is registered in; undefined where none is. */
  readonly gridOf?: (device: string) => string | undefined;
  /** Items of the standards in force that would ring at a seat, the most urgent first. */
  readonly heardAt: (seat: Seat) => readonly Item[];
}

export const persons = ({ person }: Pick<RoutingParts, 'person'>, ids: readonly string[]): Person[] =>
  ids.flatMap((id) => person(id) ?? []);

/**
 * A person as somebody to be told, where he subscribed a browser of his own: it is on his ladder whether or not his record names web
 * push, as he asked for it himself.
 */
export const withBrowsers = (person: Person | undefined, has: (id: string) => boolean): Person | undefined =>
  !person || !has(person.id) || person.channels.some(({ kind }) => kind === 'web-push')
    ? person
    : { ...person, channels: [...person.channels, { kind: 'web-push' }] };

/** Everybody who has a duty at any of these matters, each once, whom first. */
export const whoever = (
  { duties }: Pick<RoutingParts, 'duties'>,
  matters: readonly DutyMatter[],
  duty: DutyAsked,
  at: number,
): string[] => [...new Set(matters.flatMap((matter) => duties().who(matter, duty, at).persons))];
