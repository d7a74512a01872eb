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
const devices = ['ga-1', 'ga-2'];
const view = () => picture(() => 60_000, { has: (id) => devices.includes(id), ids: () => devices });
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
    for (const { device, body } of before.takeUnsaved(100)) after.restore(device, body as string);
    expect(after.states(devices)).toEqual(before.states(devices));
    after.take(tick('08:01:01'));
    expect(after.device('ga-1').stale).toBe(true);
  });

  it('forgets a removed device for good, and one that is not registered is never shown', () => {
    const live = view();
    live.take(report('08:00:00', { 'alarm.ch4': 1 }));
    live.takeUnsaved(100);
    live.forget('ga-1');
    expect(live.device('ga-1').lastAt).toBeNull();
    expect(live.takeUnsaved(100)).toEqual([{ device: 'ga-1', body: null }]);
    live.take(report('08:00:00', { 'alarm.ch4': 1 }, { device: 'ga-9' }));
    expect(live.changes()).toEqual([]);
    expect(live.ids()).toEqual(devices);
    expect(live.states(['ga-9', 'ga-2']).map(({ id }) => id)).toEqual(['ga-2']);
  });

  it('shows a newly registered device as never heard', () => {
    const live = view();
    live.registered('ga-2');
    expect(live.changes()).toEqual([{ id: 'ga-2', lastAt: null, stale: true, values: {} }]);
  });

  it('keeps a device due for saving when saving failed', () => {
    const live = view();
    live.take(report('08:00:00', { 'alarm.ch4': 1 }));
    live.putBack(live.takeUnsaved(1));
    expect(live.unsaved).toBe(1);
  });

  it('asks again when the platform’s clock was set back', () => {
    const live = view();
    live.take(tick('09:00:00'));
    live.take(report('08:00:00', { 'alarm.ch4': 1 }));
    expect(live.device('ga-1').stale).toBe(true);
    live.take(tick('08:00:30'));
    expect(live.device('ga-1').stale).toBe(false);
    live.take(tick('08:01:01'));
    expect(live.device('ga-1').stale).toBe(true);
  });

  it('cuts what a device says of itself to what can be shown', () => {
    const live = view();
    const attributes = (values: Record<string, unknown>) =>
      live.take({ kind: 'attributes', device: 'ga-1', received: at('08:00:00'), values });
    attributes({ firmware: '1.4.2', notes: 'x'.repeat(5000) });
    expect(live.device('ga-1').attributes.firmware).toBe('1.4.2');
    expect(live.device('ga-1').attributes.notes).toMatch(/^x{1000}… \(5000\)$/);
    attributes(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`n${i}`, i])));
    expect(Object.keys(live.device('ga-1').attributes)).toHaveLength(64);
    expect(live.device('ga-1').attributes.n199).toBe(199);
  });
});
