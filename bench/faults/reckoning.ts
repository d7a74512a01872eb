import type { AlarmsBody, ReadingsBody } from '../../devices/contract/api.ts';
import type { Sent } from '../../test/support/stubborn-device.ts';
import { until } from '../../test/support/until.ts';
import { measured } from './senders.ts';
import type { Town } from './town.ts';

/** What a store holds against what was promised. */
export interface Reckoning {
  readonly acknowledged: number;
  /** Acknowledged and not in the store, or there with another value. */
  readonly lost: number;
  /** In the store and never sent, or there twice. */
  readonly doubled: number;
  /** The first of either, for people. */
  readonly first: string | null;
}

/**
 * Compares the store with what was acknowledged, device by device. Waits until the store has caught up; what is not there then
 * is lost.
 */
export async function reckon(town: Town, acknowledged: readonly Sent[], withinMs = 60_000): Promise<Reckoning> {
  const promised = new Map<string, Map<number, number>>();
  for (const { device, ts, value } of acknowledged)
    promised.set(device, (promised.get(device) ?? new Map<number, number>()).set(ts, value));
  let lost = 0;
  let doubled = 0;
  let first: string | null = null;
  const end = performance.now() + withinMs;
  const say = (what: string) => {
    first ??= what;
  };
  for (const [device, readings] of promised) {
    const times = [...readings.keys()];
    const from = Math.min(...times);
    const to = Math.max(...times) + 1;
    const samples = await stored(town, device, from, to, readings, Math.max(0, end - performance.now()));
    const seen = new Set<number>();
    for (const [at, value] of samples) {
      const expected = readings.get(at);
      if (expected === undefined || seen.has(at)) {
        doubled++;
        say(`${device} at ${at}: ${String(value)} was never sent, or stands there twice`);
      } else if (expected !== value) {
        lost++;
        say(`${device} at ${at}: ${String(value)} instead of ${expected}`);
      }
      seen.add(at);
    }
    for (const [at, value] of readings) {
      if (seen.has(at)) continue;
      lost++;
      say(`${device} at ${at}: ${value} was acknowledged and is not in the store`);
    }
  }
  return { acknowledged: acknowledged.length, lost, doubled, first };
}

/** A device's samples once all that were promised are there, or whatever is there when the time is up. */
async function stored(
  town: Town,
  device: string,
  from: number,
  to: number,
  promised: ReadonlyMap<number, number>,
  withinMs: number,
): Promise<ReadingsBody['samples']> {
  const path = `/api/v1/readings?device=${device}&measurement=${measured}&maxSamples=50000&from=${from}&to=${to}`;
  let last: ReadingsBody['samples'] = [];
  await until(
    `the store has caught up with ${device}`,
    async () => {
      last = (await town.get<ReadingsBody>(path)).samples;
      const there = new Set(last.map(([at]) => at));
      return [...promised.keys()].every((at) => there.has(at));
    },
    { withinMs, everyMs: 100 },
  ).catch(() => undefined);
  return last;
}

/** Ids of all alarms of a device, open or closed. */
export async function alarmsOf(town: Town, device: string): Promise<string[]> {
  const { items } = await town.get<AlarmsBody>(`/api/v1/alarms?state=all&device=${device}&limit=100`);
  return items.map(({ id }) => id);
}
