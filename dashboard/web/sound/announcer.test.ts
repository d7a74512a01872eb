import { describe, expect, it } from 'vitest';
import { anAlarm, aShelf } from '../alarms/test-alarm.ts';
import { MUTE_MS, muteNow, muteStands, tonePriority } from './announcer.ts';
import { tones } from './tones.ts';

describe('the sound of the desk', () => {
  it('is that of the highest alarm nobody has acknowledged', () => {
    expect(tonePriority([anAlarm({ priority: 'P3' }), anAlarm({ priority: 'P2' })], null, 0)).toBe('P2');
  });

  it.each([
    ['acknowledged', { acked: true }],
    ['shelved', { override: aShelf }],
    ['late and no longer holding', { needsVerdict: true }],
    ['taken over by a higher level', { supersededBy: 'x' }],
  ])('is silent for an alarm that is %s', (_, changes) => {
    expect(tonePriority([anAlarm(changes)], null, 0)).toBeNull();
  });

  it('goes on for one that returned and nobody acknowledged', () => {
    expect(tonePriority([anAlarm({ active: false })], null, 0)).toBe('P1');
  });

  it('tells priorities apart by pitch and by pace', () => {
    const paces = Object.values(tones).map((tone) => tone.everyS);
    expect([...paces].sort((a, b) => a - b)).toEqual(paces);
    expect(new Set(Object.values(tones).map((tone) => tone.beeps[0]?.hertz)).size).toBe(4);
  });
});

describe('a mute', () => {
  const known = anAlarm({ id: 'known', priority: 'P2' });
  it('covers the alarms that were there, for two minutes', () => {
    const mute = muteNow([known], 0);
    expect(tonePriority([known], mute, MUTE_MS - 1)).toBeNull();
    expect(tonePriority([known], mute, MUTE_MS)).toBe('P2');
  });

  it('lets a new lower alarm be heard', () => {
    expect(tonePriority([known, anAlarm({ priority: 'P3' })], muteNow([known], 0), 1)).toBe('P3');
  });

  it('is broken by a new P1', () => {
    const mute = muteNow([known], 0);
    expect(muteStands(mute, [known, anAlarm({ id: 'new' })], 1)).toBe(false);
    expect(tonePriority([known, anAlarm({ id: 'new' })], mute, 1)).toBe('P1');
  });

  it('is not broken by the P1 it was pressed for', () => {
    const first = anAlarm({ id: 'first' });
    expect(muteStands(muteNow([first], 0), [first], 1)).toBe(true);
  });
});
