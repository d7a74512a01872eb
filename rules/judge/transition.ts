import type { Lifecycle } from '../../devices/contract/alarm.ts';
import type { Refusal } from '../../devices/contract/command.ts';

/** The states of ANSI/ISA-18.2 on the process side, each one combination of active, acknowledged and latched. */
export type StateName = 'normal' | 'unack' | 'ack' | 'rtn-unack' | 'latched-unack' | 'latched-ack';

export const states: Readonly<Record<StateName, Lifecycle>> = {
  normal: { active: false, acked: true, latched: false },
  unack: { active: true, acked: false, latched: false },
  ack: { active: true, acked: true, latched: false },
  'rtn-unack': { active: false, acked: false, latched: false },
  'latched-unack': { active: false, acked: false, latched: true },
  'latched-ack': { active: false, acked: true, latched: true },
};

/** The state that three booleans spell. `latched` counts only after the return: while active there is nothing to reset. */
export function stateOf({ active, acked, latched }: Lifecycle): StateName {
  if (active) return acked ? 'ack' : 'unack';
  if (latched) return acked ? 'latched-ack' : 'latched-unack';
  return acked ? 'normal' : 'rtn-unack';
}

/** Facts from the field (`abnormal` after its on-delay, `returned` after deadband and off-delay), time, and people. */
export type LifecycleEvent = 'abnormal' | 'returned' | 'returned-latching' | 're-alarm' | 'acknowledge' | 'reset';

/**
 * ISA-18.2 as a table: from (row) by (column) to. A column missing from a row changes nothing there: a fact of the field
 * is absorbed, a person's request is refused.
 */
export const table: Readonly<Record<StateName, Partial<Record<LifecycleEvent, StateName>>>> = {
  normal: { abnormal: 'unack' },
  unack: { returned: 'rtn-unack', 'returned-latching': 'latched-unack', acknowledge: 'ack' },
  ack: { 're-alarm': 'unack', returned: 'normal', 'returned-latching': 'latched-ack' },
  'rtn-unack': { abnormal: 'unack', acknowledge: 'normal' },
  'latched-unack': { abnormal: 'unack', acknowledge: 'latched-ack' },
  // The standard leaves this row to us: an abnormality behind an acknowledged latch is news, so it sounds again.
  'latched-ack': { abnormal: 'unack', reset: 'normal' },
};

export type Outcome = { readonly to: Lifecycle } | { readonly absorbed: true } | { readonly refused: Refusal };

/** Moves an alarm along its life-cycle. Never reads a clock; overrides lie over it and are none of its business. */
export function transition(from: Lifecycle, event: LifecycleEvent): Outcome {
  const name = stateOf(from);
  const to = table[name][event];
  if (to) return { to: states[to] };
  if (event === 'acknowledge') return { refused: cannotAcknowledge(name) };
  if (event === 'reset') return { refused: cannotReset(name) };
  return { absorbed: true };
}

function cannotAcknowledge(name: StateName): Refusal {
  return name === 'normal'
    ? { code: 'alarm-closed', zh: '报警已关闭，无需确认', en: 'the alarm is closed: there is nothing to acknowledge' }
    : { code: 'already-acknowledged', zh: '该报警已经确认过', en: 'the alarm is acknowledged already' };
}

function cannotReset(name: StateName): Refusal {
  switch (name) {
    case 'unack':
    case 'ack':
      return {
        code: 'still-active',
        zh: '报警条件仍然存在，恢复正常后才能复位',
        en: 'the alarm is still active: it can be reset once it has returned to normal',
      };
    case 'latched-unack':
      return {
        code: 'not-acknowledged',
        zh: '请先确认该锁定报警，再复位',
        en: 'acknowledge the latched alarm first, then reset it',
      };
    default:
      return {
        code: 'not-latched',
        zh: '该报警没有锁定，无需复位',
        en: 'the alarm is not latched: there is nothing to reset',
      };
  }
}

/** Which buttons are live. Pages show these; they do not work them out again. */
export const alarmCan = {
  acknowledge: (alarm: Lifecycle): boolean => table[stateOf(alarm)].acknowledge !== undefined,
  reset: (alarm: Lifecycle): boolean => table[stateOf(alarm)].reset !== undefined,
};
