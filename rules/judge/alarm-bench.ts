import { GOOD, type StatusCode } from '../../devices/model/quality.ts';
import { type Op, returnLimit, verdictOf } from './compare.ts';
import { type Change, change, evaluations, expire, phase, step } from './evaluate.ts';

/** Minute-of-day text (`10:00`, `10:00:05`) to ms; the benches' clock. */
export function clockTime(text: string): number {
  const [h = 0, m = 0, s = 0] = text.split(':').map(Number);
  return ((h * 60 + m) * 60 + s) * 1000;
}

const names = Object.fromEntries(Object.entries(phase).map(([name, value]) => [value, name]));

/**
 * One rule of one device on a bench, driven by hand: `bench.at('10:00').reads(62)`, `bench.at('10:05').passes()`. For
 * specifications of how alarms behave; the gateway and the engine run the same functions.
 */
export function alarmBench(rule: {
  op?: Op;
  limit: number;
  deadband?: number;
  onDelayMs?: number;
  offDelayMs?: number;
}) {
  const op = rule.op ?? '>';
  const back = returnLimit(op, rule.limit, rule.deadband ?? 0);
  const delays = { onDelayMs: rule.onDelayMs ?? 0, offDelayMs: rule.offDelayMs ?? 0 };
  const all = evaluations(1);
  const told: string[] = [];
  const tell = (time: string, what: Change) => {
    if (what !== change.none) told.push(`${time} ${what === change.raised ? 'raised' : 'returned'}`);
  };
  return {
    at: (time: string) => ({
      reads(value: number, quality: StatusCode = GOOD) {
        const at = clockTime(time);
        tell(time, step(all, 0, delays, verdictOf(op, value, rule.limit, back, quality), at, at));
      },
      passes: () => tell(time, expire(all, 0, clockTime(time))),
    }),
    get shows() {
      return names[all.phases[0] ?? 0];
    },
    /** Source time of the episode's first abnormal sample. */
    get since() {
      return all.episodes.get(0)?.since;
    },
    told,
  };
}
