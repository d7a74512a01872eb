import { duringText } from '../../devices/city/during-text.ts';
import { type ConditionContext, compileCondition, compileExpression } from '../../devices/city/expressions.ts';
import { itemsOf } from '../../devices/city/items-of.ts';
import type { Clause, Priority } from '../../devices/contract/alarm.ts';
import type { Catalogue, Item, Limit, Rule, Suppression } from '../../devices/contract/catalogue.ts';
import type { Device } from '../../devices/contract/registry.ts';
import type { Bilingual, DeviceType, Measurement } from '../../devices/model/device-type.ts';
import type { BaselineRule } from '../judge/baseline.ts';
import { type Op, returnLimit } from '../judge/compare.ts';
import type { Delays } from '../judge/evaluate.ts';
import type { Samples } from '../judge/k-of-n.ts';
import type { Schedule } from '../judge/schedule.ts';
import type { Aggregate } from '../judge/window.ts';
import { type BalanceRule, balanceLimits, balanceOf, type Flow } from './balance-rule.ts';
import { baselineOf } from './baseline-rule.ts';
import { compileNumber, type LimitOf } from './constants.ts';
import { scheduleOf } from './schedule-rule.ts';
import { silenceRule } from './silence.ts';
import { type Suppressor, suppressorsOf } from './suppressors.ts';

/** One rule of the catalogue, ready to be judged for every device of its type. */
export interface CompiledRule extends Delays {
  /** `<item code>.<rule id>`. */
  readonly key: string;
  /** Its place among the rules of its device type. */
  readonly offset: number;
  readonly kind: Rule['kind'];
  readonly title: Bilingual;
  readonly priority: Priority;
  readonly latched: boolean;
  readonly ladder: string | null;
  /** Index of the measurement in its type's plan; -1 for "anything of the device". */
  readonly measurement: number;
  readonly measurementName: string;
  readonly op: Op;
  /** Limit and return limit where they are the same for all devices, in the canonical unit (booleans 0/1, words by number). */
  readonly limit: number;
  readonly back: number;
  /** Where they follow from a device's constants or gas. */
  readonly perDevice: ((device: Device) => { limit: number; back: number } | { missing: string }) | null;
  /** The limit is a plain number in this unit; '' for flags and words. */
  readonly unit: string;
  readonly limitText: Limit | null;
  readonly windowMs: number;
  /** What is made of the window of a threshold. */
  readonly aggregate: Aggregate;
  /** Each value meets the limit by itself: nothing is remembered of those before it. */
  readonly plain: boolean;
  readonly samples: Samples | null;
  readonly baseline: BaselineRule | null;
  /** Whose common departure a baseline rule takes away, and how old one may be, ms. */
  readonly against: { readonly reach: Reach; readonly freshMs: number } | null;
  readonly neighbours: NeighboursRule | null;
  readonly expression: ExpressionRule | null;
  readonly balance: BalanceRule | null;
  /** The `neighbours` rules that this one's abnormality counts for. */
  readonly feeds: readonly CompiledRule[];
  /** Judged and never told. */
  readonly silent: boolean;
  /** The time and the condition beside the comparison; looked at only when the comparison holds. */
  readonly during: Schedule | null;
  readonly duringText: Bilingual | null;
  /** It has a condition or a time: abnormal alone is not enough, and time alone may change it. */
  readonly conditional: boolean;
  readonly when: ((context: ConditionContext) => boolean) | null;
  readonly whenText: Bilingual | null;
  readonly item: Item | null;
  readonly clause: Clause;
  /** What may hide its alarms by design; empty for nearly all rules. */
  readonly hiddenBy: readonly Suppressor[];
  /** Suppressions under which its alarms stand for others. */
  readonly standsFor: readonly Suppressor[];
}

/** Devices within a radius, or along one circuit or site. */
export type Reach = { readonly withinM: number } | { readonly along: 'circuit' | 'site' };

/** Which devices are neighbours, and how many of them, within what time, are an alarm. */
export interface NeighboursRule {
  /** Offset of the rule that is counted. */
  readonly of: number;
  readonly k: number;
  readonly reach: Reach;
  readonly withinMs: number;
}

/** An expression, and the measurements it reads, by their index. */
export interface ExpressionRule {
  readonly run: (context: ConditionContext) => boolean;
  readonly reads: readonly number[];
  /** It asks for the hour, the sun or the records: time alone may change its answer. */
  readonly timely: boolean;
  readonly uses: ReadonlySet<string>;
  readonly text: Bilingual;
}

/** What the engine needs to know about a device type: the order of its measurements and the rules over each. */
export interface TypePlan {
  readonly type: DeviceType;
  readonly names: readonly string[];
  readonly measurements: readonly Measurement[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** Measurements in the order in which an entry named them last: the next mostly names the same, and no table is searched. */
  readonly inOrder: number[];
  readonly rules: readonly CompiledRule[];
  /** Rules that are judged by values of each measurement, absence apart. */
  readonly byMeasurement: readonly (readonly CompiledRule[])[];
  readonly absences: readonly CompiledRule[];
  readonly perDevice: readonly CompiledRule[];
  readonly baselines: readonly CompiledRule[];
  /** By measurement: the balances that its readings count for; null for nearly all. */
  readonly flows: (readonly Flow[] | null)[];
  /** It has a P1 rule: its silence leaves somebody unprotected. */
  readonly safety: boolean;
  /** What it watches for: the hazards of its urgent rules, or its own type where its P1 rules name none. */
  readonly watches: readonly string[];
}

/** Tells every plan which of its measurements a balance counts. */
function joinFlows(plans: ReadonlyMap<string, TypePlan>): void {
  for (const { balance } of [...plans.values()].flatMap(({ rules }) => rules)) {
    for (const flow of balance ? [balance.inflow, balance.outflow] : []) {
      const { flows } = plans.get(flow.deviceType)!;
      flows[flow.measurement] = [...(flows[flow.measurement] ?? []), flow];
    }
  }
}

/** Words of text measurements as numbers, so that every value is one. */
export interface Words {
  number(word: string): number;
  word(number: number): string;
}

export function words(): Words {
  const numbers = new Map<string, number>();
  const list: string[] = [];
  return {
    number(word) {
      const known = numbers.get(word);
      if (known !== undefined) return known;
      numbers.set(word, list.length);
      return list.push(word) - 1;
    },
    word: (number) => list[number] ?? '',
  };
}

export interface CompiledCatalogue {
  readonly plans: ReadonlyMap<string, TypePlan>;
  readonly ruleCount: number;
  readonly ruleByKey: ReadonlyMap<string, CompiledRule>;
  readonly words: Words;
  readonly suppressions: ReadonlyMap<string, Suppression>;
}

/** Compiles the whole catalogue once. Conditions and limits were checked when the city was loaded; a fault here is ours. */
export function compileCatalogue(
  catalogue: Catalogue,
  types: Readonly<Record<string, DeviceType>>,
  platformDepartment: string,
): CompiledCatalogue {
  const dictionary = words();
  const items = itemsOf(catalogue);
  const plans = new Map<string, TypePlan>();
  const ruleByKey = new Map<string, CompiledRule>();
  const making = {
    dictionary,
    version: catalogue.version,
    platformDepartment,
    types,
    suppressions: catalogue.suppressions,
  };
  for (const type of Object.values(types)) {
    const own = items.filter((item) => item.deviceType === type.id);
    const pairs: { item: Item | null; rule: Rule }[] = own.flatMap((item) =>
      item.rules.map((rule) => ({ item, rule })),
    );
    if (!pairs.some(({ rule }) => rule.kind === 'absence' && rule.measurement === '*')) {
      pairs.push({
        item: null,
        rule: silenceRule(
          type,
          pairs.some(({ rule }) => rule.priority === 'P1'),
        ),
      });
    }
    const plan = planOf(type, pairs, making);
    plans.set(type.id, plan);
    for (const rule of plan.rules) ruleByKey.set(`${type.id} ${rule.key}`, rule);
  }
  joinFlows(plans);
  const ruleCount = items.reduce((sum, item) => sum + item.rules.length, 0);
  const suppressions = new Map(catalogue.suppressions.map((suppression) => [suppression.id, suppression]));
  return { plans, ruleCount, ruleByKey, words: dictionary, suppressions };
}

interface Making {
  readonly dictionary: Words;
  readonly version: string;
  readonly platformDepartment: string;
  readonly suppressions: readonly Suppression[];
  readonly types: Readonly<Record<string, DeviceType>>;
}

function planOf(type: DeviceType, pairs: { item: Item | null; rule: Rule }[], making: Making): TypePlan {
  const names = Object.keys(type.measurements);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const offsets = new Map(pairs.map(({ item, rule }, offset) => [keyOf(item, rule.id), offset]));
  const rules = pairs.map(({ item, rule }, offset) => {
    const compiled = compileRule(type, indexOf, item, rule, offset, making);
    if (rule.kind !== 'neighbours') return compiled;
    return { ...compiled, neighbours: neighboursOf(rule, offsets.get(keyOf(item, rule.of))!) };
  });
  const judged = rules.filter(({ kind }) => kind !== 'absence' && kind !== 'neighbours' && kind !== 'balance');
  const isOver = (rule: CompiledRule, index: number) =>
    rule.expression?.reads.includes(index) ?? rule.measurement === index;
  for (const rule of rules) {
    const { neighbours } = rule;
    if (neighbours) (rules[neighbours.of]!.feeds as CompiledRule[]).push(rule);
  }
  return {
    type,
    names,
    measurements: names.map((name) => type.measurements[name]!),
    indexOf,
    inOrder: [],
    rules,
    byMeasurement: names.map((_, index) => judged.filter((rule) => isOver(rule, index))),
    absences: rules.filter((rule) => rule.kind === 'absence'),
    perDevice: rules.filter((rule) => rule.perDevice !== null),
    baselines: rules.filter((rule) => rule.baseline !== null),
    flows: names.map(() => null),
    safety: rules.some((rule) => rule.priority === 'P1'),
    watches: watchedBy(type, rules),
  };
}

function watchedBy(type: DeviceType, rules: readonly CompiledRule[]): string[] {
  const urgent = rules.filter((rule) => rule.priority <= 'P2' && rule.kind !== 'absence');
  const hazards = new Set(urgent.flatMap((rule) => rule.item?.hazard ?? []));
  if (hazards.size > 0) return [...hazards];
  return rules.some((rule) => rule.priority === 'P1') ? [type.id] : [];
}

function compileRule(
  type: DeviceType,
  indexOf: ReadonlyMap<string, number>,
  item: Item | null,
  rule: Rule,
  offset: number,
  making: Making,
): CompiledRule {
  const { types } = making;
  const measurement = indexOf.get(rule.measurement) ?? -1;
  // Standing still is 1 or 0, like a flag; neighbours are counted.
  const op: Op = 'op' in rule ? rule.op : rule.kind === 'neighbours' ? '>=' : '==';
  const limits = limitsOf(rule, op, type.measurements[rule.measurement], making);
  return {
    key: keyOf(item, rule.id),
    offset,
    kind: rule.kind,
    title: rule.title,
    priority: rule.priority,
    latched: rule.latched,
    ladder: rule.ladder ? `${item?.code ?? ''}.${rule.ladder}` : null,
    measurement,
    measurementName: rule.measurement,
    op,
    ...limits,
    limitText: 'limit' in rule ? rule.limit : null,
    // Silence has no sample to wait beside: its on-delay only makes it longer.
    windowMs: windowOf(rule) * 1000,
    aggregate: rule.kind === 'threshold' ? (rule.aggregate ?? 'mean') : 'mean',
    plain:
      (rule.kind === 'threshold' && rule.windowS === undefined && !rule.samples) ||
      (rule.kind === 'state' && !rule.samples),
    samples: 'samples' in rule ? (rule.samples ?? null) : null,
    ...baselineParts(rule, type.measurements[rule.measurement]),
    neighbours: null,
    expression: rule.kind === 'expression' ? expressionOf(type, indexOf, rule) : null,
    balance: rule.kind === 'balance' ? balanceOf(rule, keyOf(item, rule.id), type.id, offset, types) : null,
    feeds: [],
    silent: rule.silent ?? false,
    onDelayMs: rule.kind === 'absence' ? 0 : rule.onDelayS * 1000,
    offDelayMs: rule.offDelayS * 1000,
    during: rule.during ? scheduleOf(rule.during) : null,
    duringText: rule.during ? duringText(rule.during) : null,
    conditional: rule.when !== undefined || rule.during !== undefined,
    when: rule.when ? conditionOf(type, rule.when.expr) : null,
    whenText: rule.when?.text ?? null,
    item,
    clause: clauseOf(item, rule, making),
    ...suppressorsOf(type, item, rule, making.suppressions),
  };
}

function expressionOf(
  type: DeviceType,
  indexOf: ReadonlyMap<string, number>,
  { expr, text }: Extract<Rule, { kind: 'expression' }>,
): ExpressionRule {
  const compiled = compileExpression(type, expr);
  if ('refused' in compiled)
    throw new Error(`expression "${expr}" of ${type.id} does not compile: ${compiled.refused}`);
  const { run, reads, timely, uses } = compiled;
  return { run, reads: reads.flatMap((name) => indexOf.get(name) ?? []), timely, uses, text };
}

const keyOf = (item: Item | null, id: string): string => (item ? `${item.code}.${id}` : id);

const reachOf = ({
  withinM,
  along,
}: {
  withinM?: number | undefined;
  along?: 'circuit' | 'site' | undefined;
}): Reach => (withinM === undefined ? { along: along ?? 'site' } : { withinM });

/** The period of a measurement that declares none, ms. */
const PERIOD_MS = 60_000;
/** Periods of a measurement after which a device's newest value says nothing of now. */
const FRESH_PERIODS = 3;

function baselineParts(rule: Rule, measurement: Measurement | undefined): Pick<CompiledRule, 'baseline' | 'against'> {
  if (rule.kind !== 'baseline' || !measurement) return { baseline: null, against: null };
  const { unit, everyMs } = measurement;
  const freshMs = FRESH_PERIODS * (everyMs ?? PERIOD_MS);
  return {
    baseline: baselineOf(rule, unit, everyMs),
    against: rule.against ? { reach: reachOf(rule.against), freshMs } : null,
  };
}

function neighboursOf(rule: Extract<Rule, { kind: 'neighbours' }>, of: number): NeighboursRule {
  return { of, k: rule.k, reach: reachOf(rule), withinMs: rule.withinS * 1000 };
}

function windowOf(rule: Rule): number {
  if (rule.kind === 'absence') return rule.afterS + rule.onDelayS;
  return 'windowS' in rule ? (rule.windowS ?? 0) : 0;
}

function conditionOf(type: DeviceType, expr: string): (context: ConditionContext) => boolean {
  const compiled = compileCondition(type, expr);
  if ('refused' in compiled) throw new Error(`condition "${expr}" of ${type.id} does not compile: ${compiled.refused}`);
  return compiled.run;
}

type Limits = Pick<CompiledRule, 'limit' | 'back' | 'perDevice' | 'unit'>;

function limitsOf(rule: Rule, op: Op, measurement: Measurement | undefined, { dictionary, types }: Making): Limits {
  const fixed = (limit: number, unit = ''): Limits => ({ limit, back: limit, perDevice: null, unit });
  if (rule.kind === 'neighbours') return fixed(rule.k, '1');
  if (rule.kind === 'balance') return balanceLimits(rule, op, types);
  if (!('limit' in rule)) return fixed(1);
  const { limit } = rule;
  if ('flag' in limit) return fixed(limit.flag ? 1 : 0);
  if ('state' in limit) return fixed(dictionary.number(limit.state));
  if ('code' in limit) return fixed(limit.code);
  const unit = unitOf(rule, measurement!);
  // A difference is a width: 1 °C above the usual is 1 K above it.
  const point = compileNumber(limit, unit, rule.kind === 'baseline' ? 'width' : 'point');
  const deadband = 'deadband' in rule && rule.deadband && 'unit' in rule.deadband ? rule.deadband : undefined;
  const width: LimitOf = deadband ? compileNumber(deadband, unit, 'width') : { fixed: 0 };
  if ('fixed' in point && 'fixed' in width) {
    return { limit: point.fixed, back: returnLimit(op, point.fixed, width.fixed), perDevice: null, unit };
  }
  const perDevice: CompiledRule['perDevice'] = (device) => {
    const at = 'fixed' in point ? { value: point.fixed } : point.of(device);
    if ('missing' in at) return at;
    const by = 'fixed' in width ? { value: width.fixed } : width.of(device);
    if ('missing' in by) return by;
    return { limit: at.value, back: returnLimit(op, at.value, by.value) };
  };
  return { limit: Number.NaN, back: Number.NaN, perDevice, unit };
}

/** The unit of the number that a rule compares. */
function unitOf(rule: Rule, { unit }: Measurement): string {
  if (rule.kind === 'count' || (rule.kind === 'baseline' && rule.measure !== 'difference')) return '1';
  return rule.kind === 'rate' ? `${unit}/min` : unit;
}

/** The clause an alarm of this rule is raised under, as the catalogue states it now. */
function clauseOf(item: Item | null, rule: Rule, { version, platformDepartment }: Making): Clause {
  if (!item) return platformClause(rule.title, version, platformDepartment);
  return {
    item: item.code,
    name: item.name.zh,
    text: item.standard.text,
    provenance: item.standard.provenance,
    problem: item.problem,
    catalogueVersion: version,
    department: item.leadDepartment,
    cooperating: item.cooperating,
  };
}

/** The platform's own alarms stand under no clause of the city. */
export const platformClause = (title: Bilingual, version: string, department: string): Clause => ({
  item: '',
  name: title.zh,
  text: '',
  provenance: 'illustrative',
  problem: title.en,
  catalogueVersion: version,
  department,
  cooperating: [],
});
