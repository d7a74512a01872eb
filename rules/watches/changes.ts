import type { HandoverChanges, HandoverDraft, HandoverItem } from '../../devices/contract/watch.ts';

/** What became of a note's matters since it was drafted, and what came up: the one who takes over signs for both. */
export function changesSince(drafted: HandoverDraft, now: HandoverDraft): HandoverChanges {
  const before = new Map(drafted.items.map((item) => [item.id, item]));
  const after = new Map(now.items.map((item) => [item.id, item]));
  return {
    fresh: now.items.filter(({ id }) => !before.has(id)),
    gone: drafted.items.filter(({ id }) => !after.has(id)),
    changed: now.items.filter((item) => {
      const was = before.get(item.id);
      return was !== undefined && sayings(was) !== sayings(item);
    }),
  };
}

/** All of an item that may change under somebody's eyes. */
const sayings = ({ priority, states, until, who, says, count }: HandoverItem): string =>
  JSON.stringify([priority, states, until, who, says, count]);
