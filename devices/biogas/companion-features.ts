import type { Neighbour, Series } from './evidence.ts';
import { type Feature, figure, held, type Prepared } from './feature.ts';
import { gridOf, heardIn, mean, PER_HOUR } from './grid.ts';

/** What other measurements at the space say. */

const PPM_PER_VOL = 10_000;
/** Below this methane the ethane of the leanest gas drowns in the instrument's noise, %VOL. */
const ETHANE_FROM = 0.3;

/** Natural gas carries ethane (a part in a hundred, much less where the gas is lean); sewer gas has none. */
const ethane: Feature = {
  id: 'ethane',
  sign: -1,
  wants: { zh: '乙烷读数（或取样做气相色谱）', en: 'an ethane reading (or a sample for the laboratory)' },
  of({ evidence, methane, episode }) {
    if (!evidence.ethane || episode.top < ETHANE_FROM) return null;
    const grid = gridOf(evidence.ethane, evidence.from, evidence.to);
    const from = grid.findIndex((_, slot) => slot >= episode.low && methane[slot]! >= 0.5 * episode.top);
    const ppm = heardIn(grid, from, grid.length);
    if (from < 0 || ppm.length === 0) return null;
    const level = mean(ppm);
    const share = level / (mean(heardIn(methane, from, methane.length)) * PPM_PER_VOL);
    return {
      x: held(Math.log10(Math.max(share, 1e-6) / 0.003), -1.5, 1.5),
      say: () => ({
        zh: `乙烷 ${figure(level)} ppm，为甲烷的 ${figure(100 * share)} %（天然气一般含乙烷，沼气不含；贫气例外）`,
        en: `Ethane ${figure(level)} ppm, ${figure(100 * share)} % of the methane (natural gas has it, sewer gas has not; lean gas is an exception)`,
      }),
    };
  },
};

/** Sludge works faster when it is warm. */
const warmth: Feature = {
  id: 'warmth',
  sign: 1,
  wants: { zh: '井内温度', en: 'the temperature in the space' },
  of({ evidence }) {
    const last = (evidence.temperature ?? []).filter(({ at }) => at >= evidence.to - 24 * 3_600_000);
    if (last.length === 0) return null;
    const cel = mean(last.map(({ value }) => value));
    return {
      x: held((cel - 18) / 8, -2, 2),
      say: () => ({
        zh: `最近一天井内平均 ${figure(cel)} ℃（温度高时污泥产气快，低于 10 ℃ 时很慢）`,
        en: `The space was at ${figure(cel)} Cel on average in the last day (warm sludge makes gas, below 10 Cel hardly any)`,
      }),
    };
  },
};

/** A network that is watched for less than this shows no rhythm, hours. */
const RHYTHM_HOURS = 18;
const LAGS = 3 * PER_HOUR;

/**
 * What escapes rises and falls with the pressure of the pipe, within hours. Where only the demand is known, pressure is taken
 * to fall when much is drawn. Sewage keeps the hours of people too, and rises with the demand.
 */
const follows: Feature = {
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

/** Rain that washes a sewer, mm in an hour. */
const SHOWER_MM = 4;
const AROUND = 4 * PER_HOUR;

/** A shower flushes sludge and gas out of a sewer; it seals the soil above a leak, and more gas comes by the ducts. */
const afterRain: Feature = {
  id: 'after-rain',
  sign: -1,
  wants: { zh: '雨量及一场雨前后的曲线', en: 'rain, and the curve before and after a shower' },
  of({ evidence, methane }) {
    if (!evidence.rain) return null;
    const rain = gridOf(evidence.rain, evidence.from, evidence.to);
    const shower = rain.findLastIndex((mm) => mm >= SHOWER_MM);
    if (shower < 0) return null;
    const [before, after] = [
      mean(heardIn(methane, shower - 2 * AROUND, shower - AROUND)),
      mean(heardIn(methane, shower + AROUND, shower + 2 * AROUND)),
    ];
    if (!(before >= 0.2) || Number.isNaN(after)) return null;
    return {
      x: held(Math.log2((after + 0.05) / (before + 0.05)), -3, 3),
      say: () => ({
        zh: `一小时 ${figure(rain[shower]!)} mm 的雨之后，浓度由 ${figure(before)} 变为 ${figure(after)} %VOL（雨水冲刷使沼气下降）`,
        en: `After ${figure(rain[shower]!)} mm of rain in an hour it went from ${figure(before)} to ${figure(after)} %VOL (a flush lowers biogas)`,
      }),
    };
  },
};

/** Knocks that make a digger of a passing lorry, and how far back they count, hours. */
const DIGGING_KNOCKS = 3;
const DIGGING_HOURS = 48;

/** Pipes break where somebody digs. */
const digging: Feature = {
  id: 'digging',
  sign: -1,
  wants: { zh: '附近的防外破监测', en: 'a guard of the pipe nearby' },
  of({ evidence, episode }) {
    if (!evidence.knocks) return null;
    const until = evidence.from + ((episode.high + 1) * 3_600_000) / PER_HOUR;
    const before = evidence.knocks.filter(({ at }) => at <= until && at >= until - DIGGING_HOURS * 3_600_000);
    const knocks = before.reduce((sum, { value }) => sum + value, 0);
    return {
      x: knocks >= DIGGING_KNOCKS ? 1 : 0,
      say: () => ({
        zh: `上升前 ${DIGGING_HOURS} 小时内，附近防外破终端记录振动 ${figure(knocks)} 次`,
        en: `A guard nearby counted ${figure(knocks)} knocks in the ${DIGGING_HOURS} h before the rise`,
      }),
    };
  },
};

/**
 * A neighbour has risen when it gained this share of the rise here, not less than this (%VOL), and more than it moved by
 * itself in the day before.
 */
const SHARE_OF_RISE = 0.08;
const LEAST_GAIN = 0.1;
const BEFORE = 2 * PER_HOUR;
/** Hours of a neighbour's past without which nobody knows how it moves by itself. */
const PAST = 6 * PER_HOUR;

/** Gas from a pipe comes up in several spaces, one after the other as they lie further away. */
const neighbours: Feature = {
  id: 'neighbours',
  sign: -1,
  wants: { zh: '相邻地下空间的读数', en: 'readings of neighbouring underground spaces' },
  of({ evidence, episode }) {
    const near = [...(evidence.neighbours ?? [])].sort((a, b) => a.metres - b.metres);
    const onsets = near.map((one) => onsetOf(one, evidence.from, evidence.to, episode));
    const heard = onsets.filter((onset) => onset !== undefined);
    if (heard.length === 0) return null;
    const risen = heard.filter((onset) => onset !== null);
    const ordered = risen.every((onset, i) => onset > (risen[i - 1] ?? episode.low));
    const x = (risen.length / heard.length) * (ordered ? 1 : 0.25);
    const order =
      risen.length === 0
        ? { zh: '', en: '' }
        : ordered
          ? { zh: '，由近及远', en: ', the nearer the sooner' }
          : { zh: '，但不按远近次序', en: ', not in the order of their distance' };
    return {
      x,
      say: () => ({
        zh: `相邻 ${heard.length} 处地下空间（最近 ${figure(near[0]!.metres)} m）中 ${risen.length} 处同期上升${order.zh}`,
        en: `Of ${heard.length} neighbouring spaces (the nearest at ${figure(near[0]!.metres)} m) ${risen.length} rose with it${order.en}`,
      }),
    };
  },
};

/** The slot in which a neighbour began to rise with the episode; null: it did not; undefined: it was not heard. */
function onsetOf(
  { methane }: Neighbour,
  from: number,
  to: number,
  { low, top, floor }: Prepared['episode'],
): number | null | undefined {
  const grid = gridOf(methane, from, to);
  const before = heardIn(grid, low - BEFORE - 24 * PER_HOUR, low - BEFORE);
  if (before.length < PAST || heardIn(grid, low, grid.length).length === 0) return undefined;
  const [least, most] = [Math.min(...before), Math.max(...before)];
  const wanted = most + Math.max(LEAST_GAIN, SHARE_OF_RISE * (top - floor), 0.5 * (most - least));
  for (let slot = Math.max(0, low - BEFORE); slot < grid.length; slot++) if (grid[slot]! >= wanted) return slot;
  return null;
}

/** What earlier alarms of the point were: it counts, and only so much. */
const past: Feature = {
  id: 'past-verdicts',
  sign: 1,
  wants: { zh: '本点以往告警的研判结论', en: 'verdicts on earlier alarms of this point' },
  of({ evidence }) {
    const kinds = evidence.verdicts ?? [];
    const biogas = kinds.filter((kind) => kind === 'biogas').length;
    const real = kinds.filter((kind) => kind === 'real').length;
    if (biogas + real === 0) return null;
    return {
      x: held(Math.log((biogas + 1) / (real + 1)), -1.4, 1.4),
      say: () => ({
        zh: `本点以往研判：沼气 ${biogas} 次，真实泄漏 ${real} 次`,
        en: `Earlier verdicts here: biogas ${biogas}, real leaks ${real}`,
      }),
    };
  },
};

export const companionFeatures: readonly Feature[] = [ethane, neighbours, follows, digging, warmth, afterRain, past];
