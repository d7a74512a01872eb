import type { Alarm, AlarmEvent } from '../../devices/contract/alarm.ts';
import type { OverrideAsk, PersonsOverride, Point, StandingOverride } from '../../devices/contract/overrides.ts';
import type { AlarmDesk } from './alarm-desk.ts';
import type { Overrides } from './overrides.ts';

/** The alarms, and what people have laid over them: changed together, so that rows always show what stands. */
export interface Aside {
  readonly desk: AlarmDesk;
  readonly overrides: Overrides;
}

const began = { shelved: 'shelved', 'out-of-service': 'out-of-service' } as const;
const over = { shelved: 'unshelved', 'out-of-service': 'in-service' } as const;

/** Lays an override over its point and every alarm there; `actor` is whose wish it was. */
export function putAside(aside: Aside, standing: StandingOverride, actor: string): readonly string[] {
  aside.overrides.put(standing);
  return show(aside, standing, began[standing.override.kind], standing.at, actor, wordsOf(standing.override));
}

/** Ends an override: its alarms show what is true now. `actor` is null when time or a return ended it. */
export function takeUp(
  aside: Aside,
  standing: StandingOverride,
  at: number,
  actor: string | null,
  note: string,
): readonly string[] {
  aside.overrides.lift(standing);
  return show(aside, standing, over[standing.override.kind], at, actor, note);
}

/** Ends what the passing of time ends; `now` is the journal's time, ms. */
export function endByTime(aside: Aside, now: number): void {
  for (const standing of aside.overrides.ended(now)) takeUp(aside, standing, now, null, '时间已到 / its time is over');
  for (const ask of aside.overrides.lapsed(now)) {
    aside.overrides.answered(ask.id);
    noteAsk(aside, ask, now, '无人二次确认，请求已失效 / nobody confirmed it: the request has lapsed');
  }
}

/** The alarm of this key returned: a shelf for one episode ends with it. */
export function endWithReturn(aside: Aside, point: Point, at: number): void {
  const standing = aside.overrides.at(point, 'shelved');
  if (standing?.override.kind !== 'shelved' || !standing.override.oneShot) return;
  takeUp(aside, standing, at, null, '告警恢复，单次搁置结束 / it returned: the one-shot shelf is over');
}

/** A line about an ask in the history of the alarms it speaks of. */
export function noteAsk(
  { desk }: Aside,
  ask: OverrideAsk,
  at: number,
  note: string,
  by: Parameters<AlarmDesk['note']>[3] = {},
): void {
  for (const { id } of alarmsAt(desk, ask)) desk.note(id, at, note, by);
}

/** Open alarms of the live lane at a point: what has ended before it was heard of is hidden from nobody. */
export function alarmsAt(desk: AlarmDesk, { device, rule }: Point): Alarm[] {
  return [...desk.open()].filter((a) => a.device === device && a.lane === 'live' && (rule === null || a.rule === rule));
}

function show(
  { desk, overrides }: Aside,
  point: Point,
  kind: AlarmEvent['kind'],
  at: number,
  actor: string | null,
  note: string,
): readonly string[] {
  const alarms = alarmsAt(desk, point);
  for (const alarm of alarms)
    desk.override(alarm.id, overrides.over(alarm.device, alarm.rule), { kind, at, actor, note });
  return alarms.map(({ id }) => id);
}

/** One line of history: for how long, why, and who was the second person. */
export function wordsOf(override: PersonsOverride): string {
  const second = override.confirmedBy ? ` · 二次确认 / confirmed by ${override.confirmedBy}` : '';
  const once = override.kind === 'shelved' && override.oneShot ? ' · 恢复即止 / until it returns' : '';
  const order = override.kind === 'out-of-service' ? `工单 / work order ${override.workOrder} · ` : '';
  const until = override.until === null ? '' : ` · 至 / until ${new Date(override.until).toISOString()}`;
  return `${order}${override.reason}${until}${once}${second}`;
}
