import type { IncidentMember } from '../../devices/contract/incident.ts';
import { byStrength, type Link, type LinkKeys } from './link.ts';

/** The tie of a new member to one incident, and to whom. */
export interface Tie {
  readonly incident: string;
  readonly link: Link;
  readonly partner: IncidentMember;
}

/**
 * Members of open incidents by where they are. In each square they lie apart by incident, and one tie to an incident is enough:
 * a flood of alarms in one place meets one of them each, not all.
 */
export interface MemberIndex {
  put(member: IncidentMember): void;
  drop(member: IncidentMember): void;
  /** The tie to every incident that the member is a neighbour of; `link` says whether two are, and why. */
  ties(member: IncidentMember, link: (a: IncidentMember, b: IncidentMember) => Link | null): Tie[];
}

export function memberIndex(keys: LinkKeys): MemberIndex {
  const held = new Map<string, Map<string, Map<string, IncidentMember>>>();
  return {
    put(member) {
      for (const key of keys.own(member)) {
        const here = held.get(key) ?? new Map<string, Map<string, IncidentMember>>();
        held.set(key, here);
        const there = here.get(member.incident);
        if (there) there.set(member.alarm, member);
        else here.set(member.incident, new Map([[member.alarm, member]]));
      }
    },
    drop({ incident, alarm, ...sign }) {
      for (const key of keys.own(sign)) {
        const here = held.get(key);
        const there = here?.get(incident);
        if (!there?.delete(alarm) || there.size > 0) continue;
        here!.delete(incident);
        if (here!.size === 0) held.delete(key);
      }
    },
    ties(member, link) {
      const found = new Map<string, Tie>();
      for (const key of keys.near(member)) {
        for (const [incident, members] of held.get(key) ?? []) {
          if (incident === member.incident) continue;
          const tie = firstTie(incident, members.values(), member, link);
          const known = found.get(incident);
          if (tie && (!known || byStrength(tie.link, known.link) < 0)) found.set(incident, tie);
        }
      }
      return [...found.values()];
    },
  };
}

function firstTie(
  incident: string,
  members: Iterable<IncidentMember>,
  member: IncidentMember,
  link: (a: IncidentMember, b: IncidentMember) => Link | null,
): Tie | undefined {
  for (const partner of members) {
    const tie = partner.cut === null ? link(member, partner) : null;
    if (tie) return { incident, link: tie, partner };
  }
  return undefined;
}
