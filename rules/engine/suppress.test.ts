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

describe('a lamp by day, or dimmed to nothing', () => {
  const pole = benchDevice('l1', 'smart-pole', { lat: 26.9 });
  const at = (time: string) => engineBench({ devices: [pole] }, time);

  it('fails in silence, and is shown at dusk because it still stands', () => {
    const b = at('15:00');
    b.reads('15:01', 'l1', { 'pole.lampCycling': true, 'pole.dimLevel': 100 });
    expect(others(b.shows)).toEqual(['C04-07.lamp-cycling unack suppressed']);
    for (const time of ['15:30', '16:00', '16:30', '17:00', '17:30', '18:00', '18:30'])
      b.reads(time, 'l1', { 'pole.voltage': 220 });
    expect(others(b.shows)).toEqual(['C04-07.lamp-cycling unack']);
  });

  it('is shown within a minute of the command to burn', () => {
    const b = at('20:00');
    b.reads('20:01', 'l1', { 'pole.lampCycling': true, 'pole.dimLevel': 0 });
    expect(others(b.shows)).toEqual(['C04-07.lamp-cycling unack suppressed']);
    b.reads('20:05', 'l1', { 'pole.dimLevel': 80 });
    b.passes('20:06');
    expect(others(b.shows)).toEqual(['C04-07.lamp-cycling unack']);
  });

  it('stays in sight at dawn when it failed at night', () => {
    const b = at('05:00');
    b.reads('05:01', 'l1', { 'pole.lampCycling': true, 'pole.dimLevel': 100 });
    for (const time of ['05:30', '06:00', '06:30', '07:00', '07:30', '08:00'])
      b.reads(time, 'l1', { 'pole.voltage': 220 });
    expect(others(b.shows)).toEqual(['C04-07.lamp-cycling unack']);
  });

  it('leaves without a trace on the desk when it recovers before anybody could see it', () => {
    const b = at('12:00');
    b.reads('12:01', 'l1', { 'pole.lampCycling': true });
    b.reads('12:05', 'l1', { 'pole.lampCycling': false });
    expect(others(b.shows)).toEqual([]);
    expect(b.told()).toEqual(['raised', 'returned', 'closed'].map((kind) => `${kind} C04-07.lamp-cycling`));
  });
});

describe('an alarm with several causes', () => {
  const gateways = [{ id: 'g1', name: 'g1', lon: 112.6, lat: 26.9, demo: false }];
  const pole = benchDevice('l1', 'smart-pole', { gateway: 'g1' });
  const camera = benchDevice('cam', 'pole-camera', { gateway: 'g1', mountedOn: 'l1' });
  const bothSilent = () => {
    const b = engineBench({ devices: [pole, camera], gateways });
    b.reads('10:01', 'l1', { 'pole.voltage': 220 });
    b.reads('10:04', 'cam', { 'camera.excavator': 0 });
    b.connection('10:05', 'g1', 'down');
    b.passes('10:40');
    return b;
  };

  it('is hidden while any of those stands that stood when it was raised', () => {
    const b = bothSilent();
    expect(b.alarms().find((a) => a.device === 'cam')?.overrides).toMatchObject([
      { rule: 'gateway-down', because: 'g1' },
      { rule: 'carrier-silent', because: 'l1' },
    ]);
    b.connection('10:41', 'g1', 'up');
    b.passes('10:43:30');
    expect(b.shows).toEqual([
      'platform.gateway-down rtn-unack',
      'platform.silent unack',
      'platform.silent unack suppressed',
    ]);
    b.reads('10:44', 'l1', { 'pole.voltage': 220 });
    expect(b.alarms().find((a) => a.device === 'cam')?.override).toBeNull();
  });

  it('is shown when its gateway is taken out of the registry', () => {
    const b = bothSilent();
    b.registry('10:41', { version: 1, put: 'device', record: { ...camera, mountedOn: undefined } });
    b.registry('10:42', { version: 2, remove: 'gateway', id: 'g1' });
    expect(b.shows).toEqual(['platform.silent unack', 'platform.silent unack']);
  });

  it('is shown when it moves behind another gateway', () => {
    const b = bothSilent();
    b.registry('10:41', { version: 1, put: 'device', record: { ...camera, mountedOn: undefined, gateway: undefined } });
    expect(b.alarms().find((a) => a.device === 'cam')?.override).toBeNull();
    expect(b.alarms().find((a) => a.device === 'l1')?.override).toMatchObject({ because: 'g1' });
  });

  it.each(['before', 'after'])('ends alike when the process died %s the cause ended', (moment) => {
    const b = bothSilent();
    const heldTo = b.keeps();
    if (moment === 'before') b.restarts(heldTo);
    b.connection('10:41', 'g1', 'up');
    b.passes('10:42');
    if (moment === 'after') b.restarts(heldTo);
    b.passes('10:43:30');
    b.reads('10:44', 'l1', { 'pole.voltage': 220 });
    expect(b.shows).toEqual(['platform.gateway-down rtn-unack', 'platform.silent rtn-unack', 'platform.silent unack']);
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
