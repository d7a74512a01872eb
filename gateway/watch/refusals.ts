/** Something that could not be taken, and why. */
export interface Refusal {
  /** ms since 1970. */
  readonly at: number;
  readonly reason: string;
}

/** The newest refusals, for somebody who asks why something does not arrive; all of them are counted. */
export interface Refusals {
  add(reason: string): void;
  /** Newest first. */
  recent(): readonly Refusal[];
  readonly count: number;
}

const kept = 200;
const longestReason = 500;

/** None yet. `now` is the gateway's clock, ms. */
export function refusals(now: () => number): Refusals {
  const list: Refusal[] = [];
  let count = 0;
  return {
    add(reason) {
      count += 1;
      list.unshift({ at: now(), reason: reason.slice(0, longestReason) });
      if (list.length > kept) list.pop();
    },
    recent: () => list,
    get count() {
      return count;
    },
  };
}
