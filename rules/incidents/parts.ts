import type { IncidentMember } from '../../devices/contract/incident.ts';
import type { LinkKeys } from './link.ts';

/** Whether gas may have passed between two members. */
export type Linked = (a: IncidentMember, b: IncidentMember) => boolean;

/** By onset; of the same moment by id, so that the order is always the same. */
export const byOnset = (a: IncidentMember, b: IncidentMember): number =>
  a.since - b.since || (a.alarm < b.alarm ? -1 : a.alarm > b.alarm ? 1 : 0);

/** Members that wait to be found, under the keys of their neighbours; who is found is taken out, so that nobody is met twice. */
function waiting(members: Iterable<IncidentMember>, keys: LinkKeys) {
  const byKey = new Map<string, Set<IncidentMember>>();
  for (const member of members) {
    for (const key of keys.own(member)) {
      const there = byKey.get(key);
      if (there) there.add(member);
      else byKey.set(key, new Set([member]));
    }
  }
  const take = (member: IncidentMember): void => {
    for (const key of keys.own(member)) byKey.get(key)?.delete(member);
  };
  return {
    take,
    /** Takes out all that are linked to this member. */
    linkedTo(member: IncidentMember, linked: Linked): IncidentMember[] {
      const found: IncidentMember[] = [];
      for (const key of keys.near(member)) {
        const before = found.length;
        for (const other of byKey.get(key) ?? []) if (linked(member, other)) found.push(other);
        for (let i = before; i < found.length; i++) take(found[i]!);
      }
      return found;
    },
  };
}

/**
 * Members as the parts that hang together when those of `cut` join nobody: parts and their members by onset. A cut member goes
 * with the part that it is nearest to by links; one that has none goes with the first. Nobody is lost, and nobody is in two parts.
 */
export function partsOf(
  members: Iterable<IncidentMember>,
  cut: (member: IncidentMember) => boolean,
  linked: Linked,
  keys: LinkKeys,
): IncidentMember[][] {
  const ordered = [...members].sort(byOnset);
  const carriers = ordered.filter((member) => !cut(member));
  if (carriers.length === 0) return [ordered];
  const parts: IncidentMember[][] = [];
  const partOf = new Map<IncidentMember, IncidentMember[]>();
  const open = waiting(carriers, keys);
  for (const first of carriers) {
    if (partOf.has(first)) continue;
    open.take(first);
    const part = [first];
    partOf.set(first, part);
    spread(part, part, open, linked, partOf);
    parts.push(part);
  }
  const hanging = waiting(ordered.filter(cut), keys);
  const queue = [...carriers];
  for (let i = 0; i < queue.length; i++) {
    const part = partOf.get(queue[i]!)!;
    for (const found of hanging.linkedTo(queue[i]!, linked)) {
      partOf.set(found, part);
      part.push(found);
      queue.push(found);
    }
  }
  for (const member of ordered) if (!partOf.has(member)) parts[0]!.push(member);
  for (const part of parts) part.sort(byOnset);
  return parts;
}

/** Takes into `part` all that hang on it. */
function spread(
  part: IncidentMember[],
  queue: IncidentMember[],
  open: ReturnType<typeof waiting>,
  linked: Linked,
  partOf: Map<IncidentMember, IncidentMember[]>,
): void {
  for (let i = 0; i < queue.length; i++) {
    for (const found of open.linkedTo(queue[i]!, linked)) {
      partOf.set(found, part);
      part.push(found);
    }
  }
}
