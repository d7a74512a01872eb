import { describe, expect, it } from 'vitest';
import type { TelemetryEntry } from '../../../devices/contract/entry.ts';
import { picture } from './picture.ts';

const at = (clock: string) => Date.parse(`2026-11-22T${clock}Z`);
const report = (
  clock: string,
  values: TelemetryEntry['values'],
  more: Partial<TelemetryEntry> = {},
): TelemetryEntry => ({
  kind: 'telemetry',
  device: 'ga-1',
  at: at(clock),
  received: at(clock),
  source: 'mqtt',
  values,
  ...more,
});
const view = () =>
  picture(
    () => 60_000,
    () => ['ga-1', 'ga-2'],
  );
const tick = (clock: string) => ({ kind: 'tick', at: at(clock) }) as const;

describe('the live picture', () => {
  it('keeps the newest value, whatever order readings come in', () => {
    const live = view();
    live.take(report('08:00:10', { 'alarm.ch4': 3 }));
    live.take(report('07:10:00', { 'alarm.ch4': 45 }, { historical: true, received: at('08:00:11') }));
    expect(live.device('ga-1').values['alarm.ch4']?.[0]).toBe(3);
  });

  it('never lets a reading from the future pass for news', () => {
    const live = view();
    live.take(report('09:00:00', { 'alarm.ch4': 1 }, { received: at('08:00:00') }));
    live.take(report('08:00:05', { 'alarm.ch4': 2 }));
    expect(live.device('ga-1').values['alarm.ch4']?.[0]).toBe(2);
  });

  it('calls a device stale by the journal’s ticks, also one that was never heard', () => {
    const live = view();
    live.take(report('08:00:00', { 'alarm.ch4': 1 }));
    live.take(tick('08:00:30'));
    expect(live.device('ga-1').stale).toBe(false);
    expect(live.device('ga-2').stale).toBe(true);
    live.take(tick('08:01:01'));
    expect(live.device('ga-1').stale).toBe(true);
  });

  it('does not take what the platform derived for a sign of life', () => {
    const live = view();
    live.take(report('08:00:00', { 'alarm.ageYears': 2 }, { source: 'derived' }));
    expect(live.device('ga-1').lastAt).toBeNull();
  });

  it('hands out each change once, with only the values that changed', () => {
    const live = view();
    live.take(report('08:00:00', { 'alarm.ch4': 1, 'alarm.battery': 90 }));
    live.changes();
    live.take(report('08:00:10', { 'alarm.ch4': 2 }));
    expect(live.changes()).toEqual([
      { id: 'ga-1', lastAt: at('08:00:10'), stale: false, values: { 'alarm.ch4': [2, at('08:00:10'), 0] } },
    ]);
    expect(live.changes()).toEqual([]);
  });

  it('comes back from what was saved with every value at its true age', () => {
    const before = view();
    before.take(report('08:00:00', { 'alarm.ch4': 1 }));
    const after = view();
    for (const { device, body } of before.dirty()) after.restore(device, body);
    expect(after.all()).toEqual(before.all());
  });
});
