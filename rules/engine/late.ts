import type { Alarm } from '../../devices/contract/alarm.ts';
import type { StatusCode } from '../../devices/model/quality.ts';
import { type Verdict, verdict, verdictOf } from '../judge/compare.ts';
import { change, expire, phase, step } from '../judge/evaluate.ts';
import { alarmId, episodeKey } from '../judge/identity.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { departureLate } from './baselines.ts';
import { holds } from './condition.ts';
import { backFor, type Core, limitFor, touch } from './core.ts';
import { expressionLate } from './expression.ts';
import { type History, newHistory, QUIET_MS, type Raiser } from './history.ts';
import { alarmOf, judgeLive, raise, remind } from './live.ts';
import { remembered, statistic } from './statistics.ts';
import type { Unit } from './units.ts';

/** Judges one late value among its own kind: by its own reading time, in states that live readings never see. */
export function judgeLate(
  core: Core,
  unit: Unit,
  measurement: number,
  value: number,
  quality: StatusCode,
  at: number,
  now: number,
): void {
  const history = unit.history ?? begin(core, unit, measurement, at);
  history.touched = now;
  const before = history.last.get(measurement);
  if (before && at < before.at) {
    core.counts.lateOutOfOrder++;
    return;
  }
  history.last.set(measurement, { value, at, quality });
  for (const rule of unit.plan.byMeasurement[measurement]!) {
    const { evals, windows } = history;
    // Delays run out by the readings' own time: nobody was ticking then.
    follow(history, rule.offset, expire(evals, rule.offset, at), at, value, quality);
    const number = rule.baseline
      ? departureLate(core, unit, rule, at, value, quality)
      : statistic(windows, rule.offset, rule, at, value, quality);
    let found: Verdict = rule.expression
      ? expressionLate(core, unit, rule, at, history)
      : verdictOf(rule.op, number, limitFor(unit, rule), backFor(unit, rule), quality);
    if (!rule.plain) found = remembered(windows, rule.offset, rule, found);
    if (found !== verdict.abnormal && evals.phases[rule.offset] === phase.normal) continue;
    if (found === verdict.abnormal && rule.conditional && !holds(core, unit, rule, at)) found = verdict.held;
    follow(history, rule.offset, step(evals, rule.offset, rule, found, at, at), at, number, quality);
  }
}

/**
 * Starts a backlog. One that goes on where the live readings stopped starts in their states, so that an episode which was
 * already open goes on instead of beginning again.
 */
function begin(core: Core, unit: Unit, measurement: number, at: number): History {
  const history = newHistory(unit.plan.rules.length);
  const newest = core.units.columns.times[unit.m + measurement]!;
  if (at > newest) {
    for (const { offset, kind } of unit.plan.rules) {
      const episode = core.units.evals.episodes.get(unit.s + offset);
      if (!episode || kind === 'absence' || kind === 'neighbours' || kind === 'balance') continue;
      history.evals.phases[offset] = core.units.evals.phases[unit.s + offset]!;
      history.evals.episodes.set(offset, { ...episode, due: Number.POSITIVE_INFINITY });
      history.raisers.set(offset, { since: episode.since, value: Number.NaN, quality: 0 });
    }
  }
  unit.history = history;
  core.draining.add(unit);
  return history;
}

function follow(history: History, offset: number, what: number, at: number, value: number, quality: StatusCode): void {
  if (what === change.raised) {
    history.raisers.set(offset, { since: history.evals.episodes.get(offset)!.since, value, quality });
  } else if (what === change.returned) {
    const raiser = history.raisers.get(offset);
    history.raisers.delete(offset);
    if (raiser) history.ended.push({ ...raiser, offset, until: at });
  }
}

/** Settles every backlog that has been quiet for two seconds of engine time. */
export function settleQuiet(core: Core): void {
  for (const unit of core.draining) {
    if (core.time.now - unit.history!.touched >= QUIET_MS) settle(core, unit, unit.history!);
  }
}

/** The backlog is over: what still holds and nothing newer contradicts rings; what ended is for a person to judge, or is counted. */
export function settle(core: Core, unit: Unit, history: History): void {
  const { lastTick: wall, now } = core.time;
  unit.history = null;
  core.draining.delete(unit);
  touch(core, unit);
  for (const { offset } of unit.plan.rules) backAgain(history, offset);
  for (const [offset, raiser] of history.raisers) {
    const rule = unit.plan.rules[offset]!;
    const last = history.last.get(rule.measurement);
    const newest = core.units.columns.times[unit.m + rule.measurement]!;
    if (last && !(newest > last.at)) stillHolds(core, unit, rule, raiser, history, wall, now);
    // Live readings have moved past it and are judged by themselves: here it is over, unless they are abnormal too.
    else if (core.units.evals.phases[unit.s + offset] !== phase.normal) core.counts.lateEpisodes++;
    else history.ended.push({ ...raiser, offset, until: last?.at ?? newest });
  }
  for (const ended of history.ended) {
    if (behindAnother(unit, history, ended)) core.counts.lateEpisodes++;
    else episodeEnded(core, unit, unit.plan.rules[ended.offset]!, ended, wall);
  }
  for (const rule of unit.plan.rules) stillWaits(core, unit, rule, history, now);
  handOver(core, unit, history, wall, now);
}

/** True for a level that a higher one of its ladder stood above at the same time: one matter, one verdict. */
function behindAnother(unit: Unit, history: History, episode: History['ended'][0]): boolean {
  const own = unit.plan.rules[episode.offset]!;
  return history.ended.some((other) => {
    const rule = unit.plan.rules[other.offset]!;
    const above = rule.ladder !== null && rule.ladder === own.ladder && rule.priority < own.priority;
    return above && other.since <= episode.until && episode.since <= other.until;
  });
}

/** What was back to normal when the backlog ended is over, whether or not its off-delay had run out. */
function backAgain(history: History, offset: number): void {
  const raiser = history.raisers.get(offset);
  if (!raiser || history.evals.phases[offset] !== phase.returning) return;
  history.raisers.delete(offset);
  history.ended.push({ ...raiser, offset, until: history.evals.episodes.get(offset)!.turned });
}

/** An on-delay that had begun in the backlog runs on, from its true beginning. */
function stillWaits(core: Core, unit: Unit, rule: CompiledRule, history: History, now: number): void {
  const episode = history.evals.episodes.get(rule.offset);
  const last = history.last.get(rule.measurement);
  const index = unit.s + rule.offset;
  if (!episode || !last || history.evals.phases[rule.offset] !== phase.pending) return;
  if (core.units.columns.times[unit.m + rule.measurement]! > last.at || core.units.evals.phases[index] !== phase.normal)
    return;
  core.units.evals.phases[index] = phase.pending;
  const left = Math.max(0, rule.onDelayMs - (last.at - episode.since));
  core.units.evals.episodes.set(index, { since: episode.since, turned: 0, due: now + left });
  remind(core, unit, rule, now);
}

/** An episode of the backlog that nothing newer contradicts: it becomes the live one, under its true identity, and rings. */
function stillHolds(
  core: Core,
  unit: Unit,
  rule: CompiledRule,
  raiser: Raiser,
  history: History,
  wall: number,
  now: number,
): void {
  const { evals } = core.units;
  const index = unit.s + rule.offset;
  const episode = history.evals.episodes.get(rule.offset);
  const last = history.last.get(rule.measurement)!;
  if (!episode || (evals.phases[index] !== phase.normal && evals.phases[index] !== phase.held)) return;
  evals.phases[index] = phase.active;
  evals.episodes.set(index, { since: episode.since, turned: 0, due: Number.POSITIVE_INFINITY });
  remind(core, unit, rule, now);
  raise(core, unit, rule, episode.since, raiser.value, raiser.quality, last.at, wall, null);
}

/** What the backlog said last is what is known now, wherever no newer live reading exists. */
function handOver(core: Core, unit: Unit, history: History, wall: number, now: number): void {
  const { columns } = core.units;
  for (const [measurement, { value, at, quality }] of history.last) {
    const m = unit.m + measurement;
    if (columns.times[m]! >= at) continue;
    columns.values[m] = value;
    columns.times[m] = at;
    columns.qualities[m] = quality;
    if (!(unit.newestAt >= at)) unit.newestAt = at;
    judgeLive(core, unit, measurement, value, quality, at, wall, now, null);
  }
}

/** An episode that began and ended in the past: urgent ones want a person's verdict, silently; others are counted. */
function episodeEnded(core: Core, unit: Unit, rule: CompiledRule, episode: History['ended'][0], wall: number): void {
  if (core.silent || rule.silent) return;
  if (Number.isNaN(episode.value) || covered(core, unit, rule, episode.since)) return;
  if (rule.priority > 'P2') {
    core.counts.lateEpisodes++;
    return;
  }
  const alarm = alarmOf(core, unit, rule, episode.since, episode.value, episode.quality, episode.until, wall, null);
  addEnded(core, alarm, episode.since, episode.until, wall);
}

/** An episode that is over before the platform hears of it: a row that is silent and waits for a person's verdict. */
export function addEnded(core: Core, alarm: Alarm, since: number, until: number, wall: number): void {
  core.desk.addHistory(
    {
      ...alarm,
      id: alarmId(alarm.device, alarm.rule, since),
      active: false,
      lane: 'history',
      needsVerdict: true,
      returnedAt: until,
      explanation: {
        zh: `补传数据：${alarm.explanation.zh}，现已恢复，待研判`,
        en: `from late data: ${alarm.explanation.en}; no longer holds, wants a verdict`,
      },
    },
    wall,
  );
}

/** True when the live lane knew the episode: its row is open and spans the time, or its last one that returned does. */
export function covered(core: Core, unit: Unit, rule: CompiledRule, since: number): boolean {
  const last = core.lastEpisodes.get(`${unit.device.id} ${rule.key}`);
  if (last && last.since <= since && since <= last.until) return true;
  const open = core.desk.byKey(episodeKey(unit.device.id, rule.key));
  return open !== undefined && open.since <= since && (open.active || (open.lastAt ?? 0) >= since);
}
