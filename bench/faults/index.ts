import { atLeast, atMost, busyness, machine, type Report } from '../report.ts';
import { settableClock } from './clock.ts';
import { fillableDisk } from './disk.ts';
import type { Fault } from './fault.ts';
import { duplicatedAndShuffled, flood, malformedInput, neverReads } from './input.ts';
import { frozen, heldAtRulesCursor, heldAtStoreCursor, killOf } from './kills.ts';
import { cityBrokerRestarted, fieldBrokerRestarted, uplinkCut, uplinkSlow, uplinkUnplugged } from './links.ts';
import { type FaultRow, type Outcome, runFaults } from './run.ts';
import { journalFull, storeDown } from './store.ts';
import type { TownOptions } from './town.ts';

export interface FaultsBenchOptions {
  /** The short form of CI: every fault, fewer times. */
  readonly short: boolean;
  readonly seed: number;
  readonly progress: (line: string) => void;
  /** Time after which no further fault begins, ms. */
  readonly withinMs: number;
}

/** What `yanshao bench faults` gives: a line a fault, and the goals they must meet. */
export interface FaultsReport extends Report {
  readonly faults: readonly FaultRow[];
  /** Faults that were not tried: no time, or not possible here. */
  readonly leftOut: readonly string[];
}

/** Ten times a kind and more: thirty-six kills in a full run, each with publishes on their way. */
const kills: readonly Fault[] = [
  killOf('ingest', [10, 2]),
  killOf('rules', [8, 2]),
  killOf('gateway', [8, 2]),
  killOf('dashboard', [4, 1]),
  heldAtStoreCursor,
  heldAtRulesCursor,
  frozen('ingest'),
  frozen('rules'),
];

/** Breaks a small city in every way we know of, and reckons what it still holds of what it promised. */
export async function faultsBench({ short, seed, progress, withinMs }: FaultsBenchOptions): Promise<FaultsReport> {
  const busy = busyness();
  const end = performance.now() + withinMs;
  const outcomes: Outcome[] = [];
  const leftOut: string[] = [];
  const run = async (town: Omit<TownOptions, 'progress'>, faults: readonly Fault[]) => {
    outcomes.push(await runFaults({ town, faults, short, seed, progress, until: end }));
  };
  const links = [uplinkCut, uplinkUnplugged, uplinkSlow, fieldBrokerRestarted, cityBrokerRestarted];
  const inputs = [duplicatedAndShuffled, malformedInput, flood, neverReads];
  await run({ store: 'duckdb' }, [...kills, ...links, ...inputs]);
  await run({ store: 'influx', env: { YANSHAO_JOURNAL_CAP_MB: '16' } }, [storeDown, journalFull]);
  const clock = settableClock();
  const disk = fillableDisk();
  try {
    if (!disk) leftOut.push('disk full (this user may not mount a small disk)');
    await run({ store: 'duckdb', env: clock.env, ...(disk && { dataDir: disk.dataDir }) }, [
      clock.jumped,
      ...(disk ? [disk.full] : []),
    ]);
  } finally {
    clock.remove();
    disk?.remove();
  }
  const faults = outcomes.flatMap(({ rows }) => rows);
  const sum = (of: (row: FaultRow) => number) => faults.reduce((total, row) => total + of(row), 0);
  const killed = faults.filter(({ en }) => en.startsWith('kill -9')).reduce((total, { times }) => total + times, 0);
  return {
    name: 'faults',
    machine: machine(),
    goals: [
      atMost(
        'faults: acknowledged readings lost',
        sum(({ lost }) => lost),
        '',
        0,
      ),
      atMost(
        'faults: readings doubled or invented',
        sum(({ doubled }) => doubled),
        '',
        0,
      ),
      atMost(
        'faults: alarms missing or doubled',
        sum(({ wrongAlarms }) => wrongAlarms),
        '',
        0,
      ),
      ...(short ? [] : [atLeast('faults: kill -9 with publishes in flight', killed, 'kills', 30)]),
      ...outcomes.flatMap(({ goals }) => goals),
    ],
    figures: {
      'faults: readings acknowledged': sum(({ acknowledged }) => acknowledged),
      'faults: kill -9': killed,
      'faults: longest stall, ms': Math.max(...faults.map(({ longestStallMs }) => longestStallMs)),
      ...busy,
    },
    faults,
    leftOut: [...leftOut, ...outcomes.flatMap((outcome) => outcome.leftOut)],
  };
}

/** The table for people. */
export function toFaultTable({ faults, leftOut }: FaultsReport): string {
  const head = ['故障 fault', 'times', 'seed', 'acknowledged', 'lost', 'doubled', 'alarms wrong', 'longest stall'];
  const rows = faults.map((row) => [
    `${row.zh} / ${row.en}`,
    String(row.times),
    String(row.seed),
    String(row.acknowledged),
    String(row.lost),
    String(row.doubled),
    String(row.wrongAlarms),
    `${Math.round(row.longestStallMs)} ms`,
  ]);
  const all = [head, ...rows];
  const width = (cell: string) => [...cell].reduce((sum, char) => sum + (char.charCodeAt(0) > 0x2e80 ? 2 : 1), 0);
  const widths = head.map((_, i) => Math.max(...all.map((row) => width(row[i] ?? ''))));
  const lines = all.map((row) =>
    row
      .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  );
  const wrong = faults.flatMap(({ en, first }) => (first === null ? [] : [`  ${en}: ${first}`]));
  const left = leftOut.map((what) => `  未试 / left out: ${what}`);
  return [...lines, ...wrong, ...left].join('\n');
}
