import type { DeviceRules, RuleState } from '../../devices/contract/rules-tools.ts';
import type { Bilingual, Measurement } from '../../devices/model/device-type.ts';
import { severityOf } from '../../devices/model/quality.ts';
import { ruleInWords } from '../explain/list-rules.ts';
import { limitWords } from '../explain/rule-words.ts';
import { whatMustChange } from '../explain/what-must-change.ts';
import { missing } from '../judge/balance.ts';
import { type Baseline, departure, isLearning } from '../judge/baseline.ts';
import { phase } from '../judge/evaluate.ts';
import { episodeKey } from '../judge/identity.ts';
import { abnormalOf } from '../judge/k-of-n.ts';
import { inSchedule } from '../judge/schedule.ts';
import { total } from '../judge/window.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { neighboursText, samplesText } from '../standards/explain-details.ts';
import { quantityText } from '../standards/words.ts';
import { lessCommon } from './common-mode.ts';
import { conditionContext, momentAt } from './condition.ts';
import { backFor, type Core, decode, limitFor, shown } from './core.ts';
import { detailOf } from './details.ts';
import { problems } from './problems.ts';
import { groupOf } from './signs.ts';
import { isWorkedOut, statisticNow } from './statistics.ts';
import { wouldHide } from './suppress.ts';
import type { Unit } from './units.ts';

const phaseNames = ['normal', 'pending', 'active', 'returning', 'held'] as const;

/** The rules that see a device with their states, as the engine has them; null for a device that it does not know. */
export function explainDevice(core: Core, id: string): DeviceRules | null {
  const unit = core.units.get(id);
  if (!unit) return null;
  const { device, plan } = unit;
  return {
    device: device.id,
    name: device.name,
    type: plan.type.id,
    at: numberOrNull(core.time.lastTick),
    heardAt: numberOrNull(unit.newestAt),
    draining: unit.history !== null,
    rules: plan.rules.map((rule) => stateOf(core, unit, rule)),
  };
}

function stateOf(core: Core, unit: Unit, rule: CompiledRule): RuleState {
  const index = unit.s + rule.offset;
  const measurement: Measurement | undefined = unit.plan.measurements[rule.measurement];
  const episode = core.units.evals.episodes.get(index);
  const rests = restsBecause(unit, rule);
  const standing = {
    newest: newestOf(core, unit, rule),
    compared: comparedOf(core, unit, rule),
    limit: rests ? null : limitOf(core, unit, rule, measurement),
    rests,
    phase: phaseNames[core.units.evals.phases[index]!]!,
    leftMs: leftOf(core, unit, rule),
    condition: conditionOf(core, unit, rule),
    alarm: alarmOf(core, unit, rule),
  };
  return {
    ...ruleInWords(rule, unit.plan, core.baselines.learning.get(rule) ?? 0),
    ...standing,
    window: windowOf(core, unit, rule),
    memory: memoryOf(core, unit, rule),
    unit: rule.unit,
    since: episode && episode.since > 0 ? episode.since : null,
    // Asking is no problem that is counted.
    wouldHide: wouldHide({ ...core, problems: problems() }, unit, rule),
    change: whatMustChange(rule, measurement, standing),
  };
}

const numberOrNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

function newestOf(core: Core, unit: Unit, rule: CompiledRule): RuleState['newest'] {
  if (rule.measurement < 0) return null;
  const m = unit.m + rule.measurement;
  const { values, times, qualities } = core.units.columns;
  const at = times[m]!;
  if (Number.isNaN(at)) return null;
  const status = qualities[m]!;
  const ageMs = Math.max(0, core.time.lastTick - at);
  return {
    value: decode(core, unit.plan, rule.measurement, values[m]!),
    at,
    ageMs,
    quality: severityOf(status),
    status,
  };
}

/** The number that the rule compares with its limit now; null for states and where there is none yet. */
function comparedOf(core: Core, unit: Unit, rule: CompiledRule): number | null {
  if (
    rule.measurement < 0 ||
    rule.kind === 'absence' ||
    rule.kind === 'stuck' ||
    rule.kind === 'state' ||
    rule.kind === 'expression'
  )
    return null;
  const m = unit.m + rule.measurement;
  if (Number.isNaN(core.units.columns.times[m]!)) return null;
  const newest = core.units.columns.values[m]!;
  const usual = rule.baseline ? core.baselines.byIndex.get(unit.s + rule.offset) : undefined;
  if (rule.baseline) {
    const departed = usual ? departure(usual, rule.baseline, newest) : Number.NaN;
    return numberOrNull(lessCommon(core, unit, rule, core.time.lastTick, departed));
  }
  if (rule.balance) {
    const detail = detailOf(core, unit, rule, core.time.lastTick);
    if (detail?.kind !== 'balance') return null;
    return numberOrNull(missing(detail.inflow.amount, detail.outflow.amount, rule.balance.percent));
  }
  if (rule.neighbours) return groupOf(core, unit, rule.neighbours, core.time.lastTick).length;
  return isWorkedOut(rule)
    ? numberOrNull(statisticNow(core.windows, unit.s + rule.offset, rule, core.time.lastTick))
    : newest;
}

/** What a rule that remembers knows beside its number. */
function memoryOf(core: Core, unit: Unit, rule: CompiledRule): Bilingual | null {
  const index = unit.s + rule.offset;
  const { samples, baseline, neighbours } = rule;
  const said: Bilingual[] = [];
  if (samples) said.push(samplesText({ ...samples, abnormal: abnormalOf(core.windows.bits.get(index) ?? 0) }));
  if (baseline) said.push(usualText(unit, rule, core.baselines.byIndex.get(index)));
  if (neighbours) {
    const detail = detailOf(core, unit, rule, core.time.lastTick);
    if (detail?.kind === 'neighbours' && detail.members.length > 0) said.push(neighboursText(rule, detail));
  }
  if (said.length === 0) return null;
  return { zh: said.map(({ zh }) => zh).join('；'), en: said.map(({ en }) => en).join('; ') };
}

function usualText(unit: Unit, rule: CompiledRule, usual: Baseline | undefined): Bilingual {
  if (!usual || isLearning(usual)) {
    return { zh: '学到的还太少，规则停用', en: 'too little is learned yet: the rule rests' };
  }
  const { unit: code } = unit.plan.measurements[rule.measurement]!;
  const text = (value: number) => quantityText(value, code);
  return {
    zh: `常值 ${text(usual.centre)}，离散度 ${text(usual.spread)}`,
    en: `usually ${text(usual.centre)}, spread ${text(usual.spread)}`,
  };
}

function windowOf(core: Core, unit: Unit, rule: CompiledRule): RuleState['window'] {
  if (rule.windowMs === 0 || rule.kind === 'absence') return null;
  const index = unit.s + rule.offset;
  const spanMs = rule.windowMs;
  const still = core.windows.still.get(index);
  if (still) return { spanMs, watchedMs: Math.max(0, core.time.lastTick - still.since), samples: 1 };
  const window = core.windows.sliding.get(index);
  if (!window || Number.isNaN(window.start)) return { spanMs, watchedMs: 0, samples: 0 };
  return { spanMs, watchedMs: Math.max(0, core.time.lastTick - window.start), samples: total(window).count };
}

/** Why the rule cannot be judged for this device. */
function restsBecause(unit: Unit, rule: CompiledRule): Bilingual | null {
  if (rule.perDevice === null) return null;
  const found = rule.perDevice(unit.device);
  if (!('missing' in found)) return null;
  return {
    zh: `规则停用：缺少 ${found.missing}，请在设备登记中补上`,
    en: `the rule rests: ${found.missing} is missing; register it with the device`,
  };
}

function limitOf(core: Core, unit: Unit, rule: CompiledRule, measurement: Measurement | undefined): RuleState['limit'] {
  if (rule.kind === 'absence' || rule.kind === 'stuck' || !rule.limitText) return null;
  const value = shown(core, unit, rule, limitFor(unit, rule));
  const back = shown(core, unit, rule, backFor(unit, rule));
  return { value, back, from: limitSource(unit, rule, measurement) };
}

/** What the limit follows from: `1.20 * Ps (kPa); Ps = 2.5 kPa`, or the figure of the catalogue. */
function limitSource({ device }: Unit, rule: CompiledRule, measurement: Measurement | undefined): Bilingual {
  const words = limitWords(rule, measurement);
  const text = rule.limitText;
  const used =
    text && 'expr' in text
      ? Object.entries(device.constants).filter(([name]) => new RegExp(`\\b${name}\\b`).test(text.expr))
      : [];
  const constants = used.map(([name, { value, unit }]) => `${name} = ${quantityText(value, unit)}`);
  const gas = rule.perDevice && text && 'value' in text && device.gas ? [device.gas] : [];
  const more = [...constants, ...gas].map((part) => `; ${part}`).join('');
  return { zh: words.zh + more, en: words.en + more };
}

/** What is left of the delay, or of the silence, that runs. */
function leftOf(core: Core, unit: Unit, rule: CompiledRule): number | null {
  const index = unit.s + rule.offset;
  const { evals, columns } = core.units;
  const was = evals.phases[index];
  const { now } = core.time;
  if (was === phase.pending || was === phase.returning) {
    return Math.max(0, evals.episodes.get(index)!.due - now);
  }
  if (was !== phase.normal) return null;
  if (rule.kind === 'absence') {
    const heard = columns.heard[unit.h + unit.plan.absences.indexOf(rule)]!;
    return Math.max(0, heard + rule.windowMs - now);
  }
  const still = rule.kind === 'stuck' ? core.windows.still.get(index) : undefined;
  return still ? Math.max(0, still.since + rule.windowMs - core.time.lastTick) : null;
}

/** Whether its time has come and its condition holds now; asking does not count as a problem. */
function conditionOf(core: Core, unit: Unit, rule: CompiledRule): RuleState['condition'] {
  const texts = [rule.duringText, rule.whenText].filter((text) => text !== null);
  if (texts.length === 0) return null;
  const text = { zh: texts.map(({ zh }) => zh).join('；'), en: texts.map(({ en }) => en).join('; ') };
  const at = core.time.lastTick;
  if (rule.during && !inSchedule(rule.during, momentAt(core, unit, at), core.parts.city.seasons ?? [])) {
    return { holds: false, text };
  }
  try {
    return {
      holds: rule.when === null || rule.when(conditionContext(core, unit, rule.unit === '' ? '1' : rule.unit, at)),
      text,
    };
  } catch {
    return { holds: null, text };
  }
}

function alarmOf(core: Core, unit: Unit, rule: CompiledRule): RuleState['alarm'] {
  const alarm = core.desk.byKey(episodeKey(unit.device.id, rule.key));
  if (!alarm) return null;
  const { id, active, acked, latched, raisedAt, supersededBy, overrides } = alarm;
  return { id, active, acked, latched, raisedAt, supersededBy, overrides };
}
