import { startChild } from './child.ts';
import { atMost, busyness, type Goal, machine, median, type Report } from './report.ts';
import type { Memory, Minute, Reload, RulesStart } from './rules-child.ts';
import type { Judged, ThresholdsStart } from './thresholds-child.ts';

export interface RulesBenchOptions {
  readonly citiesDir: string;
  readonly city: string;
  readonly devices: number;
  /** Minutes of the city's life that are measured, after the warm-up. */
  readonly minutes: number;
  /** Also a city of a million devices: some minutes and 6 GB of memory. */
  readonly full?: boolean;
  readonly progress: (line: string) => void;
}

export const rulesBenchSize = { devices: 100_000, minutes: 6 };

const SMALL = 1_000;
const MILLION = 1_000_000;
const WARM_UP = 2;
/** One device in a hundred reports something abnormal. */
const ABNORMAL = 0.01;

/** Measures the rules engine with the whole catalogue over a mixed city. */
export async function rulesBench(options: RulesBenchOptions): Promise<Report> {
  const busy = busyness();
  const parts = options.devices > SMALL ? [asFigures(await cityOf(options, SMALL))] : [];
  parts.push(await cityOf(options, options.devices));
  if (options.full && options.devices < MILLION) parts.push(await cityOf({ ...options, minutes: 3 }, MILLION));
  parts.push(await besidePeer(options));
  return {
    name: 'rules',
    machine: machine(),
    goals: parts.flatMap(({ goals }) => goals),
    figures: Object.assign({}, ...parts.map(({ figures }) => figures), busy),
  };
}

type Part = Pick<Report, 'goals' | 'figures'>;

async function cityOf({ citiesDir, city, minutes, progress }: RulesBenchOptions, devices: number): Promise<Part> {
  const name = `${devices.toLocaleString('en')} devices`;
  const start: RulesStart = { citiesDir, city, devices, abnormal: ABNORMAL };
  const flags = ['--expose-gc', '--max-old-space-size=8192'];
  const child = await startChild(new URL('./rules-child.ts', import.meta.url), start, flags);
  try {
    const rest = await child.ask<Memory>('atRest');
    const measured: Minute[] = [];
    for (let minute = 0; minute < WARM_UP + minutes; minute++) {
      const one = await child.ask<Minute>('minute');
      const said = `${(one.cpuUs / one.readings).toFixed(2)} µs a reading, ${one.readings} readings, ${one.raised} alarms`;
      progress(minute < WARM_UP ? `${name}, warm-up: ${said}` : `${name}, minute ${minute - 1} of ${minutes}: ${said}`);
      if (minute >= WARM_UP) measured.push(one);
    }
    const memory = await child.ask<Memory>('memory');
    const reload = await child.ask<Reload>('reload');
    const { openAlarms, notJudged } = await child.ask<{ openAlarms: number; notJudged: number }>('passed');
    const mean = (of: keyof Minute) => measured.reduce((sum, one) => sum + one[of], 0) / measured.length;
    return {
      goals: goalsOf(name, devices, median(measured.map(({ cpuUs, readings }) => cpuUs / readings)), rest),
      figures: {
        [`${name}: readings judged a minute`]: mean('readings'),
        [`${name}: alarms raised a minute`]: mean('raised'),
        [`${name}: values derived a minute`]: mean('derived'),
        [`${name}: open alarms at the end`]: openAlarms,
        [`${name}: readings that were duplicate, late or unknown`]: notJudged,
        [`${name}: registry, bytes a device`]: rest.registry / devices,
        [`${name}: registry, MiB`]: rest.registry / 2 ** 20,
        [`${name}: learned baselines, bytes a device`]: rest.learned / devices,
        [`${name}: state with the alarms open at the end, baselines apart, bytes a device`]: ofState(memory) / devices,
        [`${name}: state put back at a start, s`]: reload.ms / 1000,
        [`${name}: rows of state, bytes a device`]: reload.bytes / devices,
      },
    };
  } finally {
    await child.stop();
  }
}

/** In a small city what does not grow with it weighs most: its goals are no goals, and are told as figures. */
const asFigures = ({ goals, figures }: Part): Part => ({
  goals: [],
  figures: { ...Object.fromEntries(goals.map(({ name, unit, value }) => [`${name}, ${unit}`, value])), ...figures },
});

/** Minutes of which the middle counts. */
const PEER_MINUTES = 5;

/** The plain comparisons of the catalogue alone, by this engine and by json-rules-engine, minute by minute in turns. */
async function besidePeer({ citiesDir, city, progress }: RulesBenchOptions): Promise<Part> {
  const start: ThresholdsStart = { citiesDir, city, devices: SMALL, abnormal: ABNORMAL };
  const child = await startChild(new URL('./thresholds-child.ts', import.meta.url), start);
  const cost = ({ cpuUs, readings }: Judged) => cpuUs / readings;
  try {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let minute = 0; minute < WARM_UP + PEER_MINUTES; minute++) {
      const one = cost(await child.ask<Judged>('ours', minute));
      const other = cost(await child.ask<Judged>('peer', minute));
      progress(`plain thresholds: ${one.toFixed(2)} µs a reading here, ${other.toFixed(2)} µs in json-rules-engine`);
      if (minute < WARM_UP) continue;
      ours.push(one);
      theirs.push(other);
    }
    return {
      goals: [],
      figures: {
        'plain thresholds, 1,000 devices: µs a reading here': median(ours),
        'plain thresholds, 1,000 devices: µs a reading in json-rules-engine': median(theirs),
        'plain thresholds: json-rules-engine to this engine, ×': median(theirs) / median(ours),
      },
    };
  } finally {
    await child.stop();
  }
}

const ofState = ({ state, learned }: Memory): number => state - learned;

function goalsOf(name: string, devices: number, cpuUs: number, memory: Memory): Goal[] {
  const goals = [
    atMost(`rules: processor time a reading, ${name}`, cpuUs, 'µs', devices > 100_000 ? 2 : 1),
    atMost(`rules: state a device at rest, baselines apart, ${name}`, ofState(memory) / devices, 'bytes', 1024),
  ];
  return devices < MILLION
    ? goals
    : [...goals, atMost(`registry: ${name} in memory`, memory.registry / 2 ** 30, 'GiB', 2)];
}
