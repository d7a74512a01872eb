import type { Alarm, AlarmEvent } from '../../devices/contract/alarm.ts';
import { MOST_ALARMS, type TriedAlarm } from '../../devices/contract/backtest.ts';
import type { AlarmDesk, DeskChanges } from '../engine/alarm-desk.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Listens at a desk and keeps every time the rule rang. */
export interface Recorder {
  /** Takes what changed at the desk since the last time; `taken` was taken from it already. */
  listen(taken?: Pick<DeskChanges, 'alarms' | 'events'>): void;
  /** In the order in which they were raised. */
  readonly alarms: readonly TriedAlarm[];
  /** Alarms that were raised before the period and stood at its beginning. */
  stoodBefore(): number;
  /** True once there are too many to go on. */
  readonly isFull: boolean;
}

/**
 * Stands in for people who acknowledge, and reset a latch, at once: so each return closes the alarm and each abnormality
 * after it is one more ring of the bell, as EEMUA 191 counts them. Nothing raised before `from` is kept: those readings
 * only fill windows and delays.
 */
export function recorder(
  desk: Pick<AlarmDesk, 'take' | 'acknowledge' | 'reset'>,
  { key, from, only }: { readonly key: string; readonly from: number; readonly only: ReadonlySet<string> | null },
): Recorder {
  const alarms: Writable<TriedAlarm>[] = [];
  const standing = new Map<string, Writable<TriedAlarm>>();
  let early = 0;
  let earlyBack = 0;
  const raised = ({ id, device, since, value, override }: Alarm, at: number): void => {
    const hidden = override?.kind === 'suppressed' ? 'by-design' : null;
    const tried: Writable<TriedAlarm> = { device, since, raisedAt: at, returnedAt: null, value, hidden };
    standing.set(id, tried);
    if (at >= from) alarms.push(tried);
    else early++;
    desk.acknowledge(id, '', at, null);
  };
  const returned = ({ id, latched }: Alarm, at: number): void => {
    const tried = standing.get(id);
    if (tried) tried.returnedAt = at;
    if (tried && tried.raisedAt < from && at < from) earlyBack++;
    standing.delete(id);
    if (latched) desk.reset(id, '', at, null);
  };
  const take = (event: AlarmEvent, alarm: Alarm | undefined): void => {
    if (!alarm || alarm.rule !== key || (only && !only.has(alarm.device))) return;
    if (event.kind === 'raised' || event.kind === 'reraised') raised(alarm, event.at);
    else if (event.kind === 'returned') returned(alarm, event.at);
  };
  return {
    listen(taken) {
      for (let changes: typeof taken | null = taken ?? desk.take(); changes; changes = desk.take()) {
        const rows = new Map(changes.alarms.map((alarm) => [alarm.id, alarm]));
        for (const event of changes.events) take(event, rows.get(event.alarm));
      }
    },
    alarms,
    stoodBefore: () => early - earlyBack,
    get isFull() {
      return alarms.length >= MOST_ALARMS;
    },
  };
}
