/** Which of many devices fall due, without looking at the others. */
export interface DueTimes {
  /** Looks at `id` again once `at` (ms) has come. One that already waits for an earlier moment keeps that moment. */
  put(id: string, at: number): void;
  /** Takes out everything whose second has come. Whoever turns out not to be due is put again. */
  take(now: number): string[];
  forget(id: string): void;
  clear(): void;
}

/** {@link DueTimes} in buckets of one second: a tick costs what falls due, whatever the size of the city. */
export function dueTimes(): DueTimes {
  const buckets = new Map<number, Set<string>>();
  const secondOf = new Map<string, number>();
  /** Buckets before this second are empty; undefined until the first tick, when any may be filled. */
  let swept: number | undefined;

  function* passed(second: number): Iterable<number> {
    if (swept === undefined || second - swept > buckets.size) {
      for (const key of buckets.keys()) if (key <= second) yield key;
    } else {
      for (let key = swept; key <= second; key++) yield key;
    }
  }

  return {
    put(id, at) {
      if (secondOf.has(id)) return;
      const second = Math.floor(at / 1000);
      secondOf.set(id, second);
      const bucket = buckets.get(second);
      if (bucket) bucket.add(id);
      else buckets.set(second, new Set([id]));
      if (swept !== undefined && second < swept) swept = second;
    },
    take(now) {
      const second = Math.floor(now / 1000);
      const due: string[] = [];
      for (const key of passed(second)) {
        const bucket = buckets.get(key);
        if (!bucket) continue;
        buckets.delete(key);
        for (const id of bucket) {
          secondOf.delete(id);
          due.push(id);
        }
      }
      swept = second;
      return due;
    },
    forget(id) {
      const second = secondOf.get(id);
      if (second === undefined) return;
      secondOf.delete(id);
      buckets.get(second)?.delete(id);
    },
    clear() {
      buckets.clear();
      secondOf.clear();
      swept = undefined;
    },
  };
}
