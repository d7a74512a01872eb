import { until } from '../../test/support/until.ts';
import type { Goal } from '../report.ts';
import type { Fault, Scene, Spike } from './fault.ts';
import { type Random, seeded } from './random.ts';
import { alarmsOf, reckon } from './reckoning.ts';
import { startSenders } from './senders.ts';
import { startTown, type Town, type TownOptions } from './town.ts';

/** One line of the table. */
export interface FaultRow {
  readonly zh: string;
  readonly en: string;
  readonly times: number;
  readonly seed: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** Alarms that did not follow from a detector over its limit, or followed twice. */
  readonly wrongAlarms: number;
  /** The longest that a device which speaks to the platform itself waited for an acknowledgement. */
  readonly longestStallMs: number;
  /** The first thing that was not as it should be. */
  readonly first: string | null;
}

export interface RunOptions {
  readonly town: Omit<TownOptions, 'progress'>;
  readonly faults: readonly Fault[];
  readonly short: boolean;
  readonly seed: number;
  readonly progress: (line: string) => void;
  /** No further fault begins after this, on the monotonic clock; what was left out is said. */
  readonly until?: number;
}

export interface Outcome {
  readonly rows: readonly FaultRow[];
  readonly goals: readonly Goal[];
  readonly leftOut: readonly string[];
}

/** The rule that a detector over 40 %LEL meets at once, whatever it said before. */
const RULE = 'G05-14.com-l2';
const OVER = 45;

/** Lets faults happen one after another in one town, and reckons after each. */
export async function runFaults({
  town: options,
  faults,
  short,
  seed,
  progress,
  until: end,
}: RunOptions): Promise<Outcome> {
  const rows: FaultRow[] = [];
  const goals: Goal[] = [];
  const leftOut: string[] = [];
  const town = await startTown({ ...options, progress });
  try {
    const senders = startSenders(town);
    const witnesses = [...town.witnesses];
    try {
      for (const [n, fault] of faults.entries()) {
        if (end !== undefined && performance.now() > end) {
          leftOut.push(fault.en);
          continue;
        }
        const times = fault.times[short ? 1 : 0];
        const chosen = seed + n;
        progress(`${fault.en}: ${times} times, seed ${chosen}`);
        senders.hold();
        await senders.settled();
        senders.mark();
        senders.resume();
        const random = seeded(chosen);
        const { scene, spikes } = sceneOf(town, senders, random, witnesses, goals);
        for (let round = 0; round < times; round++) await fault.act(scene, round);
        const dead = town.dead();
        if (dead.length > 0) throw new Error(`${dead.join(' and ')} did not survive: ${fault.en}`);
        senders.hold();
        await senders.settled();
        const longestStallMs = senders.waits().longestMs;
        const { first, ...figures } = await reckon(town, senders.acknowledged);
        const wrong = await wrongAlarms(town, spikes);
        const row = { zh: fault.zh, en: fault.en, times, seed: chosen, longestStallMs, ...figures };
        rows.push({ ...row, wrongAlarms: wrong.length, first: first ?? wrong[0] ?? null });
        senders.resume();
      }
    } finally {
      await senders.stop();
    }
    return { rows, goals, leftOut };
  } catch (err) {
    throw new Error(`${(err as Error).message}\n${town.output().slice(-20_000)}`, { cause: err });
  } finally {
    await town.stop();
  }
}

function sceneOf(
  town: Town,
  senders: ReturnType<typeof startSenders>,
  random: Random,
  witnesses: string[],
  goals: Goal[],
): { scene: Scene; spikes: readonly Spike[] } {
  const spikes: Spike[] = [];
  const scene: Scene = {
    town,
    senders,
    random,
    spike() {
      const device = witnesses.shift();
      if (device === undefined) throw new Error('every witness has alarmed: register more of them');
      senders.send(device, 2);
      const { ts } = senders.send(device, OVER);
      senders.send(device, 2);
      const spike = { device, ts, alarm: `${device}/${RULE}/${ts}` };
      spikes.push(spike);
      return spike;
    },
    async rings({ device, alarm }, withinMs = 30_000) {
      const began = performance.now();
      const rung = async () => (await alarmsOf(town, device)).includes(alarm);
      await until(`${alarm} rings`, rung, { withinMs, everyMs: 10 });
      return performance.now() - began;
    },
    goal: (goal) => goals.push(goal),
  };
  return { scene, spikes };
}

/** Every spike has made one alarm, the one it defines, and no other. */
async function wrongAlarms(town: Town, spikes: readonly Spike[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { device, alarm } of spikes) {
    const found = await until(
      `${device} has alarmed`,
      async () => {
        const ids = await alarmsOf(town, device);
        return ids.length > 0 ? ids : undefined;
      },
      { withinMs: 20_000 },
    ).catch(() => []);
    if (found.length !== 1 || found[0] !== alarm)
      wrong.push(`${device}: ${alarm} was due, there is ${found.join(', ') || 'none'}`);
  }
  return wrong;
}
