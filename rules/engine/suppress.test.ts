import { describe, expect, it } from 'vitest';
import { benchDevice, engineBench } from './engine-bench.ts';

const lamps = ['l1', 'l2', 'l3', 'l4'];
const poles = lamps.map((id) => benchDevice(id, 'smart-pole', { circuit: 'c1' }));
const others = (shows: readonly string[]) => shows.filter((s) => !s.includes('silent'));

describe('a row of dark lamps', () => {
  const evening = () => {
    const b = engineBench({ devices: poles }, '20:00');
    for (const id of lamps) b.reads('20:00:30', id, { 'pole.lampOn': true, 'pole.dimLevel': 100 });
    return b;
  };
  const goDark = (b: ReturnType<typeof evening>, time: string) => {
    for (const id of lamps) b.reads(time, id, { 'pole.lampOn': false, 'pole.dimLevel': 100 });
  };

  it('is one alarm; the lamps of the row that fail after it say nothing more', () => {
    const b = evening();
    goDark(b, '20:05');
    b.passes('20:07');
    expect(others(b.shows)).toEqual(['C04-07.dark unack']);
    expect(b.alarm('C04-07.dark')).toMatchObject({ device: 'l1', value: 4 });
    b.reads('20:08', 'l2', { 'pole.lampFailure': true });
    expect(others(b.shows)).toEqual(['C04-07.dark unack', 'C04-07.lamp-failure unack suppressed']);
  });

  it('shows the lamp that is still dark when the row is lit again', () => {
    const b = evening();
    goDark(b, '20:05');
    b.passes('20:07');
    b.reads('20:08', 'l2', { 'pole.lampFailure': true });
    for (const id of ['l1', 'l3', 'l4']) b.reads('20:10', id, { 'pole.lampOn': true });
    b.passes('20:12');
    expect(others(b.shows)).toEqual(['C04-07.dark rtn-unack', 'C04-07.lamp-failure unack']);
  });

  it('never hides a lamp that had failed before', () => {
    const b = evening();
    b.reads('20:01', 'l2', { 'pole.lampFailure': true });
    goDark(b, '20:05');
    b.passes('20:07');
    expect(others(b.shows)).toContain('C04-07.lamp-failure unack');
  });
});

describe('a silent pole', () => {
  it('stands for the silence of what it carries', () => {
    const pole = benchDevice('l1', 'smart-pole');
    const camera = benchDevice('cam', 'pole-camera', { mountedOn: 'l1' });
    const b = engineBench({ devices: [pole, camera] });
    b.reads('10:01', 'l1', { 'pole.voltage': 220 });
    b.reads('10:04', 'cam', { 'camera.excavator': 0 });
    b.passes('10:40');
    expect(b.shows).toEqual(['platform.silent unack', 'platform.silent unack suppressed']);
    b.reads('10:41', 'l1', { 'pole.voltage': 220 });
    expect(b.shows).toEqual(['platform.silent rtn-unack', 'platform.silent unack']);
  });
});

describe('a backlog that tells again what was seen live', () => {
  it('opens no second case, even when the first is closed', () => {
    const b = engineBench({ devices: [benchDevice('k1', 'gas-alarm-commercial')] });
    b.reads('10:01', 'k1', { 'alarm.ch4': 15 });
    b.passes('10:01:20');
    b.acknowledges('10:01:30', b.alarm('G05-14.com-l1')!.id);
    b.reads('10:05', 'k1', { 'alarm.ch4': 0 });
    b.passes('10:06:10');
    b.readsLate('10:07', '10:02', 'k1', { 'alarm.ch4': 15 });
    b.readsLate('10:07', '10:03', 'k1', { 'alarm.ch4': 15 });
    b.readsLate('10:07', '10:04', 'k1', { 'alarm.ch4': 0 });
    b.passes('10:07:10');
    expect(b.alarms().map((a) => a.lane)).toEqual(['live']);
  });
});
