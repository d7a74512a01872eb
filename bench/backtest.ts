import type { BacktestStart, Live, Tried } from './backtest-child.ts';
import { startChild } from './child.ts';
import type { Usage } from './measured.ts';
import { atLeast, busyness, machine, median, type Report } from './report.ts';

export interface BacktestBenchOptions {
  readonly citiesDir: string;
  readonly city: string;
  /** Readings of one measurement that are stored and tried. */
  readonly readings: number;
  readonly rounds: number;
  readonly progress: (line: string) => void;
}

export const backtestBenchSize = { readings: 20_000_000, rounds: 3 };

/** design.md asks for as much of a single rule on two cores. */
const GOAL = 500_000;

/** Measures back-tests over the embedded store, and what the live path feels of one. */
export async function backtestBench(options: BacktestBenchOptions): Promise<Report> {
  const { readings, rounds, progress } = options;
  const busy = busyness();
  const start: BacktestStart = { citiesDir: options.citiesDir, city: options.city, readings };
  const child = await startChild(new URL('./backtest-child.ts', import.meta.url), start);
  try {
    for (let done = false; !done; ) {
      const filled = await child.ask<{ stored: number; done: boolean }>('fill');
      if (Math.floor(filled.stored / 2e6) > Math.floor((filled.stored - 200_000) / 2e6) || filled.done) {
        progress(`stored ${filled.stored.toLocaleString('en')} readings`);
      }
      done = filled.done;
    }
    const one = await many(rounds, progress, 'one rule', () => child.ask<Tried>('tried', null));
    const changed = { onDelayS: 120 };
    const two = await many(rounds, progress, 'beside its change', () => child.ask<Tried>('tried', changed));
    const aloneMs = Math.max(2000, median(one.map(({ tookMs }) => tookMs)));
    await child.ask<Usage>('usage');
    const alone = await child.ask<Live>('alone', aloneMs);
    const loopAlone = await child.ask<Usage>('usage');
    const beside = await child.ask<Live & { tookMs: number }>('beside');
    const loopBeside = await child.ask<Usage>('usage');
    const rate = (tried: readonly Tried[]) => median(tried.map((each) => each.readings / (each.tookMs / 1000)));
    const cpu = (tried: readonly Tried[]) => median(tried.map((each) => each.cpuUs / each.readings));
    return {
      name: 'backtest',
      machine: machine(),
      goals: [atLeast('back-test: readings a second for a single rule', rate(one), 'readings/s', GOAL)],
      figures: {
        'readings tried': one[0]!.readings,
        'alarms found': one[0]!.alarms,
        'one rule: processor time a reading, µs': cpu(one),
        'a rule beside its change: readings a second': rate(two),
        'a rule beside its change: processor time a reading, µs': cpu(two),
        'peak memory of the process, MB': loopBeside.peakBytes / 1e6,
        'live path alone: a block of 1,000 judged, p99 ms': alone.judgeP99Ms,
        'live path beside a back-test: a block of 1,000 judged, p99 ms': beside.judgeP99Ms,
        'live path alone: a batch of 1,000 stored, p99 ms': alone.writeP99Ms,
        'live path beside a back-test: a batch of 1,000 stored, p99 ms': beside.writeP99Ms,
        'live path alone: event loop, p99 ms late': loopAlone.loopP99Ms,
        'live path beside a back-test: event loop, p99 ms late': loopBeside.loopP99Ms,
        'a back-test beside the live path, readings a second': one[0]!.readings / (beside.tookMs / 1000),
        ...busy,
      },
    };
  } finally {
    await child.stop();
  }
}

/** Tries once to warm up, then `rounds` times. */
async function many(
  rounds: number,
  progress: (line: string) => void,
  what: string,
  ask: () => Promise<Tried>,
): Promise<Tried[]> {
  const found: Tried[] = [];
  for (let round = 0; round <= rounds; round++) {
    const one = await ask();
    const rate = Math.round(one.readings / (one.tookMs / 1000)).toLocaleString('en');
    progress(
      `${what}, ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}: ${rate} readings/s, ${one.alarms} alarms`,
    );
    if (round > 0) found.push(one);
  }
  return found;
}
