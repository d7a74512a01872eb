import { duringText } from '../../devices/city/during-text.ts';
import { type ConditionContext, compileCondition, compileExpression } from '../../devices/city/expressions.ts';
import { itemsOf } from '../../devices/city/items-of.ts';
import { appliesTo, inOrder, withOverlays } from '../../devices/city/overlays.ts';
import type { Clause, Priority } from '../../devices/contract/alarm.ts';
import type { Catalogue, Item, Limit, Rule, Suppression } from '../../devices/contract/catalogue.ts';
import type { Ceiling } from '../../devices/contract/ceiling.ts';
import type { Overlay } from '../../devices/contract/overlay.ts';
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
import { underCeiling } from './ceiling.ts';
import { compileNumber, type LimitOf } from './constants.ts';
import type { Limits } from './device-limit.ts';
import { scheduleOf } from './schedule-rule.ts';
import { silenceRule } from './silence.ts';
import { type Suppressor, suppressorsOf } from './suppressors.ts';

/** One rule of the catalogue, ready to be judged for every device of its type. */
export interface CompiledRule extends Delays, Limits {
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
  readonly limitText: Limit | null;
  readonly windowMs: number;
  /** What is made of the window of a threshold. */
  readonly aggregate: Aggregate;
  /** Each value meets the limit by itself: nothing is remembered of those before it. */
  readonly plain: boolean;
  /** What it remembers and how: what was remembered under another one of the same name is of no use to it. */
  readonly memory: string;
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
  /** Offset of the rule that is counted, in this plan. */
  readonly of: number;
  /** Key of the same, by which it is found in plans of other layouts. */
  readonly ofKey: string;
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
  readonly byKey: ReadonlyMap<string, CompiledRule>;
  /** Plans of one layout keep what a device remembers in the same places: type, and the rules in their order. */
  readonly layout: string;
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
  /** By device type, where no overlay applies. */
  readonly plans: ReadonlyMap<string, TypePlan>;
  /** The plan of a device: its type's, with the overlays of its place laid over it. */
  planOf(device: Pick<Device, 'type' | 'area' | 'grid'>): TypePlan | undefined;
  readonly version: string;
  readonly ruleCount: number;
  /** By `<device type> <rule>`, those of overlays too. */
  readonly ruleByKey: ReadonlyMap<string, CompiledRule>;
  readonly words: Words;
  readonly suppressions: ReadonlyMap<string, Suppression>;
}

/** What a catalogue is compiled with, beside itself. */
export interface CompileOptions {
  /** Those in force. */
  readonly overlays?: readonly Overlay[];
  /** No limit is judged above them. */
  readonly ceilings?: readonly Ceiling[] | undefined;
  /** Of the catalogue before, so that words keep their numbers. */
  readonly words?: Words;
}

/** Compiles the whole catalogue once. Conditions and limits were checked when the city was loaded; a fault here is ours. */
export function compileCatalogue(
  catalogue: Catalogue,
  types: Readonly<Record<string, DeviceType>>,
  platformDepartment: string,
  options: CompileOptions = {},
): CompiledCatalogue {
  const { overlays = [], ceilings = [] } = options;
  const dictionary = options.words ?? words();
  const { version, procedures, suppressions } = catalogue;
  const making: Making = {
    ...{ dictionary, version, platformDepartment, types, suppressions, ceilings, procedures },
    overlays: [],
  };
  const items = itemsOf(catalogue);
  const ruleByKey = new Map<string, CompiledRule>();
  const plans = plansOf(items, types, making);
  joinFlows(plans);
  const known = (plan: TypePlan): void => {
    for (const rule of plan.rules) {
      const key = `${plan.type.id} ${rule.key}`;
      if (!ruleByKey.has(key)) ruleByKey.set(key, rule);
    }
  };
  for (const plan of plans.values()) known(plan);
  const laid = new Map<string, ReadonlyMap<string, TypePlan>>([['', plans]]);
  /** Compiled once for every set of overlays that meets at some device. */
  const plansUnder = (here: readonly Overlay[]): ReadonlyMap<string, TypePlan> => {
    const key = here.map(({ id }) => id).join(' ');
    const there = laid.get(key);
    if (there) return there;
    const own = itemsOf(withOverlays(catalogue, here).catalogue);
    const touched = typesTouched(items, own);
    const some = Object.fromEntries(Object.entries(types).filter(([id]) => touched.has(id)));
    const made = new Map([...plans, ...plansOf(own, some, { ...making, overlays: here })]);
    for (const id of touched) countAsThere(made.get(id), plans.get(id));
    laid.set(key, made);
    for (const plan of made.values()) known(plan);
    return made;
  };
  const ordered = inOrder(overlays);
  return {
    plans,
    planOf(device) {
      if (ordered.length === 0) return plans.get(device.type);
      return plansUnder(ordered.filter((overlay) => appliesTo(overlay, device))).get(device.type);
    },
    version,
    ruleCount: items.reduce((sum, item) => sum + item.rules.length, 0),
    ruleByKey,
    words: dictionary,
    suppressions: new Map(suppressions.map((suppression) => [suppression.id, suppression])),
  };
}

/** Device types whose items an overlay changed: all others keep the plan they have. */
function typesTouched(before: readonly Item[], after: readonly Item[]): Set<string> {
  const same = new Set(before);
  const kept = new Set(after);
  const differ = [...after.filter((item) => !same.has(item)), ...before.filter((item) => !kept.has(item))];
  return new Set(differ.map(({ deviceType }) => deviceType));
}

/**
 * What a balance counts is the city's: under an overlay a device counts for it as it does elsewhere, and may stand for it. Balances
 * come first in a plan, so that their places are the same.
 */
function countAsThere(plan: TypePlan | undefined, base: TypePlan | undefined): void {
  if (!plan || !base) return;
  base.flows.forEach((flows, index) => {
    plan.flows[index] = flows;
  });
  base.rules.forEach((rule, offset) => {
    if (rule.balance) (plan.rules as CompiledRule[])[offset] = rule;
  });
}

function plansOf(
  items: readonly Item[],
  types: Readonly<Record<string, DeviceType>>,
  making: Making,
): Map<string, TypePlan> {
  const plans = new Map<string, TypePlan>();
  for (const type of Object.values(types)) {
    const own = items.filter((item) => item.deviceType === type.id);
    const all = own.flatMap((item) => item.rules.map((rule) => ({ item, rule })));
    const pairs: { item: Item | null; rule: Rule }[] = [
      ...all.filter(({ rule }) => rule.kind === 'balance'),
      ...all.filter(({ rule }) => rule.kind !== 'balance'),
    ];
    if (!pairs.some(({ rule }) => rule.kind === 'absence' && rule.measurement === '*')) {
      pairs.push({
        item: null,
        rule: silenceRule(
          type,
          pairs.some(({ rule }) => rule.priority === 'P1'),
        ),
      });
    }
    plans.set(type.id, planOf(type, pairs, making));
  }
  return plans;
}

interface Making {
  readonly dictionary: Words;
  readonly version: string;
  readonly platformDepartment: string;
  readonly suppressions: readonly Suppression[];
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly ceilings: readonly Ceiling[];
  readonly procedures: Catalogue['procedures'];
  /** Laid over the catalogue where the plan applies. */
  readonly overlays: readonly Overlay[];
}

function planOf(type: DeviceType, pairs: { item: Item | null; rule: Rule }[], making: Making): TypePlan {
  const names = Object.keys(type.measurements);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const offsets = new Map(pairs.map(({ item, rule }, offset) => [keyOf(item, rule.id), offset]));
  const rules = pairs.map(({ item, rule }, offset) => {
    const compiled = compileRule(type, indexOf, item, rule, offset, making);
    if (rule.kind !== 'neighbours') return compiled;
    return { ...compiled, neighbours: neighboursOf(rule, offsets.get(keyOf(item, rule.of))!, keyOf(item, rule.of)) };
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
    byKey: new Map(rules.map((rule) => [rule.key, rule])),
    layout: layoutOf(type, rules),
    absences: rules.filter((rule) => rule.kind === 'absence'),
    perDevice: rules.filter((rule) => rule.perDevice !== null),
    baselines: rules.filter((rule) => rule.baseline !== null),
    flows: names.map(() => null),
    safety: rules.some((rule) => rule.priority === 'P1'),
    watches: watchedBy(type, rules),
  };
}

/** All by which a device's places and the lists it stands in are found. */
function layoutOf(type: DeviceType, rules: readonly CompiledRule[]): string {
  const standsFor = rules.flatMap((rule) =>
    rule.standsFor.map(({ suppression }) => `${suppression.id} ${suppression.scope}`),
  );
  const own = rules.map(({ key, memory }) => `${key} ${memory}`);
  return [type.id, ...watchedBy(type, rules), ...standsFor, ...own].join('\n');
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
  const asked = limitsOf(rule, op, type.measurements[rule.measurement], making);
  const limits = underCeiling(asked, op, making.ceilings, type.id, rule);
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
    memory: memoryOf(rule),
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

function neighboursOf(rule: Extract<Rule, { kind: 'neighbours' }>, of: number, ofKey: string): NeighboursRule {
  return { of, ofKey, k: rule.k, reach: reachOf(rule), withinMs: rule.withinS * 1000 };
}

/** Words and figures that change what a rule says, not what it remembers. */
const forgettable: ReadonlySet<string> = new Set([
  ...[
    'id',
    'title',
    'basis',
    'note',
    'priority',
    'latched',
    'ladder',
    'op',
    'limit',
    'deadband',
    'onDelayS',
    'offDelayS',
  ],
  ...['when', 'during', 'afterS'],
]);

const memoryOf = (rule: Rule): string =>
  JSON.stringify(Object.entries(rule).filter(([key, value]) => value !== undefined && !forgettable.has(key)));

function windowOf(rule: Rule): number {
  if (rule.kind === 'absence') return rule.afterS + rule.onDelayS;
  return 'windowS' in rule ? (rule.windowS ?? 0) : 0;
}

function conditionOf(type: DeviceType, expr: string): (context: ConditionContext) => boolean {
  const compiled = compileCondition(type, expr);
  if ('refused' in compiled) throw new Error(`condition "${expr}" of ${type.id} does not compile: ${compiled.refused}`);
  return compiled.run;
}

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
const clauseOf = (
  item: Item | null,
  rule: Rule,
  { version, platformDepartment, procedures, overlays }: Making,
): Clause =>
  item ? clauseOfItem(item, version, procedures, overlays) : platformClause(rule.title, version, platformDepartment);

/** An item as a clause, as the catalogue of that version states it. */
export function clauseOfItem(
  item: Item,
  version: string,
  procedures: Catalogue['procedures'],
  overlays: readonly Overlay[] = [],
): Clause {
  const procedure = item.procedure === undefined ? undefined : procedures[item.procedure];
  return {
    item: item.code,
    name: item.name.zh,
    text: item.standard.text,
    provenance: item.standard.provenance,
    problem: item.problem,
    catalogueVersion: version,
    department: item.leadDepartment,
    cooperating: item.cooperating,
    ...(procedure && { procedure: `${item.procedure}@${procedure.version}` }),
    ...(overlays.length > 0 && { overlays: overlays.map(({ id, title }) => ({ id, title })) }),
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
