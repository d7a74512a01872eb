import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchesInStep, columnsOf, type ScanRow } from '../../kit/telemetry/scanning.ts';
import type { ScanBatch, ScanQuery, TelemetryStore } from '../../kit/telemetry/telemetry-store.ts';
import { mergeScans } from './merge-scans.ts';

const from = 1000;
const to = 1100;
const queries: readonly ScanQuery[] = [
  { type: 'bin', measurements: ['weight', 'state'], from, to },
  { type: 'truck', measurements: ['state'], from, to },
  { type: 'tank', measurements: ['level'], from, to },
];
const isText = (place: number): boolean => place === 1 || place === 2;
const textsOf: Readonly<Record<string, number>> = { bin: 1, truck: 0 };

/** A reading: type, device, at, value; what a text says is its value in words. */
type Reading = readonly [type: string, device: number, at: number, value: number];

/** Gives the readings of each type in batches that span as many ms as the test says. */
function storeOf(readings: readonly Reading[], spans: Readonly<Record<string, number>>): Pick<TelemetryStore, 'scan'> {
  return {
    async scan({ type, from: begin, to: end, measurements }) {
      const next = Math.min(end, begin + spans[type]!);
      const rows = readings
        .filter(([of, , at]) => of === type && at >= begin && at < next)
        .flatMap(([, device, at, value]) =>
          measurements.map(
            (_, place): ScanRow => [device, place, at, place === textsOf[type] ? `w${value}` : value, 0],
          ),
        );
      const names = [1, 2].map((device) => [device, `${type}-${device}`] as const);
      return { ...columnsOf(rows), numbering: 'n', names, next: next < end ? next : null, spanMs: 1 };
    },
  };
}

const inWords = (batch: ScanBatch, names: ReadonlyMap<number, string>): unknown[][] =>
  Array.from({ length: batch.length }, (_, i) => {
    const place = batch.measurement[i]!;
    const value = isText(place) ? batch.words[batch.value[i]!] : batch.value[i];
    return [batch.at[i], names.get(batch.device[i]!), place, value];
  });

const spans = fc.record({
  bin: fc.integer({ min: 1, max: 200 }),
  truck: fc.integer({ min: 1, max: 200 }),
  tank: fc.nat(90),
});
const some = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom('bin', 'truck', 'tank'),
    fc.constantFrom(1, 2),
    fc.integer({ min: from, max: to - 1 }),
    fc.nat(5),
  ),
  { selector: ([type, device, at]) => `${type} ${device} ${at}`, maxLength: 60 },
);

describe('scans of several device types', () => {
  it('become one in the order of time, nothing lost and nothing twice, however far apart their batches end', async () => {
    await fc.assert(
      fc.asyncProperty(some, spans, async (readings, { tank, ...others }) => {
        const merge = mergeScans(queries, isText);
        const names = new Map<number, string>();
        const found: unknown[][] = [];
        let readTo = from;
        for await (const { scan, batch } of batchesInStep(storeOf(readings, { ...others, tank: tank + 1 }), queries)) {
          const merged = merge(scan, batch);
          for (const [device, name] of merged.names) names.set(device, name);
          const rows = inWords(merged, names);
          expect(rows.every(([at]) => Number(at) >= readTo && Number(at) < (merged.next ?? to))).toBe(true);
          readTo = merged.next ?? to;
          found.push(...rows);
        }
        const wanted = queries
          .flatMap(({ type }, scan) => readings.filter(([of]) => of === type).map((reading) => ({ reading, scan })))
          .sort((a, b) => a.reading[2] - b.reading[2] || a.scan - b.scan || a.reading[1] - b.reading[1])
          .flatMap(({ reading: [type, device, at, value], scan }) =>
            queries[scan]!.measurements.map((_, place) => [
              at,
              `${type}-${device}`,
              [0, 2, 3][scan]! + place,
              place === textsOf[type] ? `w${value}` : value,
            ]),
          );
        expect(found).toEqual(wanted);
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('end when the work is given up', async () => {
    const stop = new AbortController();
    let taken = 0;
    for await (const _ of batchesInStep(storeOf([], { bin: 10, truck: 10, tank: 10 }), queries, stop.signal)) {
      if (++taken === 4) stop.abort();
    }
    expect(taken).toBe(4);
  });
});
