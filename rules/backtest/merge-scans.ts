import { noColumns } from '../../kit/telemetry/scanning.ts';
import type { ScanBatch, ScanQuery } from '../../kit/telemetry/telemetry-store.ts';

/** A scan's batch as far as it is not merged yet. */
interface Hand {
  readonly batch: ScanBatch | null;
  /** All before it was read, ms. */
  readonly readTo: number;
  merged: number;
}

/**
 * Merges scans of several device types by time: takes a batch of one of them, and gives what is complete since. The batches
 * come as `batchesInStep` reads them, so that one of each scan is in hand at most. Measurements are numbered through, those
 * of the first scan first; a device's number is its store's times the number of scans, plus its scan.
 *
 * @param isText whether the values of a measurement, as numbered through, are places of words.
 */
export function mergeScans(
  queries: readonly Pick<ScanQuery, 'measurements' | 'from'>[],
  isText: (measurement: number) => boolean,
): (scan: number, batch: ScanBatch) => ScanBatch {
  const hands = queries.map(({ from }): Hand => ({ batch: null, readTo: from, merged: 0 }));
  const firstOf = queries.map((_, scan) => queries.slice(0, scan).flatMap(({ measurements }) => measurements).length);
  const numbered = (device: number, scan: number): number => device * queries.length + scan;

  return (scan, batch) => {
    if (queries.length === 1) return batch;
    hands[scan] = { batch, readTo: batch.next ?? Number.POSITIVE_INFINITY, merged: 0 };
    const to = Math.min(...hands.map(({ readTo }) => readTo));
    const all = noColumns(hands.reduce((sum, hand) => sum + (hand.batch?.length ?? 0) - hand.merged, 0));
    const words = hands.map((hand) => hand.batch?.words ?? []);
    const firstWord = words.map((_, i) => words.slice(0, i).flat().length);
    let length = 0;
    for (let from = earliest(hands, to); from >= 0; from = earliest(hands, to)) {
      const hand = hands[from]!;
      const { device, measurement, at, value, quality } = hand.batch!;
      const i = hand.merged++;
      const place = firstOf[from]! + measurement[i]!;
      all.device[length] = numbered(device[i]!, from);
      all.measurement[length] = place;
      all.at[length] = at[i]!;
      all.value[length] = isText(place) ? firstWord[from]! + value[i]! : value[i]!;
      all.quality[length] = quality[i]!;
      length++;
    }
    const names = batch.names.map(([device, id]) => [numbered(device, scan), id] as const);
    const next = to === Number.POSITIVE_INFINITY ? null : to;
    return { ...batch, ...all, length, words: words.flat(), names, next };
  };
}

/** The scan whose next reading is the first before `to`; of one moment the first scan's. -1 when there is none. */
function earliest(hands: readonly Hand[], to: number): number {
  let found = -1;
  let least = to;
  for (const [scan, { batch, merged }] of hands.entries()) {
    if (!batch || merged >= batch.length || batch.at[merged]! >= least) continue;
    least = batch.at[merged]!;
    found = scan;
  }
  return found;
}
