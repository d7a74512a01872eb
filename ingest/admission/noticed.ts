import type { AdmissionStats } from '../../devices/contract/stats.ts';
import { type ClockSkews, clockSkews } from './clock-skew.ts';
import type { DeviceMemory } from './profile.ts';
import { type Repeats, repeats } from './repeats.ts';
import { takeSequence } from './sequence.ts';

/** What admission notices over many messages: repetitions, sequences, clocks, strangers. */
export interface Noticed {
  readonly repeats: Repeats;
  readonly clocks: ClockSkews;
  /** A reading came again, bit for bit. */
  duplicate(): void;
  /** A reading was marked `historical` and is fresh news. */
  falseLate(): void;
  /** A reading older than its device's newest, not marked. */
  late(): void;
  /** Whether the reading with this number is a replay. */
  sequence(memory: DeviceMemory, seq: number, at: number): boolean;
  /** A client spoke for a device that is not registered (`unknown`) or not its own (`forged`). */
  stranger(client: string, device: string | null, kind: 'unknown' | 'forged', at: number): void;
  stats(): AdmissionStats;
}

/** Lists show so many. */
const SHOWN = 10;

/** Nothing noticed yet. */
export function noticed(clockToleratedMs: number): Noticed {
  const clocks = clockSkews(clockToleratedMs);
  const counts = { duplicates: 0, replayed: 0, falseLate: 0, late: 0, restarts: 0, missing: 0 };
  const gaps = new Map<string, { device: string; missing: number; at: number }>();
  const strangers = new Map<
    string,
    { client: string; unknown: number; forged: number; device: string | null; at: number }
  >();

  const gapOf = (memory: DeviceMemory, at: number): void => {
    if (memory.missing === 0) gaps.delete(memory.id);
    else gaps.set(memory.id, { device: memory.id, missing: memory.missing, at });
  };

  return {
    repeats: repeats(),
    clocks,
    duplicate: () => void counts.duplicates++,
    falseLate: () => void counts.falseLate++,
    late: () => void counts.late++,
    sequence(memory, seq, at) {
      const before = memory.missing;
      const finding = takeSequence(memory, seq, at > memory.newestAt);
      if (finding === 'next') return false;
      if (finding === 'restarted') counts.restarts++;
      counts.missing += memory.missing - before;
      if (memory.missing !== before) gapOf(memory, at);
      if (finding !== 'replayed' || at === memory.newestAt) return false;
      counts.replayed++;
      return true;
    },
    stranger(client, device, kind, at) {
      let known = strangers.get(client);
      if (!known) {
        known = { client, unknown: 0, forged: 0, device, at };
        strangers.set(client, known);
      }
      known[kind]++;
      known.device = device;
      known.at = at;
    },
    stats: () => ({
      ...counts,
      gaps: top(gaps.values(), ({ missing }) => missing),
      clocks: clocks.stats(),
      strangers: top(strangers.values(), ({ unknown, forged }) => unknown + forged).map((one) => ({
        ...one,
        device: one.device?.slice(0, 64) ?? null,
      })),
    }),
  };
}

const top = <T>(all: Iterable<T>, by: (one: T) => number): T[] =>
  [...all].sort((a, b) => by(b) - by(a)).slice(0, SHOWN);
