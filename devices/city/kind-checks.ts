import type { Item, Rule } from '../contract/catalogue.ts';
import type { DeviceType, Measurement } from '../model/device-type.ts';
import { conversion } from '../model/units.ts';
import type { At } from './catalogue-fault.ts';
import { compileExpression } from './expressions.ts';
import { flowUnit } from './flow-unit.ts';

type Of<K extends Rule['kind']> = Extract<Rule, { kind: K }>;

/** k of n: more than all of them can never be abnormal. */
export function checkSamples(rule: Rule, at: At): void {
  const samples = 'samples' in rule ? rule.samples : undefined;
  if (!samples || samples.k <= samples.of) return;
  at.into('samples').fault(
    'k',
    samples.k,
    `k 不能大于 of（${samples.of}）：这条规则永远不会触发`,
    `k is more than of (${samples.of}): the rule would never be met`,
  );
}

/** What is made of a window needs a window. */
export function checkAggregate(rule: Rule, at: At): void {
  if (rule.kind !== 'threshold' || rule.aggregate === undefined || rule.windowS !== undefined) return;
  at.fault(
    'aggregate',
    rule.aggregate,
    'aggregate 须与 windowS 一起给出',
    'an aggregate needs its window: give windowS too',
  );
}

/** A rule that is never told and that nobody counts would do nothing at all. */
export function checkSilent(rule: Rule, at: At, item: Item): void {
  if (!rule.silent || item.rules.some((other) => other.kind === 'neighbours' && other.of === rule.id)) return;
  at.fault(
    'silent',
    rule.id,
    '没有 neighbours 规则引用它：silent 的规则既不报警也不起作用',
    'no neighbours rule of the item counts it: a silent rule would do nothing',
  );
}

/** A season that the city does not name would never come. */
export function checkSeason({ during }: Rule, at: At, seasons: readonly string[]): void {
  const season = during?.season;
  if (season === undefined || seasons.includes(season)) return;
  const known = seasons.join(', ') || 'none';
  at.into('during').fault(
    'season',
    season,
    `城市没有名为“${season}”的季节，有：${seasons.join('、') || '无'}`,
    `the city has no season "${season}"; it has ${known}`,
  );
}

/** A unit that must be had: says so where it cannot. */
function mustConvert(from: string, to: string, at: At, step: string, zh: string, en: string): void {
  const how = conversion(from, to, 'natural');
  if ('refused' in how) at.fault(step, from, `${zh}单位 ${from} 不能换算为 ${to}`, `${en} unit: ${how.refused}`);
}

export function checkBaseline(rule: Of<'baseline'>, at: At, measurement: Measurement): void {
  if (measurement.kind !== 'number') {
    at.fault(
      'measurement',
      rule.measurement,
      `${measurement.kind} 型测量量没有基线`,
      `a ${measurement.kind} has no baseline: it must be a number`,
    );
    return;
  }
  const unit = rule.measure === 'difference' ? measurement.unit : '1';
  mustConvert(rule.limit.unit, unit, at, 'limit', '限值', 'limit');
  if (rule.deadband) mustConvert(rule.deadband.unit, unit, at, 'deadband', '回差', 'deadband');
  if (rule.floor) mustConvert(rule.floor.unit, measurement.unit, at, 'floor', '下限值', 'floor');
  else if (rule.measure !== 'difference') {
    at.fault(
      'floor',
      undefined,
      `${rule.measure} 须给出 floor，否则基线（或离散度）为零时会误报`,
      `${rule.measure} needs a floor: a usual value (or spread) of nothing would make anything abnormal`,
    );
  }
  checkMemory(rule, at, measurement);
  checkAgainst(rule, at);
}

/** What several devices have in common is a difference, or so many deviations: ratios cannot be taken from each other. */
function checkAgainst({ against, measure }: Of<'baseline'>, at: At): void {
  if (!against) return;
  checkReach(against, at.into('against'));
  if (measure !== 'ratio') return;
  at.fault(
    'against',
    against,
    'ratio 不能减去周围设备共有的偏离：请用 difference 或 deviations',
    'a ratio cannot be taken less what others have in common: use difference or deviations',
  );
}

function checkReach({ withinM, along }: { withinM?: number | undefined; along?: string | undefined }, at: At): void {
  if ((withinM === undefined) !== (along === undefined)) return;
  at.fault(
    'withinM',
    withinM,
    'withinM（米）与 along 须且只能给出一个',
    'give either withinM (metres) or along, and not both',
  );
}

const HOUR_S = 3600;
const periods = { 'hour-of-week': 168 * HOUR_S, 'hour-of-day': 24 * HOUR_S } as const;

/** Enough of the past must be remembered for the least that is wanted. */
function checkMemory(rule: Of<'baseline'>, at: At, { everyMs = 1000 }: Measurement): void {
  const period = rule.by === 'trailing' ? undefined : periods[rule.by];
  const figures =
    period === undefined ? Math.min(120, Math.round((rule.learnS * 1000) / everyMs)) : Math.floor(rule.learnS / period);
  if (rule.minimum !== undefined && rule.minimum > figures) {
    at.fault(
      'minimum',
      rule.minimum,
      `learnS 内至多有 ${figures} 个样本，永远达不到 ${rule.minimum}`,
      `within learnS there are at most ${figures} figures, never ${rule.minimum}`,
    );
  }
  if (period !== undefined && rule.learnS < 3 * period) {
    at.fault(
      'learnS',
      rule.learnS,
      `${rule.by} 至少须记住三个周期（${3 * period} 秒）`,
      `by ${rule.by} at least three periods are remembered: ${3 * period} s`,
    );
  }
}

export function checkNeighbours(rule: Of<'neighbours'>, at: At, item: Item): void {
  checkReach(rule, at);
  const counted = item.rules.find(({ id }) => id === rule.of);
  if (!counted) {
    const known = item.rules.map(({ id }) => id).join(', ');
    at.fault(
      'of',
      rule.of,
      `本项目没有规则“${rule.of}”，有：${known}`,
      `the item has no rule "${rule.of}"; it has ${known}`,
    );
    return;
  }
  if (counted.kind === 'absence' || counted.kind === 'neighbours') {
    at.fault(
      'of',
      rule.of,
      `${counted.kind} 规则不能作为邻近判定的依据`,
      `a rule of kind ${counted.kind} cannot be counted among neighbours`,
    );
  } else if (counted.measurement !== rule.measurement) {
    at.fault(
      'measurement',
      rule.measurement,
      `须与规则 ${rule.of} 的测量量一致：${counted.measurement}`,
      `it must be that of rule ${rule.of}: ${counted.measurement}`,
    );
  }
}

export function checkExpressionRule(rule: Of<'expression'>, at: At, type: DeviceType): void {
  const compiled = compileExpression(type, rule.expr);
  if ('refused' in compiled) {
    at.fault('expr', rule.expr, `表达式无法编译：${compiled.refused}`, `does not compile: ${compiled.refused}`);
  } else if (!compiled.reads.includes(rule.measurement)) {
    at.fault(
      'measurement',
      rule.measurement,
      `须是表达式所读的测量量之一：${compiled.reads.join('、')}`,
      `it must be one that the expression reads: ${compiled.reads.join(', ')}`,
    );
  }
}

export function checkBalance(
  rule: Of<'balance'>,
  at: At,
  own: DeviceType,
  types: Readonly<Record<string, DeviceType>>,
): void {
  const inflow = amountsOf(rule, 'inflow', at, types);
  const outflow = amountsOf(rule, 'outflow', at, types);
  if (inflow !== undefined && outflow !== undefined) {
    mustConvert(outflow, inflow, at.into('outflow'), 'measurement', '流出', 'outflow');
    if (rule.limit.unit !== '%') mustConvert(rule.limit.unit, inflow, at, 'limit', '限值', 'limit');
    const limit = rule.limit.unit === '%' ? '%' : inflow;
    if (rule.deadband) mustConvert(rule.deadband.unit, limit, at, 'deadband', '回差', 'deadband');
  }
  const sides = [rule.inflow, rule.outflow];
  if (sides.some((side) => side.deviceType === own.id && side.measurement === rule.measurement)) return;
  at.fault(
    'measurement',
    rule.measurement,
    `须是本项目设备类型（${own.id}）在流入或流出一侧的测量量`,
    `it must be what the item's own type (${own.id}) brings in or takes out`,
  );
}

/** Unit of what a side adds up to; undefined where a fault was found. */
function amountsOf(
  rule: Of<'balance'>,
  side: 'inflow' | 'outflow',
  at: At,
  types: Readonly<Record<string, DeviceType>>,
): string | undefined {
  const { deviceType, measurement, as } = rule[side];
  const type = Object.hasOwn(types, deviceType) ? types[deviceType] : undefined;
  if (!type) {
    at.into(side).fault(
      'deviceType',
      deviceType,
      `没有设备类型“${deviceType}”`,
      `there is no device type "${deviceType}"`,
    );
    return undefined;
  }
  const found = Object.hasOwn(type.measurements, measurement) ? type.measurements[measurement] : undefined;
  if (found?.kind !== 'number') {
    at.into(side).fault(
      'measurement',
      measurement,
      `${deviceType} 没有数值型测量量“${measurement}”`,
      `${deviceType} has no number "${measurement}"`,
    );
    return undefined;
  }
  const amounts = flowUnit(found.unit, as);
  if (amounts) return amounts.unit;
  at.into(side).fault(
    'as',
    as,
    `单位 ${found.unit} 不是流量，不能对时间积分`,
    `${found.unit} is no flow: it cannot be added up over time`,
  );
  return undefined;
}
