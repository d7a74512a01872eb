import { describe, expect, it } from 'vitest';
import { engineBench, kitchen, momentOf } from './engine-bench.ts';

const rule = 'G05-14.com-l2';
const gateway = { id: 'g1', name: '北区网关', lon: 112.5, lat: 26.8, demo: false };
const bench = () =>
  engineBench({ devices: [kitchen('k1', { gateway: 'g1' }), kitchen('k2', { gateway: 'g1' })], gateways: [gateway] });
const edge = (since: string, returnedAt: string | null = null) => ({
  device: 'k1',
  rule,
  since: momentOf(since),
  raisedAt: momentOf(since) + 50,
  returnedAt: returnedAt === null ? null : momentOf(returnedAt),
  value: 45,
  toldAt: momentOf(since) + 300,
});
/** Of this rule alone: silences and gateways that are down are another matter. */
const rows = (b: ReturnType<typeof bench>) => b.alarms().filter((alarm) => alarm.rule === rule);
const glances = (b: ReturnType<typeof bench>) => b.shows.filter((text) => text.startsWith(rule));
const told = (b: ReturnType<typeof bench>) => b.told().filter((text) => text.endsWith(rule));
const notes = (b: ReturnType<typeof bench>) =>
  b.events.filter(({ kind, alarm }) => kind === 'note' && alarm.includes(rule));

describe('an alarm that a gateway raised while it was alone', () => {
  it('rings at once, before its readings are here, and is the episode they then tell of', () => {
    const b = bench();
    b.reads('10:00', 'k1', { 'alarm.ch4': 2 });
    b.edgeAlarm('10:10', edge('10:05'));
    expect(glances(b)).toEqual([`${rule} unack`]);
    expect(rows(b).map(({ id }) => id)).toEqual([`k1/${rule}/${momentOf('10:05')}`]);
    // Then the newest reading, and what gathered before it.
    b.reads('10:10:01', 'k1', { 'alarm.ch4': 46 });
    b.readsLate('10:10:02', '10:05', 'k1', { 'alarm.ch4': 45 });
    b.readsLate('10:10:02', '10:07', 'k1', { 'alarm.ch4': 47 });
    b.passes('10:12');
    expect(rows(b)).toHaveLength(1);
    b.reads('10:13', 'k1', { 'alarm.ch4': 1 });
    b.passes('10:15');
    expect(glances(b)).toEqual([`${rule} latched-unack`]);
    expect(told(b)).toEqual([`raised ${rule}`, `note ${rule}`, `returned ${rule}`]);
  });

  it('that is over waits for a verdict, silently, and its late readings add no second', () => {
    const b = bench();
    b.reads('10:00', 'k1', { 'alarm.ch4': 2 });
    b.edgeAlarm('10:10', edge('10:05', '10:07'));
    b.reads('10:10:01', 'k1', { 'alarm.ch4': 2 });
    b.readsLate('10:10:02', '10:05', 'k1', { 'alarm.ch4': 45 });
    b.readsLate('10:10:02', '10:07', 'k1', { 'alarm.ch4': 2 });
    b.passes('10:15');
    expect(rows(b)).toHaveLength(1);
    expect(rows(b)[0]).toMatchObject({ active: false, needsVerdict: true, lane: 'history' });
  });

  it('that the platform knew already says in its history that the gateway rang too, once', () => {
    const b = bench();
    b.reads('10:05', 'k1', { 'alarm.ch4': 45 });
    b.edgeAlarm('10:10', edge('10:05'));
    b.edgeAlarm('10:11', edge('10:05'));
    expect(rows(b)).toHaveLength(1);
    expect(notes(b)).toHaveLength(1);
    expect(notes(b)[0]?.note).toContain('g1');
  });

  it('that was acknowledged and closed here meanwhile is not opened again', () => {
    const b = bench();
    b.reads('10:05', 'k1', { 'alarm.ch4': 45 });
    b.acknowledges('10:06', b.alarm(rule)!.id);
    b.reads('10:07', 'k1', { 'alarm.ch4': 1 });
    b.passes('10:09');
    b.resets('10:09:30', rows(b)[0]!.id);
    b.edgeAlarm('10:10', edge('10:05'));
    expect(glances(b)).toEqual([]);
    expect(rows(b)).toHaveLength(1);
  });

  it('counts in the unit its device sends', () => {
    const b = engineBench({ devices: [kitchen('k1', { gasUnit: '%{VOL}' })], gateways: [gateway] });
    b.edgeAlarm('10:10', { ...edge('10:05'), value: 2.5 });
    expect(b.alarm(rule)).toMatchObject({ value: 50, unit: '%{LEL}' });
  });

  it('is the same after a restart', () => {
    const b = bench();
    b.reads('10:00', 'k1', { 'alarm.ch4': 2 });
    const held = b.keeps();
    b.edgeAlarm('10:10', edge('10:05'));
    b.restarts(held);
    b.reads('10:11', 'k1', { 'alarm.ch4': 1 });
    b.passes('10:13');
    expect(glances(b)).toEqual([`${rule} latched-unack`]);
  });

  it('of a device nobody knows is counted', () => {
    const b = bench();
    b.edgeAlarm('10:10', { ...edge('10:05'), device: 'nobody' });
    expect(rows(b)).toEqual([]);
    expect(b.engine.counts.unknownEdgeAlarms).toBe(1);
  });
});
