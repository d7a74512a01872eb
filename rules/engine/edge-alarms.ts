import type { EdgeAlarmEntry, Value } from '../../devices/contract/entry.ts';
import { GOOD } from '../../devices/model/quality.ts';
import { sentUnit } from '../../devices/model/sent-unit.ts';
import { conversion } from '../../devices/model/units.ts';
import { phase } from '../judge/evaluate.ts';
import { episodeKey } from '../judge/identity.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { type Core, encode, touch } from './core.ts';
import { addEnded, covered } from './late.ts';
import { alarmOf, raise, remind } from './live.ts';
import type { Unit } from './units.ts';

/**
 * An alarm that a gateway raised while it was alone. It comes before the readings that made it, and under the identity they will
 * give it: one that holds rings here at once and is the live episode from then on; one that has ended waits for a verdict, as
 * late data would. Where the platform knew the episode already, its history says that the gateway rang too.
 */
export function takeEdgeAlarm(core: Core, entry: EdgeAlarmEntry): void {
  const unit = core.units.get(entry.device);
  const rule = unit?.plan.byKey.get(entry.rule);
  if (!unit || !rule) {
    core.counts.unknownEdgeAlarms++;
    return;
  }
  // A snapshot holds it already: this is the past, judged again.
  if (unit.heldTo >= core.position) return;
  const at = core.time.lastTick;
  const value = judgedValue(core, unit, rule, entry.value);
  const known = core.desk.byId(entry.alarm) ?? standingOver(core, entry);
  // Judged again after a restart, the desk holds what came of it: where that is active, so is the episode.
  const news = core.silent ? known?.active === true : !known && !covered(core, unit, rule, entry.since);
  if (news && entry.returnedAt === null) ringsHere(core, unit, rule, entry, value, at);
  else if (news && !core.silent) {
    const until = entry.returnedAt ?? entry.since;
    addEnded(core, alarmOf(core, unit, rule, entry.since, value, GOOD, until, at, null), entry.since, until, at);
  }
  if (core.silent || core.edgeNoted.has(entry.alarm)) return;
  const told = core.desk.byId(entry.alarm) ?? known;
  if (!told) return;
  core.desk.note(told.id, at, words(entry));
  if (core.edgeNoted.size >= NOTED_MOST) core.edgeNoted.clear();
  core.edgeNoted.add(entry.alarm);
}

/** Alarms remembered as noted: a gateway that is cut off again tells what it told before. */
const NOTED_MOST = 10_000;

/** The open row of its device and rule, where that spans the episode. */
function standingOver(core: Core, { device, rule, since }: EdgeAlarmEntry) {
  const open = core.desk.byKey(episodeKey(device, rule));
  return open && open.since <= since && open.active ? open : undefined;
}

/** It becomes the live episode: the next reading that is normal ends it. */
function ringsHere(
  core: Core,
  unit: Unit,
  rule: CompiledRule,
  { since }: EdgeAlarmEntry,
  value: number,
  at: number,
): void {
  const { evals } = core.units;
  const index = unit.s + rule.offset;
  evals.phases[index] = phase.active;
  evals.episodes.set(index, { since, turned: 0, due: Number.POSITIVE_INFINITY });
  touch(core, unit);
  remind(core, unit, rule, core.time.now);
  raise(core, unit, rule, since, value, GOOD, since, at, null);
}

/** The value as rules judge it: in the canonical unit, words and flags by their numbers. */
function judgedValue(core: Core, unit: Unit, rule: CompiledRule, value: Value): number {
  const number = encode(core, value);
  const measurement = unit.plan.measurements[rule.measurement];
  if (typeof value !== 'number' || !measurement) return number;
  const way = conversion(sentUnit(unit.device, rule.measurementName, measurement), measurement.unit, unit.device.gas);
  return 'refused' in way ? number : way.convert(number);
}

/** One line of the alarm's history; times as a reader of either language understands them. */
function words({ gateway, raisedAt, toldAt }: EdgeAlarmEntry): string {
  const clock = (at: number) => new Date(at).toISOString();
  const told = toldAt === null ? '现场无人可通知 / nobody could be told there' : `已通知 / told ${clock(toldAt)}`;
  return `网关 ${gateway} 断网期间就地报警 / rang at gateway ${gateway} while it was alone, ${clock(raisedAt)}; ${told}`;
}
