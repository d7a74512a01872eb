import type { Series } from './evidence.ts';
import { type Feature, figure, held, type Prepared } from './feature.ts';
import { gridOf, mean, PER_HOUR } from './grid.ts';

/** A network that is watched for less than this shows no rhythm, hours. */
const RHYTHM_HOURS = 18;
const LAGS = 3 * PER_HOUR;

/**
 * What escapes rises and falls with the pressure of the pipe, within hours. Where only the demand is known, pressure is taken
 * to fall when much is drawn. Sewage keeps the hours of people too, and rises with the demand.
 */
export const followsThePipe: Feature = {
  id: 'follows-the-pipe',
  sign: -1,
  wants: {
    zh: `管道压力或调压站流量，与升到高位之后 ${RHYTHM_HOURS} 小时以上的曲线`,
    en: `pressure of the pipe or flow of the station, and ${RHYTHM_HOURS} h of curve after it was up`,
  },
  of(prepared) {
    const { demand, pressure } = prepared.evidence;
    const best = pressure ? bestLag(prepared, pressure, 1) : demand ? bestLag(prepared, demand, -1) : null;
    if (!best) return null;
    const whom = pressure
      ? { zh: '管道压力', en: 'the pressure' }
      : { zh: '用气负荷（反向）', en: 'the demand, reversed' };
    return {
      x: held(best.r, -1, 1),
      say: () => ({
        zh: `${figure(best.hours)} 小时内与${whom.zh}的相关系数 ${figure(best.r)}（泄漏随压力起伏，沼气不随）`,
        en: `Correlates ${figure(best.r)} with ${whom.en} over ${figure(best.hours)} h (a leak follows the pressure, biogas does not)`,
      }),
    };
  },
};

/** The strongest correlation of the given sign at any lag up to {@link LAGS}, since the curve was up. */
function bestLag({ evidence, methane, episode }: Prepared, series: Series, sign: 1 | -1) {
  const pipe = gridOf(series, evidence.from, evidence.to);
  let best: { r: number; hours: number } | null = null;
  for (let lag = 0; lag <= LAGS; lag++) {
    const pairs: [number, number][] = [];
    for (let slot = Math.max(episode.high, lag); slot < methane.length; slot++) {
      const [gas, drawn] = [methane[slot]!, pipe[slot - lag]!];
      if (!Number.isNaN(gas) && !Number.isNaN(drawn)) pairs.push([gas, drawn]);
    }
    if (pairs.length < RHYTHM_HOURS * PER_HOUR) continue;
    const r = sign * correlation(pairs);
    if (!best || r > best.r) best = { r, hours: pairs.length / PER_HOUR };
  }
  return best;
}

/** Pearson's r of pairs in the order of time, the straight trend of each taken out; 0 where one of them never moves. */
function correlation(pairs: readonly (readonly [number, number])[]): number {
  const a = detrended(pairs.map(([first]) => first));
  const b = detrended(pairs.map(([, second]) => second));
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, x] of a.entries()) {
    ab += x * b[i]!;
    aa += x * x;
    bb += b[i]! * b[i]!;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

function detrended(values: readonly number[]): number[] {
  const middle = (values.length - 1) / 2;
  const level = mean(values);
  let [up, width] = [0, 0];
  for (const [i, value] of values.entries()) {
    up += (i - middle) * (value - level);
    width += (i - middle) ** 2;
  }
  const slope = width > 0 ? up / width : 0;
  return values.map((value, i) => value - level - slope * (i - middle));
}
