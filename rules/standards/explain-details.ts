import type { Value } from '../../devices/contract/entry.ts';
import type { Bilingual, Measurement } from '../../devices/model/device-type.ts';
import type { Side } from '../judge/balance.ts';
import type { BaselineRule } from '../judge/baseline.ts';
import type { CompiledRule } from './compile.ts';
import { numberText, quantityText, signs, spanText } from './words.ts';

/** How many of the last samples were abnormal. */
export interface CountedSamples {
  readonly k: number;
  readonly of: number;
  readonly abnormal: number;
}

/** What a rule that remembers knows beside the number it compares. */
export type Detail =
  | { readonly kind: 'samples'; readonly samples: CountedSamples }
  | {
      readonly kind: 'baseline';
      readonly how: BaselineRule;
      /** The measured value, the usual one, and how far apart usual ones lie; in the measurement's unit. */
      readonly value: number;
      readonly centre: number;
      readonly spread: number;
      /** What the devices around it have in common, taken away already; in the rule's unit. */
      readonly common: number;
      /** Local, of the moment judged. */
      readonly weekday: number;
      readonly hour: number;
      readonly samples: CountedSamples | null;
    }
  | {
      readonly kind: 'neighbours';
      readonly of: CompiledRule;
      readonly measurement: Measurement;
      /** First-out first. */
      readonly members: readonly { readonly name: string; readonly value: number }[];
    }
  | {
      readonly kind: 'expression';
      readonly text: Bilingual;
      readonly readings: readonly { readonly measurement: Measurement; readonly value: Value }[];
    }
  | {
      readonly kind: 'balance';
      /** In the inflow's unit. */
      readonly inflow: Side;
      readonly outflow: Side;
      /** Name of the site, or what else joins them. */
      readonly over: string;
    };

type Language = 'zh' | 'en';

const both = (words: (language: Language) => string): Bilingual => ({ zh: words('zh'), en: words('en') });

/** `最近 10 个样本中 3 个异常` / `3 of the last 10 samples`. */
export const samplesText = ({ of, abnormal }: CountedSamples): Bilingual => ({
  zh: `最近 ${of} 个样本中 ${abnormal} 个异常`,
  en: `${abnormal} of the last ${of} samples`,
});

const daysZh = ['周一', '周二', '周三', '周四', '周五', '周六', '周日'];
const daysEn = ['Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays'];

/** What the usual value is taken from: `近 12 小时` / `the last 12 h`. */
function usualOf({ how, weekday, hour }: Extract<Detail, { kind: 'baseline' }>): Bilingual {
  const span = spanText(how.learnMs);
  if (how.by === 'trailing') return { zh: `近 ${span.zh}`, en: `the last ${span.en}` };
  const at = `${String(hour).padStart(2, '0')}:00`;
  if (how.by === 'hour-of-day') return { zh: `近 ${how.keep} 天 ${at} 时段`, en: `${at} on the last ${how.keep} days` };
  return {
    zh: `近 ${how.keep} 个${daysZh[weekday - 1]} ${at} 时段`,
    en: `${at} on the last ${how.keep} ${daysEn[weekday - 1]}`,
  };
}

/**
 * A value against its usual: `甲烷 3.4 ppm，比基线 1.9 ppm（近 12 小时）高 1.5 ppm ≥ 限值 1 ppm`. Below the usual it says so.
 */
export function baselineText(
  rule: CompiledRule,
  { title, unit }: Measurement,
  detail: Extract<Detail, { kind: 'baseline' }>,
  departed: number,
  limit: number,
): Bilingual {
  const sign = signs[rule.op] ?? rule.op;
  const usual = usualOf(detail);
  const q = (value: number, language: Language) => quantityText(value, unit, language);
  const n = (value: number, language: Language) => quantityText(value, rule.unit, language);
  const words: Readonly<Record<BaselineRule['measure'], (language: Language) => string>> = {
    difference: (l) =>
      l === 'zh'
        ? `${departed < 0 ? '低' : '高'} ${n(Math.abs(departed), l)}（差 ${n(departed, l)} ${sign} 限值 ${n(limit, l)}）`
        : `${n(Math.abs(departed), l)} ${departed < 0 ? 'below' : 'above'} (difference ${n(departed, l)} ${sign} limit ${n(limit, l)})`,
    ratio: (l) =>
      l === 'zh'
        ? `为其 ${n(departed, l)} 倍 ${sign} 限值 ${n(limit, l)} 倍`
        : `${n(departed, l)} times it ${sign} limit ${n(limit, l)} times`,
    deviations: (l) =>
      l === 'zh'
        ? `偏离 ${n(departed, l)} 个离散度（各 ${q(Math.max(detail.spread, detail.how.floor), l)}）${sign} 限值 ${n(limit, l)}`
        : `${n(departed, l)} deviations of ${q(Math.max(detail.spread, detail.how.floor), l)} away ${sign} limit ${n(limit, l)}`,
  };
  const shared: Bilingual = {
    zh: detail.common === 0 ? '' : `，减去周围设备共有的 ${n(detail.common, 'zh')} 后`,
    en: detail.common === 0 ? '' : `, less ${n(detail.common, 'en')} that the devices around have in common`,
  };
  return {
    zh: `${title.zh} ${q(detail.value, 'zh')}，基线 ${q(detail.centre, 'zh')}（${usual.zh}）${shared.zh || '，'}${words[detail.how.measure]('zh')}`,
    en: `${title.en} ${q(detail.value, 'en')}, usually ${q(detail.centre, 'en')} (${usual.en})${shared.en}: ${words[detail.how.measure]('en')}`,
  };
}

/** Devices named in one alarm; further ones are counted. */
const NAMED = 6;

/** `150 m 内 3 台 ≥ 2 台（10 分钟内）：A 3.4 ppm（首报）、B 2.9 ppm`. */
export function neighboursText(rule: CompiledRule, detail: Extract<Detail, { kind: 'neighbours' }>): Bilingual {
  const near = rule.neighbours!;
  const count = detail.members.length;
  const within = spanText(near.withinMs);
  const reach: Bilingual =
    'withinM' in near.reach
      ? { zh: `${near.reach.withinM} m 内`, en: `within ${near.reach.withinM} m` }
      : near.reach.along === 'circuit'
        ? { zh: '同一管线（回路）上', en: 'along one pipe or circuit' }
        : { zh: '同一场所内', en: 'at one site' };
  const named = both((language) => {
    const first = language === 'zh' ? '（首报）' : ' (first)';
    const list = detail.members.slice(0, NAMED).map(({ name, value }, place) => {
      const amount = detail.of.unit === '' ? '' : ` ${quantityText(value, detail.of.unit, language)}`;
      return `${name}${amount}${place === 0 ? first : ''}`;
    });
    const more = count > NAMED ? (language === 'zh' ? `等 ${count} 台` : ` and ${count - NAMED} more`) : '';
    return list.join(language === 'zh' ? '、' : ', ') + more;
  });
  return {
    zh: `${detail.measurement.title.zh}：${reach.zh}、${within.zh}内 ${count} 台异常 ≥ ${near.k} 台：${named.zh}`,
    en: `${detail.measurement.title.en}: ${count} devices abnormal ${reach.en} in ${within.en} ≥ ${near.k}: ${named.en}`,
  };
}

/** What the expression means, and the readings it saw: `流量为零而出口压力正常：瞬时流量 0 m³/h，出口压力 2.3 kPa`. */
export function expressionText({ text, readings }: Extract<Detail, { kind: 'expression' }>): Bilingual {
  const listed = (language: Language) =>
    readings.map(
      ({ measurement, value }) => `${measurement.title[language]} ${shownValue(measurement, value, language)}`,
    );
  return { zh: `${text.zh}：${listed('zh').join('，')}`, en: `${text.en}: ${listed('en').join(', ')}` };
}

/** A reading with its unit, a word by its meaning, a flag by yes or no. */
function shownValue({ unit, states }: Measurement, value: Value, language: Language): string {
  if (typeof value === 'number') return quantityText(value, unit, language);
  if (typeof value === 'boolean') return yesNo[language][value ? 0 : 1];
  return states?.[value]?.[language] ?? value;
}
const yesNo = { zh: ['是', '否'], en: ['yes', 'no'] } as const;

const joined = {
  site: { zh: '场所', en: 'site' },
  circuit: { zh: '管线（回路）', en: 'pipe or circuit' },
  area: { zh: '区域', en: 'area' },
  gateway: { zh: '网关', en: 'gateway' },
} as const;

/** `场所 甲站 24 小时：进 120 kg（2/2 台），出 95 kg（5/6 台），差 25 kg，20.83 % > 限值 15 %`. */
export function balanceText(
  rule: CompiledRule,
  detail: Extract<Detail, { kind: 'balance' }>,
  number: number,
): Bilingual {
  const { over, unit, percent } = rule.balance!;
  const { inflow, outflow } = detail;
  const span = spanText(rule.windowMs);
  const sign = signs[rule.op] ?? rule.op;
  const amount = ({ amount, heard, members }: Side, language: Language): string =>
    language === 'zh'
      ? `${quantityText(amount, unit, language)}（${heard}/${members} 台）`
      : `${quantityText(amount, unit, language)} (${heard} of ${members} devices)`;
  const gap = (language: Language): string => {
    const difference = quantityText(inflow.amount - outflow.amount, unit, language);
    return percent ? `${difference}${language === 'zh' ? '，' : ', '}${numberText(number)} %` : difference;
  };
  const limit = (language: Language) => quantityText(rule.limit, rule.unit, language);
  return {
    zh: `${joined[over].zh} ${detail.over} ${span.zh}：进 ${amount(inflow, 'zh')}，出 ${amount(outflow, 'zh')}，差 ${gap('zh')} ${sign} 限值 ${limit('zh')}`,
    en: `${joined[over].en} ${detail.over}, ${span.en}: in ${amount(inflow, 'en')}, out ${amount(outflow, 'en')}, missing ${gap('en')} ${sign} limit ${limit('en')}`,
  };
}
