import type { Limit } from '../../devices/contract/catalogue.ts';
import type { Bilingual, Measurement } from '../../devices/model/device-type.ts';
import { unitText } from '../../devices/model/units.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { aggregates } from '../standards/explain.ts';
import { quantityText, signs, spanText } from '../standards/words.ts';

/**
 * A compiled rule in a sentence: what must hold, for how long, and when it returns. Limits that follow from a device's
 * constants are shown as their expression.
 */
export function ruleWords(rule: CompiledRule, measurement: Measurement | undefined): Bilingual {
  const what = comparisonWords(rule, measurement);
  const parts = [
    what,
    againstWords(rule),
    samplesWords(rule),
    rule.duringText,
    whenWords(rule),
    delayWords(rule),
    returnWords(rule),
  ].filter((part) => part !== null);
  return { zh: parts.map(({ zh }) => zh).join('；'), en: parts.map(({ en }) => en).join('; ') };
}

function comparisonWords(rule: CompiledRule, measurement: Measurement | undefined): Bilingual {
  const title = measurement?.title ?? { zh: '该设备', en: 'the device' };
  const span = spanText(rule.windowMs);
  switch (rule.kind) {
    case 'absence':
      return measurement
        ? { zh: `${title.zh} ${span.zh}没有数据`, en: `no ${title.en} for ${span.en}` }
        : { zh: `${span.zh}没有任何数据`, en: `nothing heard for ${span.en}` };
    case 'stuck':
      return { zh: `${title.zh} ${span.zh}没有变化`, en: `${title.en} has not changed for ${span.en}` };
    case 'expression':
      return rule.expression!.text;
    case 'balance':
      return balanceWords(rule);
    case 'neighbours':
      return neighboursWords(rule, title);
    default: {
      const limit = limitWords(rule, measurement);
      const sign = signs[rule.op];
      const of = windowWords(rule, span);
      return { zh: `${title.zh}${of.zh} ${sign} ${limit.zh}`, en: `${title.en}${of.en} ${sign} ${limit.en}` };
    }
  }
}

function windowWords({ kind, windowMs, baseline, aggregate }: CompiledRule, span: Bilingual): Bilingual {
  if (baseline) return baselineWords(baseline);
  if (kind === 'rate') return { zh: `在 ${span.zh}内的变化`, en: `, change over ${span.en},` };
  if (kind === 'count') return { zh: `在 ${span.zh}内的合计`, en: `, total of ${span.en},` };
  const { zh, en } = aggregates[aggregate];
  return windowMs > 0 ? { zh: `的 ${span.zh}${zh}`, en: `, ${en} of ${span.en},` } : { zh: '', en: '' };
}

const groups = {
  site: { zh: '同一场所', en: 'one site' },
  circuit: { zh: '同一管线（回路）', en: 'one pipe or circuit' },
  area: { zh: '同一区域', en: 'one area' },
  gateway: { zh: '同一网关', en: 'one gateway' },
} as const;

function balanceWords(rule: CompiledRule): Bilingual {
  const { inflow, outflow, over } = rule.balance!;
  const span = spanText(rule.windowMs);
  const limit = limitWords(rule, undefined);
  const sign = signs[rule.op] ?? rule.op;
  return {
    zh: `${groups[over].zh} ${span.zh}内，${inflow.deviceType} 流入与 ${outflow.deviceType} 流出之差 ${sign} ${limit.zh}`,
    en: `in ${span.en} at ${groups[over].en}, what ${inflow.deviceType} bring in less what ${outflow.deviceType} take out ${sign} ${limit.en}`,
  };
}

const usualWords = {
  difference: { zh: '减去常值', en: ' above its usual' },
  ratio: { zh: '除以常值', en: ' over its usual' },
  deviations: { zh: '偏离常值的离散度数', en: ', deviations from its usual' },
} as const;

function baselineWords({ measure, by, learnMs }: NonNullable<CompiledRule['baseline']>): Bilingual {
  const span = spanText(learnMs);
  const at = {
    'hour-of-week': { zh: '每周同一小时', en: 'the same hour of the week' },
    'hour-of-day': { zh: '每天同一小时', en: 'the same hour of the day' },
    trailing: { zh: '此前', en: 'the time before' },
  }[by];
  return {
    zh: `${usualWords[measure].zh}（${at.zh}，${span.zh}）`,
    en: `${usualWords[measure].en} (${at.en}, ${span.en})`,
  };
}

function neighboursWords({ neighbours }: CompiledRule, title: Bilingual): Bilingual {
  const { k, reach, withinMs } = neighbours!;
  const span = spanText(withinMs);
  const where: Bilingual =
    'withinM' in reach
      ? { zh: `${reach.withinM} m 内`, en: `within ${reach.withinM} m` }
      : reach.along === 'circuit'
        ? { zh: '同一管线（回路）上', en: 'along one pipe or circuit' }
        : { zh: '同一场所内', en: 'at one site' };
  return {
    zh: `${title.zh}：${where.zh}、${span.zh}内至少 ${k} 台异常`,
    en: `${title.en}: at least ${k} devices abnormal ${where.en} in ${span.en}`,
  };
}

/** Whose common change is taken away first. */
const againstWords = ({ against }: CompiledRule): Bilingual | null =>
  against && { zh: '减去周围设备共有的变化', en: 'less what the devices around have in common' };

const samplesWords = ({ samples }: CompiledRule): Bilingual | null =>
  samples && {
    zh: `最近 ${samples.of} 个样本中至少 ${samples.k} 个`,
    en: `at least ${samples.k} of the last ${samples.of} samples`,
  };

/** The limit as the catalogue writes it: `40 %LEL`, `1.10 * Ps`, `fault`. */
export function limitWords({ limitText, limit, unit }: CompiledRule, measurement: Measurement | undefined): Bilingual {
  const text: Limit | null = limitText;
  if (text && 'expr' in text) return both(`${text.expr} (${unitText(text.unit)})`);
  if (text && 'flag' in text) return text.flag ? { zh: '是', en: 'yes' } : { zh: '否', en: 'no' };
  if (text && 'state' in text) return measurement?.states?.[text.state] ?? both(text.state);
  if (text && 'code' in text) return both(String(text.code));
  if (text && !Number.isFinite(limit)) return both(`${text.value} ${unitText(text.unit)}`);
  return { zh: quantityText(limit, unit, 'zh'), en: quantityText(limit, unit, 'en') };
}

const both = (text: string): Bilingual => ({ zh: text, en: text });

const whenWords = ({ whenText }: CompiledRule): Bilingual | null =>
  whenText && { zh: `且${whenText.zh}`, en: `while ${whenText.en}` };

function delayWords({ onDelayMs, kind }: CompiledRule): Bilingual | null {
  if (onDelayMs === 0 || kind === 'absence') return null;
  const span = spanText(onDelayMs);
  return { zh: `持续 ${span.zh}报警`, en: `rings after ${span.en}` };
}

function returnWords({ op, limit, back, offDelayMs, unit, kind }: CompiledRule): Bilingual | null {
  const span = offDelayMs > 0 ? spanText(offDelayMs) : null;
  const moved = Number.isFinite(back) && back !== limit && kind !== 'absence';
  if (!moved && !span) return null;
  const sign = op === '>' || op === '>=' ? (op === '>' ? '≤' : '<') : op === '<' ? '≥' : '>';
  const beyond = moved ? ` ${sign} ${quantityText(back, unit, 'zh')}` : '';
  const beyondEn = moved ? ` ${sign} ${quantityText(back, unit, 'en')}` : '';
  return {
    zh: `恢复${beyond || '正常'}${span ? `并持续 ${span.zh}` : ''}后返回`,
    en: `returns${beyondEn}${span ? ` for ${span.en}` : ''}`,
  };
}
