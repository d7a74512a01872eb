import type { Child } from './child.ts';
import type { Usage } from './measured.ts';
import { settled, usageOf } from './proc.ts';
import { median, type Report } from './report.ts';

/** A process whose cost is measured: one of ours, or a program that only the kernel can be asked about. */
export interface Watched {
  readonly name: string;
  usage(): Promise<Pick<Usage, 'cpuUs' | 'peakBytes'> & Partial<Usage>>;
  /** Resolves when it has done what it put off. */
  settle(): Promise<void>;
}

export const ofChild = (name: string, child: Child): Watched => ({
  name,
  usage: () => child.ask<Usage>('usage'),
  settle: () => child.ask('settle'),
});

export const ofProgram = (name: string, pid: number): Watched => ({
  name,
  usage: async () => usageOf(pid),
  settle: () => settled(pid),
});

/** What one process cost in one round. */
export interface Cost {
  /** Processor time for each thing, all threads, µs. */
  readonly cpuUs: number;
  /** NaN for a program that is not ours. */
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
  readonly peakBytes: number;
}

export interface Round {
  readonly perSecond: number;
  /** By process, in the order in which they were given. */
  readonly costs: readonly Cost[];
}

/** Runs one round and says what it cost a thing (`things` of them) in each process, work left behind the last answer included. */
export async function roundOf(
  processes: readonly Watched[],
  things: number,
  run: () => Promise<{ readonly wallMs: number }>,
): Promise<Round> {
  const before = await Promise.all(processes.map((one) => one.usage()));
  const { wallMs } = await run();
  for (const one of processes) await one.settle();
  const after = await Promise.all(processes.map((one) => one.usage()));
  const costs = after.map((usage, i) => ({
    cpuUs: (usage.cpuUs - (before[i]?.cpuUs ?? Number.NaN)) / things,
    loopP99Ms: usage.loopP99Ms ?? Number.NaN,
    loopMaxMs: usage.loopMaxMs ?? Number.NaN,
    peakBytes: usage.peakBytes,
  }));
  return { perSecond: (things / wallMs) * 1000, costs };
}

/** What was measured, over its rounds: medians; delays at their worst; memory at its peak. */
export interface Summary extends Cost {
  readonly name: string;
}
export interface Measured {
  readonly perSecond: number;
  readonly processes: readonly Summary[];
}

export function summary(processes: readonly Watched[], rounds: readonly Round[]): Measured {
  const over = (i: number, pick: (cost: Cost) => number) =>
    rounds.map(({ costs }) => (costs[i] ? pick(costs[i]) : Number.NaN));
  return {
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    processes: processes.map(({ name }, i) => ({
      name,
      cpuUs: median(over(i, ({ cpuUs }) => cpuUs)),
      loopP99Ms: median(over(i, ({ loopP99Ms }) => loopP99Ms)),
      loopMaxMs: Math.max(...over(i, ({ loopMaxMs }) => loopMaxMs)),
      peakBytes: Math.max(...over(i, ({ peakBytes }) => peakBytes)),
    })),
  };
}

/** The figures of one measurement; `thing` is what is counted ("message", "reading"). */
export function figuresOf(title: string, thing: string, { perSecond, processes }: Measured): Report['figures'] {
  const figures: Record<string, number> = { [`${title}: ${thing}s/s`]: perSecond };
  for (const { name, cpuUs, loopP99Ms, loopMaxMs, peakBytes } of processes) {
    figures[`${title}: ${name}, µs of processor a ${thing}`] = cpuUs;
    if (!Number.isNaN(loopP99Ms)) {
      figures[`${title}: ${name}, event loop delay p99, ms`] = loopP99Ms;
      figures[`${title}: ${name}, event loop delay worst, ms`] = loopMaxMs;
    }
    figures[`${title}: ${name}, peak memory, MB`] = peakBytes / 1e6;
  }
  return figures;
}

/** A line of progress: what each process took in this round. */
export function told(title: string, round: number, rounds: number, sides: readonly [Watched, Cost][]): string {
  const when = round === 0 ? 'warm-up' : `round ${round} of ${rounds}`;
  return `${title}, ${when}: ${sides.map(([{ name }, { cpuUs }]) => `${cpuUs.toFixed(2)} µs ${name}`).join(', ')}`;
}

/** Pairs processes with what they cost. */
export const paired = (processes: readonly Watched[], { costs }: Round): [Watched, Cost][] =>
  processes.flatMap((one, i) => (costs[i] ? [[one, costs[i]]] : []));
