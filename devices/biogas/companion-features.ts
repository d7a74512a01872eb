import { type Feature, figure, held } from './feature.ts';
import { followsThePipe } from './follows-the-pipe.ts';
import { gridOf, heardIn, mean, PER_HOUR } from './grid.ts';
import { neighbours } from './neighbours.ts';

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

export const companionFeatures: readonly Feature[] = [
  ethane,
  neighbours,
  followsThePipe,
  digging,
  warmth,
  afterRain,
  past,
];
