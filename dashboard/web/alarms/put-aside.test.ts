import { describe, expect, it } from 'vitest';
import { alarmPolicySchema } from '../../../devices/contract/city.ts';
import type { OverrideAsk } from '../../../devices/contract/overrides.ts';
import { needsSecond, shelfSpans, whyNotConfirm, whyNotShelve } from './put-aside.ts';
import { anAlarm, aShelf } from './test-alarm.ts';

const policy = alarmPolicySchema.parse({});

describe('the durations of a shelf', () => {
  it.each([
    ['P1', [15, 30, 60]],
    ['P2', [15, 30, 60, 120, 240, 480]],
    ['P4', [240, 480, 1440, 4320, 10_080]],
  ] as const)('of a %s end with the longest that the city allows', (priority, spans) => {
    const offered = shelfSpans(policy, priority);
    expect(offered).toEqual(expect.arrayContaining([...spans]));
    expect(offered.at(-1)).toBe(policy.longestShelfMinutes[priority]);
  });
});

describe('a second person', () => {
  it.each([
    ['P1', 'gas', true],
    ['P1', 'fire', true],
    ['P1', 'water', false],
    ['P1', null, false],
    ['P2', 'gas', false],
  ] as const)('for %s of %s is needed: %s', (priority, hazard, needed) => {
    expect(needsSecond(policy, { priority, hazard })).toBe(needed);
  });

  const ask = { by: { id: 'mira', name: 'Mira', role: 'duty' } } as OverrideAsk;
  it.each([
    ['who asked', { name: 'mira', role: 'duty' }, 'confirm.own'],
    ['of the same role', { name: 'noor', role: 'duty' }, 'confirm.sameRole'],
    ['who may only look', { name: 'eye', role: 'viewer' }, 'act.viewer'],
    ['of another role', { name: 'lin', role: 'supervisor' }, null],
  ])('%s: %o is told %s', (_, me, why) => {
    expect(whyNotConfirm(ask, me)).toBe(why);
  });
});

describe('the button to shelve', () => {
  it.each([
    ['an open alarm', {}, null],
    ['a closed one', { closedAt: 5 }, 'ack.closed'],
    ['one of late data', { lane: 'history' as const }, 'shelve.past'],
    ['one that is shelved', { overrides: [aShelf], override: aShelf }, 'shelve.already'],
  ])('of %s says %s', (_, changes, why) => {
    expect(whyNotShelve(anAlarm(changes), 'duty', false)).toBe(why);
  });

  it('is not for viewers, nor while the stream is silent', () => {
    expect(whyNotShelve(anAlarm(), 'viewer', false)).toBe('act.viewer');
    expect(whyNotShelve(anAlarm(), 'duty', true)).toBe('ack.silent');
  });
});
