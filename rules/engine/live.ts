import type { Doubt, TelemetryEntry } from '../../devices/contract/entry.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import type { StatusCode } from '../../devices/model/quality.ts';
import { departure } from '../judge/baseline.ts';
import { type Verdict, verdict, verdictOf } from '../judge/compare.ts';
import { change, expire, HELD_RECHECK_MS, phase, step } from '../judge/evaluate.ts';
import { episodeKey } from '../judge/identity.ts';
import { verdictOfSamples } from '../judge/k-of-n.ts';
import { nextLeaves } from '../judge/window.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { deadlinesOf } from '../standards/deadlines.ts';
import { explain } from '../standards/explain.ts';
import { departureNow, learn } from './baselines.ts';
import { withBlindness } from './blindness.ts';
import { buildAlarm, deviceSubject } from './build-alarm.ts';
import { lessCommon } from './common-mode.ts';
import { holds } from './condition.ts';
import { backFor, type Core, decode, limitFor, reminder, shown, siteOf } from './core.ts';
import { detailOf } from './details.ts';
import { expressionNow } from './expression.ts';
import { count } from './flows.ts';
import { marksOfUnit } from './marks.ts';
import { stir } from './signs.ts';
import { isWorkedOut, remembered, statistic, statisticAt } from './statistics.ts';
import { afterReturn, withSuppression } from './suppress.ts';
import type { Unit } from './units.ts';

const noDoubts: readonly Doubt[] = [];

/** One live value meets every rule over its measurement. `at` is its source time, `wall` the journal's time. */
export function judgeLive(
  core: Core,
  unit: Unit,
  measurement: number,
  value: number,
  quality: StatusCode,
  at: number,
  wall: number,
  now: number,
  entry: TelemetryEntry | null,
): void {
  const flows = unit.plan.flows[measurement]!;
  if (flows !== null) count(core, unit, flows, value, quality, at);
  const rules = unit.plan.byMeasurement[measurement]!;
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i]!;
    const index = unit.s + rule.offset;
    const number = rule.plain ? value : numberOf(core, unit, rule, at, value, quality);
    let found: Verdict =
      rule.expression === null
        ? verdictOf(rule.op, number, limitFor(unit, rule), backFor(unit, rule), quality)
        : expressionNow(core, unit, rule, at);
    if (!rule.plain) found = withMemory(core, index, rule, found, at, value, quality);
    // The state of nearly every rule of a city, nearly always.
    if (found !== verdict.abnormal && core.units.evals.phases[index] === phase.normal && found !== verdict.held)
      continue;
    judgeRule(core, unit, rule, found, number, quality, at, wall, now, entry);
  }
}

/** What one comparison says about one rule, once the rule's condition has been asked. */
export function judgeRule(
  core: Core,
  unit: Unit,
  rule: CompiledRule,
  compared: Verdict,
  number: number,
  quality: StatusCode,
  at: number,
  wall: number,
  now: number,
  entry: TelemetryEntry | null,
): void {
  const held = compared === verdict.abnormal && rule.conditional && !holds(core, unit, rule, at);
  advance(core, unit, rule, held ? verdict.held : compared, number, quality, at, wall, now, entry);
}

/** The number that a rule with a memory compares, once `value` has come in. */
const numberOf = (
  core: Core,
  unit: Unit,
  rule: CompiledRule,
  at: number,
  value: number,
  quality: StatusCode,
): number =>
  rule.baseline
    ? lessCommon(core, unit, rule, at, departureNow(core, unit, rule, at, value, quality))
    : statistic(core.windows, unit.s + rule.offset, rule, at, value, quality);

/** What the samples before say beside the newest; and a baseline learns, unless anything about the rule is abnormal. */
function withMemory(
  core: Core,
  index: number,
  rule: CompiledRule,
  newest: Verdict,
  at: number,
  value: number,
  quality: StatusCode,
): Verdict {
  const found = remembered(core.windows, index, rule, newest);
  if (rule.baseline) {
    const any = newest === verdict.abnormal || found === verdict.abnormal;
    learn(core, index, rule, at, value, quality, any || core.units.evals.phases[index] !== phase.normal);
  }
  return found;
}

/** Takes a verdict on, tells the desk what it did, and asks to be reminded of what may run out. */
function advance(
  core: Core,
  unit: Unit,
  rule: CompiledRule,
  found: Verdict,
  number: number,
  quality: StatusCode,
  at: number,
  wall: number,
  now: number,
  entry: TelemetryEntry | null,
): void {
  const { evals } = core.units;
  const index = unit.s + rule.offset;
  const before = evals.phases[index];
  // An episode is named after its sample's own time: a redelivery is received at another, and the edge knows none of ours.
  const what = step(evals, index, rule, found, at, now, entry?.at ?? at);
  if (rule.feeds.length > 0) stir(core, unit, rule, found === verdict.abnormal, number, at, wall, now);
  if (evals.phases[index] !== before) remind(core, unit, rule, now);
  if (what === change.raised)
    raise(core, unit, rule, evals.episodes.get(index)!.since, number, quality, at, wall, entry);
  else if (what === change.returned) returned(core, unit, rule, wall);
}

/** Asks for a reminder of what the rule's new phase waits for. */
export function remind(core: Core, unit: Unit, rule: CompiledRule, now: number): void {
  const { evals } = core.units;
  const index = unit.s + rule.offset;
  const episode = evals.episodes.get(index);
  if (!episode) return;
  let due = episode.due;
  if (evals.phases[index] === phase.active && (rule.conditional || rule.expression?.timely))
    due = now + HELD_RECHECK_MS;
  if (rule.kind === 'count') {
    const window = core.windows.sliding.get(index);
    const at = core.units.columns.times[unit.m + rule.measurement]!;
    if (window) due = Math.min(due, now + Math.max(1000, nextLeaves(window, rule.windowMs) - at));
  }
  core.timers.at(due, reminder(unit, rule.offset));
}

/** A reminder fell due: a delay ran out, or a condition or a count is looked at again with the newest value. */
export function recheck(core: Core, unit: Unit, rule: CompiledRule): void {
  const { evals, columns } = core.units;
  const { now, lastTick: wall } = core.time;
  const index = unit.s + rule.offset;
  const was = evals.phases[index];
  if (was === phase.normal) return;
  const m = unit.m + rule.measurement;
  const what = expire(evals, index, now);
  if (what !== change.none) {
    const number = lastNumber(core, unit, rule, wall);
    if (what === change.raised) {
      const since = evals.episodes.get(index)!.since;
      raise(core, unit, rule, since, number, columns.qualities[m]!, columns.times[m]!, wall, null);
    } else returned(core, unit, rule, wall);
    remind(core, unit, rule, now);
    return;
  }
  const byTime = rule.conditional || rule.kind === 'count' || rule.expression?.timely === true;
  const episode = evals.episodes.get(index)!;
  if (!byTime || (was !== phase.active && was !== phase.held && rule.kind !== 'count')) return;
  const number = lastNumberOrNone(core, unit, rule, wall);
  let found: Verdict = rule.expression
    ? expressionNow(core, unit, rule, wall)
    : verdictOf(rule.op, number, limitFor(unit, rule), backFor(unit, rule), columns.qualities[m]!);
  if (rule.samples) found = verdictOfSamples(core.windows.bits.get(index) ?? 0, found, rule.samples);
  if (found === verdict.abnormal && rule.conditional && !holds(core, unit, rule, wall)) found = verdict.held;
  if (was === phase.held) episode.due = now + HELD_RECHECK_MS;
  advance(core, unit, rule, found, number, columns.qualities[m]!, wall, wall, now, null);
  if (evals.phases[index] === was) remind(core, unit, rule, now);
}

/** The number the rule last compared, for words about an alarm that time alone raised. */
function lastNumber(core: Core, unit: Unit, rule: CompiledRule, wall: number): number {
  const number = lastNumberOrNone(core, unit, rule, wall);
  return Number.isNaN(number) ? core.units.columns.values[unit.m + rule.measurement]! : number;
}

/** The number as time alone leaves it: NaN where only a reading could tell. */
function lastNumberOrNone(core: Core, unit: Unit, rule: CompiledRule, wall: number): number {
  const index = unit.s + rule.offset;
  const newest = core.units.columns.values[unit.m + rule.measurement]!;
  const baseline = rule.baseline ? core.baselines.byIndex.get(index) : undefined;
  if (baseline) return lessCommon(core, unit, rule, wall, departure(baseline, rule.baseline!, newest));
  return statisticAt(core.windows, index, rule, wall, newest);
}

function doubtsOf(entry: TelemetryEntry | null, measurement: string): readonly Doubt[] {
  const doubts = entry?.doubts;
  if (!doubts) return noDoubts;
  return [...(doubts[measurement] ?? []), ...(doubts['*'] ?? [])];
}

/** Tells the desk that an episode was raised. */
export function raise(
  core: Core,
  unit: Unit,
  rule: CompiledRule,
  since: number,
  number: number,
  quality: StatusCode,
  lastAt: number,
  wall: number,
  entry: TelemetryEntry | null,
): void {
  if (core.silent || rule.silent) return;
  const alarm = withSuppression(
    core,
    unit,
    rule,
    alarmOf(core, unit, rule, since, number, quality, lastAt, wall, entry),
  );
  core.desk.raise(rule.standsFor.length === 0 ? alarm : withBlindness(core, alarm), wall);
}

/** The alarm that an episode of a device's rule is, in the live lane. */
export function alarmOf(
  core: Core,
  unit: Unit,
  rule: CompiledRule,
  since: number,
  number: number,
  quality: StatusCode,
  lastAt: number,
  wall: number,
  entry: TelemetryEntry | null,
) {
  const value = shown(core, unit, rule, number);
  const doubts = doubtsOf(entry, rule.measurementName);
  const limit = limitShown(core, unit, rule);
  return buildAlarm(deviceSubject(unit.device, siteOf(core, unit.device)), {
    rule: rule.key,
    measurement: rule.measurementName,
    priority: rule.priority,
    clause: rule.clause,
    since,
    raisedAt: wall,
    value: saysYesOrNo(rule)
      ? decode(core, unit.plan, rule.measurement, core.units.columns.values[unit.m + rule.measurement]!)
      : value,
    lastAt,
    quality,
    doubts,
    op: saysYesOrNo(rule) ? null : rule.op,
    limit,
    unit: rule.unit,
    explanation: reasonOf(core, unit, rule, number, quality, lastAt, doubts),
    deadlines: deadlinesOf(rule, rule.priority, wall, core.parts.city, core.zone),
    hazard: rule.item?.hazard ?? null,
    marks: marksOfUnit(core, unit),
  });
}

const limitShown = (core: Core, unit: Unit, rule: CompiledRule) =>
  saysYesOrNo(rule) ? null : shown(core, unit, rule, limitFor(unit, rule));

/** Its number is 1 or 0: what is shown is the reading that it is about. */
const saysYesOrNo = ({ kind }: CompiledRule): boolean => kind === 'stuck' || kind === 'expression';

/** Why a rule of a device is abnormal, in words, with what it remembers. */
export function reasonOf(
  core: Core,
  unit: Unit,
  rule: CompiledRule,
  number: number,
  quality: StatusCode,
  at: number,
  doubts: readonly Doubt[],
): Bilingual {
  const value = shown(core, unit, rule, number);
  const facts = { value, limit: limitShown(core, unit, rule), quality, doubts, detail: detailOf(core, unit, rule, at) };
  return explain(rule, unit.plan.measurements[rule.measurement]!, facts);
}

/** Tells the desk that an episode returned. */
export function returned(core: Core, unit: Unit, rule: CompiledRule, wall: number): void {
  if (core.silent || rule.silent) return;
  const { columns } = core.units;
  const m = unit.m + rule.measurement;
  const key = episodeKey(unit.device.id, rule.key);
  const standing = core.desk.byKey(key);
  if (standing) {
    const { since } = standing;
    core.lastEpisodes.set(`${unit.device.id} ${rule.key}`, { since, until: Math.max(since, columns.times[m]!) });
  }
  core.desk.returned(key, wall, rule.latched, {
    value:
      standing && isWorkedOut(rule)
        ? standing.lastValue
        : decode(core, unit.plan, rule.measurement, columns.values[m]!),
    at: columns.times[m]!,
    quality: columns.qualities[m]!,
  });
  afterReturn(core, unit, rule, key, wall);
}
