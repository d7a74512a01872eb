import { describe, expect, it } from 'vitest';
import type { Device, Site } from '../../devices/contract/registry.ts';
import { benchDevice, engineBench, kitchen } from './engine-bench.ts';

const gateway = (id: string) => ({ id, name: id, lon: 112.6, lat: 26.9, demo: false });
const site = (id: string, kind: Site['kind']): Site => ({ id, kind, name: id, lon: 0, lat: 0, demo: false });
const sites = [site('s1', 'restaurant'), site('s2', 'school')];

const bench = (devices: Device[], gateways = ['g1']) =>
  engineBench({ devices, sites, gateways: gateways.map(gateway) });
const speak = (b: ReturnType<typeof bench>, time: string, ...ids: string[]) => {
  for (const id of ids) b.reads(time, id, { 'alarm.ch4': 0 });
};
const down = (b: ReturnType<typeof bench>, id = 'g1') => b.alarms().find((a) => a.device === id)!;
const eventsOf = (b: ReturnType<typeof bench>, id: string) => b.events.filter((e) => e.alarm === id).map((e) => e.kind);

describe('a gateway that is down', () => {
  it('counts its devices by type, also those never heard, and the sites nobody watches any more, by kind', () => {
    const b = bench([
      kitchen('k1', { gateway: 'g1', site: 's1' }),
      kitchen('k2', { gateway: 'g1', site: 's2' }),
      kitchen('k3', { site: 's2' }),
      kitchen('never', { gateway: 'g1' }),
      benchDevice('b1', 'waste-bin', { gateway: 'g1' }),
    ]);
    speak(b, '10:01', 'k1', 'k2', 'k3');
    b.connection('10:02', 'g1', 'down');
    b.passes('10:03');
    // The school keeps a detector that speaks for itself.
    expect(down(b)).toMatchObject({
      priority: 'P2',
      blind: {
        devices: 4,
        byType: [
          { type: 'gas-alarm-commercial', count: 3 },
          { type: 'waste-bin', count: 1 },
        ],
        unprotected: [{ kind: 'restaurant', count: 1 }],
        hidden: 0,
      },
    });
    expect(down(b).explanation).toEqual({
      zh: '网关 g1 断开；4 台设备失去监测：餐饮燃气泄漏报警器 3 台、智能垃圾桶 1 台；无人看护：餐饮场所 1 处',
      en: 'gateway g1 is down; 4 devices are unwatched: 3 × Commercial gas leak alarm, 1 × Smart waste bin; unprotected: restaurants 1',
    });
  });

  it('counts again as devices fall silent, join and fail elsewhere, without a line in its history', () => {
    const b = bench([kitchen('k1', { gateway: 'g1', site: 's1' }), kitchen('k2', { site: 's1' })]);
    speak(b, '10:01', 'k1', 'k2');
    b.connection('10:02', 'g1', 'down');
    b.passes('10:03');
    expect(down(b).blind).toMatchObject({ devices: 1, unprotected: [], hidden: 0 });
    // The restaurant's other detector falls silent, and the one behind the gateway is found to be.
    b.passes('10:06:30');
    expect(down(b).blind).toMatchObject({ unprotected: [{ kind: 'restaurant', count: 1 }], hidden: 1 });
    b.registry('10:07', { version: 1, put: 'device', record: kitchen('k9', { gateway: 'g1' }) });
    b.passes('10:07:10');
    expect(down(b).blind).toMatchObject({ devices: 2 });
    expect(down(b).explanation.zh).toContain('代为抑制 1 条报警');
    expect(eventsOf(b, down(b).id)).toEqual(['raised']);
  });

  it('asks for less where only bins are behind it, and for more once people are unprotected', () => {
    const b = bench([benchDevice('b1', 'env-station', { gateway: 'g1' })]);
    b.connection('10:02', 'g1', 'down');
    b.passes('10:03');
    expect(down(b).priority).toBe('P3');
    b.acknowledges('10:04', down(b).id);
    b.registry('10:05', { version: 1, put: 'device', record: kitchen('k1', { gateway: 'g1', site: 's2' }) });
    b.passes('10:05:10');
    expect(down(b)).toMatchObject({ priority: 'P2', severity: 700, acked: false });
    expect(eventsOf(b, down(b).id)).toEqual(['raised', 'acknowledged', 'reraised']);
  });
});

describe('all gateways down', () => {
  it('are one row each, and a blind path over them while none is left', () => {
    const b = bench(
      [kitchen('k1', { gateway: 'g1', site: 's1' }), kitchen('k2', { gateway: 'g2', site: 's2' })],
      ['g1', 'g2'],
    );
    speak(b, '10:01', 'k1', 'k2');
    b.connection('10:02', 'g1', 'down');
    b.connection('10:02:10', 'g2', 'down');
    b.passes('10:03');
    expect(b.shows).toEqual([
      'platform.gateway-down unack',
      'platform.gateway-down unack',
      'platform.path-blind unack',
    ]);
    expect(b.alarm('platform.path-blind')).toMatchObject({
      blind: {
        devices: 2,
        unprotected: [
          { kind: 'restaurant', count: 1 },
          { kind: 'school', count: 1 },
        ],
      },
    });
    b.blindUntil('10:06');
    expect(b.shows).toContain('platform.path-blind unack');
    b.connection('10:07', 'g2', 'up');
    expect(b.shows).toContain('platform.path-blind rtn-unack');
  });

  it('is nothing that a single gateway can be', () => {
    const b = bench([kitchen('k1', { gateway: 'g1' })]);
    b.connection('10:02', 'g1', 'down');
    b.passes('10:03');
    expect(b.shows).toEqual(['platform.gateway-down unack']);
  });
});

describe('a blind platform', () => {
  it('says afterwards whom nobody watched', () => {
    const b = bench([kitchen('k1', { site: 's1' }), kitchen('k2', { site: 's1' })]);
    speak(b, '10:01', 'k1', 'k2');
    b.blindUntil('10:11');
    expect(b.alarm('platform.path-blind')).toMatchObject({
      active: false,
      blind: { devices: 2, unprotected: [{ kind: 'restaurant', count: 1 }] },
    });
  });
});

describe('a silent detector', () => {
  it('says whom it leaves unprotected', () => {
    const b = bench([kitchen('k1', { site: 's2' })]);
    speak(b, '10:01', 'k1');
    b.passes('10:06');
    expect(b.alarm('G05-14.silent')).toMatchObject({
      priority: 'P2',
      blind: { devices: 1, unprotected: [{ kind: 'school', count: 1 }], hidden: 0 },
    });
    expect(b.alarm('G05-14.silent')!.explanation.en).toBe(
      'nothing heard of k1 for more than 5 min; unprotected: schools 1',
    );
  });

  it('weighs less beside one that works, and rings again when that one fails too', () => {
    const b = bench([kitchen('k1', { site: 's2' }), kitchen('k2', { site: 's2' })]);
    speak(b, '10:01', 'k1', 'k2');
    speak(b, '10:05', 'k2');
    b.passes('10:06');
    const first = () => b.alarms().find((a) => a.device === 'k1')!;
    expect(first()).toMatchObject({ priority: 'P3', blind: { unprotected: [] } });
    b.acknowledges('10:07', first().id);
    b.passes('10:10:10');
    expect(first()).toMatchObject({ priority: 'P2', acked: false, blind: { unprotected: [{ kind: 'school' }] } });
    expect(b.alarms().find((a) => a.device === 'k2')).toMatchObject({ priority: 'P2' });
  });
});

describe('a pole', () => {
  it('counts what it carries once that is silent too', () => {
    const pole = benchDevice('l1', 'smart-pole');
    const camera = benchDevice('cam', 'pole-camera', { mountedOn: 'l1' });
    const b = bench([pole, camera]);
    b.reads('10:01', 'l1', { 'pole.voltage': 220 });
    b.reads('10:04', 'cam', { 'camera.excavator': 0 });
    b.passes('10:40');
    expect(b.alarms().find((a) => a.device === 'l1')?.blind).toMatchObject({ devices: 2, hidden: 1 });
  });
});

describe('a dark circuit', () => {
  it('counts the lamps it speaks for, and those it hides', () => {
    const ids = ['l1', 'l2', 'l3', 'l4'];
    const b = engineBench({ devices: ids.map((id) => benchDevice(id, 'smart-pole', { circuit: 'c1' })) }, '20:00');
    for (const id of ids) b.reads('20:00:30', id, { 'pole.lampOn': true, 'pole.dimLevel': 100 });
    for (const id of ids) b.reads('20:05', id, { 'pole.lampOn': false, 'pole.dimLevel': 100 });
    b.passes('20:07');
    b.reads('20:08', 'l2', { 'pole.lampFailure': true });
    b.passes('20:08:10');
    expect(b.alarm('C04-07.dark')?.blind).toMatchObject({ devices: 4, hidden: 1 });
    expect(b.alarm('C04-07.dark')?.explanation.zh).toContain('代为抑制 1 条报警');
  });
});
