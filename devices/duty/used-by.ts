import type { DutyRecords } from '../contract/duty.ts';
import type { DutyRecordKind } from '../contract/duty-kinds.ts';
import { rosteredEver } from './roster-people.ts';

/** Records that name another one, as `<kind> <id>`: while there are any, it cannot be taken away. */
export function usedBy(records: DutyRecords, kind: DutyRecordKind, id: string): string[] {
  const { posts, rosters, swaps, absences, deputies, assignments } = records;
  const those = <T extends { readonly id: string }>(
    of: DutyRecordKind,
    list: readonly T[],
    names: (one: T) => boolean,
  ) => list.filter(names).map((one) => `${of} ${one.id}`);
  switch (kind) {
    case 'person':
      return [
        ...those('post', posts, ({ holders }) => holders.includes(id)),
        ...those('roster', rosters, (roster) => rosteredEver(roster).includes(id)),
        ...those('swap', swaps, (swap) => swap.out === id || swap.in === id),
        ...those('absence', absences, ({ person }) => person === id),
        ...those('deputy', deputies, ({ person, deputy }) => person === id || deputy === id),
        ...those('assignment', assignments, ({ person }) => person === id),
      ];
    case 'post':
      return [
        ...those('roster', rosters, ({ post }) => post === id),
        ...those('deputy', deputies, ({ post }) => post === id),
        ...those('assignment', assignments, ({ post }) => post === id),
      ];
    case 'shift':
      return those('roster', rosters, ({ shift }) => shift === id);
    case 'roster':
      return those('swap', swaps, ({ roster }) => roster === id);
    default:
      return [];
  }
}
