import type { Doubt, Value } from '../../devices/contract/entry.ts';
import type { Bilingual, Measurement } from '../../devices/model/device-type.ts';
import { type StatusCode, severityOf } from '../../devices/model/quality.ts';
import type { CompiledRule } from './compile.ts';
import {
  balanceText,
  baselineText,
  type Detail,
  expressionText,
  neighboursText,
  samplesText,
} from './explain-details.ts';
import { numberText, quantityText, signs, spanText } from './words.ts';

const doubtText: Readonly<Record<Doubt, Bilingual>> = {
  'out-of-range': { zh: '读数超出量程', en: 'the reading is beyond the range of the instrument' },
  'too-steep': { zh: '读数变化过快', en: 'the reading changed faster than is believable' },
  'not-a-number': { zh: '读数不是数值', en: 'the reading is not a number' },
  'clock-in-future': { zh: '设备时钟超前，按接收时间判定', en: 'the device clock is ahead: judged at receive time' },
  'clock-in-past': { zh: '设备时钟滞后，按接收时间判定', en: 'the device clock is behind: judged at receive time' },
  'clock-in-seconds': {
    zh: '设备以秒上报时间，按接收时间判定',
    en: 'the device counts time in seconds: judged at receive time',
  },
  'clock-eight-hours-off': {
    zh: '设备时钟差八小时，按接收时间判定',
    en: 'the device clock is eight hours off: judged at receive time',
  },
};

export interface Explained {
  readonly value: Value;
  readonly limit: Value | null;
  readonly quality: StatusCode;
  readonly doubts: readonly Doubt[];
  /** What a rule that remembers knows beside its number. */
  readonly detail?: Detail | null;
}

/** Why an alarm was raised, with the numbers: `燃气浓度 46 %LEL ≥ 限值 40 %LEL（二级报警）`. */
export function explain(rule: CompiledRule, measurement: Measurement, found: Explained): Bilingual {
  const body = comparison(rule, measurement, found);
  const doubts = found.doubts.map((doubt) => doubtText[doubt]);
  if (doubts.length === 0 && severityOf(found.quality) === 'uncertain') {
    doubts.push({ zh: '读数质量存疑', en: 'the quality of the reading is uncertain' });
  }
  const samples = found.detail && 'samples' in found.detail ? found.detail.samples : null;
  const beside = [samples ? samplesText(samples) : null, rule.duringText, rule.whenText].filter(
    (part) => part !== null,
  );
  return {
    zh: `${body.zh}（${[rule.title, ...beside].map(({ zh }) => zh).join('；')}）${doubts.map((d) => `；${d.zh}，仍按异常处理`).join('')}`,
    en: `${body.en} (${[rule.title, ...beside].map(({ en }) => en).join('; ')})${doubts.map((d) => `; ${d.en}, alarm raised all the same`).join('')}`,
  };
}

function comparison(rule: CompiledRule, measurement: Measurement, found: Explained): Bilingual {
  const { title } = measurement;
  if (found.detail?.kind === 'neighbours') return neighboursText(rule, found.detail);
  if (found.detail?.kind === 'expression') return expressionText(found.detail);
  if (found.detail?.kind === 'balance') return balanceText(rule, found.detail, Number(found.value));
  if (found.detail?.kind === 'baseline') {
    return baselineText(rule, measurement, found.detail, Number(found.value), Number(found.limit));
  }
  const sign = signs[rule.op] ?? rule.op;
  if (typeof found.value === 'number' && typeof found.limit === 'number') {
    const [value, limit] = [found.value, found.limit];
    const words = (language: 'zh' | 'en', of: string, limitWord: string) =>
      `${title[language]}${of} ${quantityText(value, rule.unit, language)} ${sign} ${limitWord} ${quantityText(limit, rule.unit, language)}`;
    const window = rule.windowMs > 0 ? spanText(rule.windowMs) : null;
    const of = windowWords(rule, window);
    return { zh: words('zh', of.zh, '限值'), en: words('en', of.en, 'limit') };
  }
  if (rule.kind === 'stuck') {
    const span = spanText(rule.windowMs);
    return { zh: `${title.zh}已 ${span.zh}没有变化`, en: `${title.en} has not changed for ${span.en}` };
  }
  const shown = valueText(measurement, found.value);
  return { zh: `${title.zh}：${shown.zh}`, en: `${title.en}: ${shown.en}` };
}

/** What is made of a window, as people call it. */
export const aggregates: Readonly<Record<CompiledRule['aggregate'], Bilingual>> = {
  mean: { zh: '均值', en: 'mean' },
  min: { zh: '最小值', en: 'least' },
  max: { zh: '最大值', en: 'largest' },
  sum: { zh: '合计', en: 'sum' },
  median: { zh: '中位数', en: 'median' },
};

function windowWords(rule: CompiledRule, span: Bilingual | null): Bilingual {
  if (!span) return { zh: '', en: '' };
  if (rule.kind === 'count') return { zh: ` ${span.zh}内合计`, en: `, total of ${span.en},` };
  if (rule.kind === 'rate') return { zh: ` ${span.zh}内变化`, en: `, change over ${span.en},` };
  const how = aggregates[rule.aggregate];
  return { zh: ` ${span.zh}${how.zh}`, en: `, ${how.en} of ${span.en},` };
}

function valueText(measurement: Measurement, value: Value): Bilingual {
  if (typeof value === 'boolean') return value ? { zh: '是', en: 'yes' } : { zh: '否', en: 'no' };
  if (typeof value === 'string') return measurement.states?.[value] ?? { zh: value, en: value };
  return { zh: numberText(value), en: numberText(value) };
}

/** Why silence is an alarm: since when, or that it was never heard at all. */
export function explainSilence(deviceName: string, windowMs: number, everHeard: boolean): Bilingual {
  const span = spanText(windowMs);
  return everHeard
    ? { zh: `${deviceName} 已超过 ${span.zh}没有数据`, en: `nothing heard of ${deviceName} for more than ${span.en}` }
    : {
        zh: `${deviceName} 登记后超过 ${span.zh}从未上报`,
        en: `${deviceName} was registered more than ${span.en} ago and has never been heard`,
      };
}
