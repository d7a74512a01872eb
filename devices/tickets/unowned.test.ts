import { describe, expect, it } from 'vitest';
import type { Alarm } from '../contract/alarm.ts';
import { dueOf, NEVER } from './ticket-line.ts';
import { isUnowned, ticketsByAlarm, unownedOf } from './unowned.ts';

type Looked = Parameters<typeof isUnowned>[0] & Pick<Alarm, 'priority'>;
const alarm = (over: Partial<Looked> = {}): Looked => ({
  id: 'a',
  priority: 'P1',
  acked: false,
  override: null,
  supersededBy: null,
  needsVerdict: false,
  lane: 'live',
  ...over,
});
const lin = { id: 'lin', name: 'Lin', role: 'handler' } as const;

describe('an alarm that nobody owns', () => {
  it.each([
    ['rings, and has no ticket', {}, undefined, true],
    ['has a ticket that nobody accepted', {}, { owner: null }, true],
    ['has a ticket that somebody accepted', {}, { owner: lin }, false],
    ['was acknowledged', { acked: true }, undefined, false],
    ['is stood for by a higher level', { supersededBy: 'b' }, undefined, false],
    ['is known from old data alone', { lane: 'history' as const }, undefined, false],
    ['waits for a verdict', { needsVerdict: true }, undefined, false],
  ])('%s', (_, over, ticket, unowned) => expect(isUnowned(alarm(over), ticket)).toBe(unowned));

  it('is counted, with the gravest of them', () => {
    const tickets = ticketsByAlarm([{ alarms: ['b', 'c'], owner: lin }]);
    const alarms = [alarm({ id: 'a', priority: 'P3' }), alarm({ id: 'b' }), alarm({ id: 'd', priority: 'P2' })];
    expect(unownedOf(alarms, tickets)).toEqual({ count: 2, worst: 'P2' });
    expect(unownedOf([], tickets)).toEqual({ count: 0, worst: null });
  });
});

describe('the next deadline of a ticket', () => {
  const clock = (due: number, over = {}) => ({
    ...{ kind: 'arrive' as const, runs: 'continuous' as const, safety: true, startedAt: 0, due, warnAt: 0 },
    ...{ metAt: null, warned: false, overdue: false, ...over },
  });
  const open = { suspended: null, closedAt: null };
  const suspended = { since: 1, until: 9, reason: '等配件', by: lin };
  it.each([
    ['is the earliest that is not met', { ...open, clocks: [clock(7), clock(5), clock(3, { metAt: 2 })] }, 5],
    [
      'is a safety clock’s while it is suspended',
      { ...open, suspended, clocks: [clock(7), clock(5, { safety: false })] },
      7,
    ],
    ['is none where all are met', { ...open, clocks: [clock(3, { metAt: 2 })] }, NEVER],
    ['is none once it is closed', { ...open, closedAt: 4, clocks: [clock(3)] }, NEVER],
  ])('%s', (_, ticket, due) => expect(dueOf(ticket)).toBe(due));
});
