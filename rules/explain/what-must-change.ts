import type { Value } from '../../devices/contract/entry.ts';
import type { RuleState } from '../../devices/contract/rules-tools.ts';
import type { Bilingual, Measurement } from '../../devices/model/device-type.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { aggregates } from '../standards/explain.ts';
import { quantityText, signs, spanText } from '../standards/words.ts';
import { countdown } from './countdown.ts';

/** What is known of a rule at a device, before it is said what would have to change. */
export type Standing = Pick<
  RuleState,
  'newest' | 'compared' | 'limit' | 'rests' | 'phase' | 'leftMs' | 'condition' | 'alarm'
>;

/**
 * What would have to change for a rule to raise, or to return: in the measurement's own figures, with the delay that must
 * pass. `now` is the number compared at this moment, NaN where there is none.
 */
export function whatMustChange(rule: CompiledRule, measurement: Measurement | undefined, state: Standing): Bilingual {
  if (state.rests) return state.rests;
  const toRaise = state.phase === 'normal' || state.phase === 'pending' || state.phase === 'held';
  const wanted = toRaise ? raising(rule, measurement, state) : returning(rule, measurement, state);
  return joined([toRaise ? raisesWhen : returnsWhen, wanted], { zh: '', en: ' ' });
}

const raisesWhen: Bilingual = { zh: '报警：', en: 'raises:' };
const returnsWhen: Bilingual = { zh: '恢复：', en: 'returns:' };

function raising(rule: CompiledRule, measurement: Measurement | undefined, state: Standing): Bilingual {
  const left = state.leftMs === null ? null : countdown(state.leftMs);
  if (state.phase === 'pending' && left) {
    return { zh: `保持现状再过 ${left.zh}`, en: `stays as it is for another ${left.en}` };
  }
  if (state.phase === 'held' && state.condition) {
    return {
      zh: `数值已满足，待条件成立：${state.condition.text.zh}`,
      en: `the value is there; waits for its condition: ${state.condition.text.en}`,
    };
  }
  if (rule.kind === 'absence')
    return left ? { zh: `再过 ${left.zh}没有数据`, en: `nothing is heard for another ${left.en}` } : nothingHeard(rule);
  if (rule.kind === 'stuck')
    return {
      zh: left ? `再过 ${left.zh}没有变化` : `${spanText(rule.windowMs).zh}没有变化`,
      en: left ? `no change for another ${left.en}` : `no change for ${spanText(rule.windowMs).en}`,
    };
  const moves = rule.expression
    ? rule.expression.text
    : rule.neighbours
      ? neighboursNeeded(rule, state)
      : toLimit(rule, measurement, state, state.limit?.value ?? null, true);
  const parts = [moves, inSamples(rule), holdsFor(rule.onDelayMs), conditionNeeded(state)].filter(
    (part) => part !== null,
  );
  return joined(parts, { zh: '，', en: ', ' });
}

const nothingHeard = ({ windowMs }: CompiledRule): Bilingual => {
  const span = spanText(windowMs);
  return { zh: `${span.zh}没有数据`, en: `nothing is heard for ${span.en}` };
};

function returning(rule: CompiledRule, measurement: Measurement | undefined, state: Standing): Bilingual {
  const left = state.leftMs === null ? null : countdown(state.leftMs);
  if (state.phase === 'returning' && left) {
    return { zh: `保持正常再过 ${left.zh}`, en: `stays normal for another ${left.en}` };
  }
  if (rule.kind === 'absence')
    return joined([{ zh: '重新收到数据', en: 'it is heard again' }, holdsFor(rule.offDelayMs)], { zh: '，', en: ', ' });
  if (rule.kind === 'stuck') return { zh: '数值变化', en: 'the value changes' };
  if (rule.expression) {
    const { zh, en } = rule.expression.text;
    return { zh: `不再成立：${zh}`, en: `it holds no more: ${en}` };
  }
  if (rule.neighbours) {
    const fewer = {
      zh: `邻近异常设备少于 ${rule.neighbours.k} 台`,
      en: `fewer than ${rule.neighbours.k} neighbours are abnormal`,
    };
    return joined([fewer, holdsFor(rule.offDelayMs)], { zh: '，', en: ', ' });
  }
  const moves = toLimit(rule, measurement, state, state.limit?.back ?? null, false);
  const reset = rule.latched ? { zh: '然后由人复位', en: 'then a person resets it' } : null;
  const trusted = { zh: '读数质量为好', en: 'with a reading of good quality' };
  return joined(
    [moves, holdsFor(rule.offDelayMs), trusted, reset].filter((part) => part !== null),
    { zh: '，', en: ', ' },
  );
}

const inSamples = ({ samples }: CompiledRule): Bilingual | null =>
  samples && {
    zh: `最近 ${samples.of} 个样本中至少 ${samples.k} 个`,
    en: `in at least ${samples.k} of the last ${samples.of} samples`,
  };

function neighboursNeeded({ neighbours }: CompiledRule, { compared }: Standing): Bilingual {
  const { k } = neighbours!;
  const now = compared ?? 0;
  return {
    zh: `邻近异常设备达到 ${k} 台（现在 ${now} 台）`,
    en: `${k} neighbours are abnormal together (${now} now)`,
  };
}

const holdsFor = (ms: number): Bilingual | null => {
  if (ms === 0) return null;
  const span = spanText(ms);
  return { zh: `持续 ${span.zh}`, en: `for ${span.en}` };
};

function conditionNeeded({ condition }: Standing): Bilingual | null {
  if (!condition || condition.holds === true) return null;
  const { zh, en } = condition.text;
  return {
    zh: `且条件成立（现在${condition.holds === null ? '无法判断' : '不成立'}）：${zh}`,
    en: `while (${condition.holds === null ? 'cannot be told now' : 'not so now'}) ${en}`,
  };
}

/** How the number compared has to move to get beyond `limit`; `raise` towards the alarm, else away from it. */
function toLimit(
  rule: CompiledRule,
  measurement: Measurement | undefined,
  state: Standing,
  limit: Value | null,
  raise: boolean,
): Bilingual {
  const title = rule.balance
    ? { zh: '流入与流出之差', en: 'what is missing of the inflow' }
    : (measurement?.title ?? { zh: rule.measurementName, en: rule.measurementName });
  const sign = signs[raise ? rule.op : opposite[rule.op]];
  if (typeof limit !== 'number') {
    const word = (language: 'zh' | 'en') =>
      typeof limit === 'boolean'
        ? { zh: limit ? '是' : '否', en: limit ? 'yes' : 'no' }[language]
        : (measurement?.states?.[String(limit)]?.[language] ?? String(limit ?? '?'));
    return { zh: `${title.zh} ${sign} ${word('zh')}`, en: `${title.en} ${sign} ${word('en')}` };
  }
  const made = madeOf(rule);
  const at = (language: 'zh' | 'en') => `${sign} ${quantityText(limit, rule.unit, language)}`;
  const now = state.compared;
  if (now === null || now === limit)
    return { zh: `${title.zh}${made.zh} ${at('zh')}`, en: `${title.en}${made.en} ${at('en')}` };
  const by = (language: 'zh' | 'en') => quantityText(Math.abs(limit - now), rule.unit, language);
  const up = limit > now;
  return {
    zh: `${title.zh}${made.zh}${up ? '上升' : '下降'} ${by('zh')}，至 ${at('zh')}`,
    en: `${title.en}${made.en} ${up ? 'rises' : 'falls'} by ${by('en')} to ${at('en')}`,
  };
}

const opposite = { '>': '<=', '>=': '<', '<': '>=', '<=': '>', '==': '!=', '!=': '==' } as const;

const usually = {
  difference: { zh: '与常值之差', en: ', its difference from the usual,' },
  ratio: { zh: '与常值之比', en: ', its ratio to the usual,' },
  deviations: { zh: '偏离常值的离散度数', en: ', its deviations from the usual,' },
} as const;

/** What of the measurement is compared. */
function madeOf({ kind, windowMs, baseline, aggregate }: CompiledRule): Bilingual {
  const span = spanText(windowMs);
  if (baseline) return usually[baseline.measure];
  if (kind === 'rate') return { zh: `在 ${span.zh}内的变化率`, en: `, its change over ${span.en},` };
  if (kind === 'count') return { zh: `在 ${span.zh}内的合计`, en: `, its total of ${span.en},` };
  const { zh, en } = aggregates[aggregate];
  return windowMs > 0 ? { zh: `的 ${span.zh}${zh}`, en: `, its ${en} of ${span.en},` } : { zh: '', en: '' };
}

const joined = (parts: readonly (Bilingual | null)[], by: Bilingual): Bilingual => {
  const said = parts.filter((part) => part !== null);
  return { zh: said.map(({ zh }) => zh).join(by.zh), en: said.map(({ en }) => en).join(by.en) };
};
