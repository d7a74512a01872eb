import { describe, expect, it } from 'vitest';
import { byUrgency, countsByPriority, isUnder, listed, tabs, worstUnacked } from './order.ts';
import { anAlarm, aShelf } from './test-alarm.ts';

const held = (...alarms: ReturnType<typeof anAlarm>[]) => new Map(alarms.map((alarm) => [alarm.id, alarm]));

describe('the alarm table', () => {
  it('puts what nobody has acknowledged first, then the priority, then the newest', () => {
    const rows = [
      anAlarm({ id: 'acked P1', acked: true }),
      anAlarm({ id: 'old P2', priority: 'P2', raisedAt: 1 }),
      anAlarm({ id: 'new P2', priority: 'P2', raisedAt: 9 }),
      anAlarm({ id: 'P4', priority: 'P4', raisedAt: 10 }),
      anAlarm({ id: 'P1', raisedAt: 2 }),
    ];
    expect(rows.sort(byUrgency).map((alarm) => alarm.id)).toEqual(['P1', 'new P2', 'old P2', 'P4', 'acked P1']);
  });

  it('puts what is real before what is played, whatever its priority, and does not count what is played', () => {
    const rows = [
      anAlarm({ id: 'drill', drill: 'D1', raisedAt: 9 }),
      anAlarm({ id: 'real P3', priority: 'P3' }),
      anAlarm({ id: 'real P1', raisedAt: 1 }),
    ].sort(byUrgency);
    expect(rows.map(({ id }) => id)).toEqual(['real P1', 'real P3', 'drill']);
    expect(worstUnacked(rows)?.id).toBe('real P1');
    expect(countsByPriority(rows)).toEqual({ P1: 1, P2: 0, P3: 1, P4: 0 });
  });

  it('shows one row for levels of one measurement: the higher', () => {
    const lower = anAlarm({ id: 'lower', priority: 'P2', supersededBy: 'higher' });
    const higher = anAlarm({ id: 'higher' });
    expect(listed(held(lower, higher)).map((alarm) => alarm.id)).toEqual(['higher']);
  });

  it('shows the lower again when the higher is no longer open', () => {
    const lower = anAlarm({ id: 'lower', priority: 'P2', supersededBy: 'higher' });
    expect(listed(held(lower)).map((alarm) => alarm.id)).toEqual(['lower']);
    const over = anAlarm({ id: 'higher', active: false, acked: true });
    expect(listed(held(lower, over)).map((alarm) => alarm.id)).toEqual(['lower']);
  });

  it('keeps late alarms that want a verdict', () => {
    const late = anAlarm({ active: false, acked: true, needsVerdict: true, lane: 'history' });
    expect(listed(held(late))).toHaveLength(1);
  });

  it.each([
    ['unacknowledged', {}, ['all', 'unacked']],
    ['acknowledged and active', { acked: true }, ['all', 'handling']],
    ['returned, unacknowledged', { active: false }, ['all', 'returned']],
    ['returned, latched, acknowledged', { active: false, acked: true, latched: true }, ['all', 'handling']],
    ['shelved', { override: aShelf }, ['aside']],
  ])('files an alarm that is %s', (_, changes, under) => {
    expect(tabs.filter((tab) => isUnder(tab, anAlarm(changes)))).toEqual(under);
  });
});

describe('the banner', () => {
  it('names the most urgent alarm that nobody has acknowledged', () => {
    const rows = [
      anAlarm({ id: 'done', acked: true }),
      anAlarm({ id: 'P3', priority: 'P3' }),
      anAlarm({ id: 'P2', priority: 'P2' }),
    ];
    expect(worstUnacked(rows)?.id).toBe('P2');
    expect(worstUnacked([anAlarm({ acked: true })])).toBeNull();
  });

  it('counts open alarms per priority, without those put aside', () => {
    const rows = [
      anAlarm(),
      anAlarm({ acked: true }),
      anAlarm({ priority: 'P4' }),
      anAlarm({ override: { kind: 'suppressed', rule: 'gateway-down', because: 'gw' } }),
    ];
    expect(countsByPriority(rows)).toEqual({ P1: 2, P2: 0, P3: 0, P4: 1 });
  });
});
