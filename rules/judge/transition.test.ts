import { describe, expect, it } from 'vitest';
import { isOpen } from '../../devices/contract/alarm.ts';
import { alarmCan, type LifecycleEvent, type StateName, stateOf, states, table, transition } from './transition.ts';

/** The ISA-18.2 table as the domain states it, cell by cell; everything not named changes nothing. */
const domainTable: [StateName, LifecycleEvent, StateName][] = [
  ['normal', 'abnormal', 'unack'],
  ['unack', 'returned', 'rtn-unack'],
  ['unack', 'returned-latching', 'latched-unack'],
  ['unack', 'acknowledge', 'ack'],
  ['ack', 're-alarm', 'unack'],
  ['ack', 'returned', 'normal'],
  ['ack', 'returned-latching', 'latched-ack'],
  ['rtn-unack', 'abnormal', 'unack'],
  ['rtn-unack', 'acknowledge', 'normal'],
  ['latched-unack', 'abnormal', 'unack'],
  ['latched-unack', 'acknowledge', 'latched-ack'],
  ['latched-ack', 'abnormal', 'unack'],
  ['latched-ack', 'reset', 'normal'],
];
const events: LifecycleEvent[] = ['abnormal', 'returned', 'returned-latching', 're-alarm', 'acknowledge', 'reset'];
const names = Object.keys(states) as StateName[];

describe('the life-cycle of an alarm (ISA-18.2)', () => {
  it.each(domainTable)('%s, %s: becomes %s', (from, event, to) => {
    expect(transition(states[from], event)).toEqual({ to: states[to] });
  });

  it('has no transition that the standard does not name', () => {
    const ours = names.flatMap((from) => Object.entries(table[from]).map(([event, to]) => [from, event, to]));
    expect(ours).toHaveLength(domainTable.length);
  });

  it.each(names.flatMap((from) => events.map((event) => [from, event] as const)))(
    '%s takes %s as its table says: fields are absorbed, people are answered',
    (from, event) => {
      const named = domainTable.some(([f, e]) => f === from && e === event);
      const outcome = transition(states[from], event);
      const person = event === 'acknowledge' || event === 'reset';
      expect(Object.keys(outcome)).toEqual([named ? 'to' : person ? 'refused' : 'absorbed']);
    },
  );

  it('spells every state by three booleans, and back', () => {
    for (const name of names) expect(stateOf(states[name])).toBe(name);
  });

  it('leaves the duty desk only when it is normal', () => {
    expect(names.filter((name) => !isOpen(states[name]))).toEqual(['normal']);
  });
});

describe('a request that cannot be met', () => {
  it.each([
    ['ack', 'acknowledge', 'already-acknowledged'],
    ['latched-ack', 'acknowledge', 'already-acknowledged'],
    ['normal', 'acknowledge', 'alarm-closed'],
    ['unack', 'reset', 'still-active'],
    ['ack', 'reset', 'still-active'],
    ['latched-unack', 'reset', 'not-acknowledged'],
    ['rtn-unack', 'reset', 'not-latched'],
  ] as const)('%s, %s: is refused as %s, in both languages', (from, event, code) => {
    const outcome = transition(states[from], event);
    if (!('refused' in outcome)) throw new Error('was not refused');
    expect(outcome.refused.code).toBe(code);
    expect(outcome.refused.zh).toMatch(/[\u4e00-\u9fff]/);
    expect(outcome.refused.en).not.toBe('');
  });

  it('is a button that is not live', () => {
    for (const name of names) {
      expect(alarmCan.acknowledge(states[name])).toBe('to' in transition(states[name], 'acknowledge'));
      expect(alarmCan.reset(states[name])).toBe('to' in transition(states[name], 'reset'));
    }
  });
});
