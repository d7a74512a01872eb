import { describe, expect, it } from 'vitest';
import { benchDevice, engineBench, kitchen, momentOf } from './engine-bench.ts';

const gateways = [{ id: 'g1', name: '东区网关', lon: 112.6, lat: 26.9, demo: false }];
const site = (id: string) => ({ id, kind: 'school' as const, name: id, lon: 0, lat: 0, demo: false });

describe('silence', () => {
  it('is an alarm, since the last thing heard, and shows that value', () => {
    const b = engineBench({ devices: [kitchen('k1')] });
    b.reads('10:01', 'k1', { 'alarm.ch4': 2 });
    b.passes('10:05:59');
    expect(b.shows).toEqual([]);
    b.passes('10:06');
    expect(b.shows).toEqual(['G05-14.silent unack']);
    expect(b.alarm('G05-14.silent')).toMatchObject({
      since: momentOf('10:01'),
      lastValue: 2,
      lastAt: momentOf('10:01'),
    });
    b.reads('10:07', 'k1', { 'alarm.ch4': 2 });
    expect(b.shows).toEqual(['G05-14.silent rtn-unack']);
  });

  it('is an alarm of a device that was registered and never heard', () => {
    const b = engineBench({ devices: [] });
    b.registry('10:02', { version: 1, put: 'device', record: kitchen('new') });
    b.passes('10:07');
    expect(b.shows).toEqual(['G05-14.silent unack']);
    expect(b.alarm('G05-14.silent')!.explanation.zh).toContain('从未上报');
  });

  it('weighs more where people stay unprotected, on the clock that never stops', () => {
    const b = engineBench({ devices: [kitchen('k1', { site: 's1' })], sites: [site('s1')] });
    b.passes('10:05');
    expect(b.alarm('G05-14.silent')).toMatchObject({ priority: 'P2', siteName: 's1' });
    expect(b.alarm('G05-14.silent')!.deadlines.clock).toBe('continuous');
  });

  it('is judged for types whose items do not speak of it', () => {
    const b = engineBench({ devices: [benchDevice('b1', 'waste-bin')] });
    b.passes('12:00');
    expect(b.shows).toEqual(['platform.silent unack']);
  });

  it('is not ended by old news from an outbox', () => {
    const b = engineBench({ devices: [kitchen('k1')] });
    b.reads('10:01', 'k1', { 'alarm.ch4': 2 });
    b.passes('10:06');
    b.readsLate('10:08', '10:02', 'k1', { 'alarm.ch4': 2 });
    b.passes('10:08:10');
    expect(b.shows).toEqual(['G05-14.silent unack']);
  });
});

describe('a blind platform', () => {
  it('calls no device silent for ten minutes without ticks; one alarm says for how long', () => {
    const b = engineBench({ devices: [kitchen('k1'), kitchen('k2')] });
    b.reads('10:01', 'k1', { 'alarm.ch4': 0 });
    b.reads('10:01', 'k2', { 'alarm.ch4': 0 });
    b.blindUntil('10:11');
    expect(b.shows).toEqual(['platform.path-blind rtn-unack']);
    expect(b.alarm('platform.path-blind')!.explanation.zh).toContain('平台 10 分钟没有收到任何数据');
    b.passes('10:14:59');
    expect(b.shows).toEqual(['platform.path-blind rtn-unack']);
    b.passes('10:16');
    expect(b.shows.filter((s) => s.includes('silent'))).toHaveLength(2);
  });

  it('says nothing of a short hiccup', () => {
    const b = engineBench({ devices: [kitchen('k1')] });
    b.blindUntil('10:00:40');
    expect(b.shows).toEqual([]);
  });

  it('does not let an on-delay run out while nobody looked', () => {
    const b = engineBench({ devices: [kitchen('k1')] });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 15 });
    b.blindUntil('10:10');
    expect(b.shows).toEqual(['platform.path-blind rtn-unack']);
    b.reads('10:10:01', 'k1', { 'alarm.ch4': 0 });
    b.passes('10:11');
    expect(b.shows).toEqual(['platform.path-blind rtn-unack']);
  });
});

describe('a gateway that is down', () => {
  const behind = [
    kitchen('k1', { gateway: 'g1', site: 's1' }),
    kitchen('k2', { gateway: 'g1', site: 's1' }),
    benchDevice('r1', 'gas-rtu', { gateway: 'g1', site: 's2' }),
  ];
  const bench = () => engineBench({ devices: behind, gateways, sites: [site('s1'), site('s2')] });
  const talk = (b: ReturnType<typeof bench>, time: string) => {
    for (const id of ['k1', 'k2']) b.reads(time, id, { 'alarm.ch4': 0 });
    b.reads(time, 'r1', { 'rtu.flowTotal': Number(time.replaceAll(':', '')) });
  };

  it('is one alarm that counts what is blind behind it', () => {
    const b = bench();
    talk(b, '10:01');
    b.connection('10:02', 'g1', 'down');
    b.passes('10:02:29');
    expect(b.shows).toEqual([]);
    b.passes('10:02:30');
    expect(b.shows).toEqual(['platform.gateway-down unack']);
    expect(b.alarm('platform.gateway-down')).toMatchObject({ device: 'g1', priority: 'P2' });
    expect(b.alarm('platform.gateway-down')!.explanation.zh).toBe(
      '网关 东区网关 断开；3 台设备失去监测：餐饮燃气泄漏报警器 2 台、燃气调压站远传终端 1 台；无人看护：学校 2 处',
    );
  });

  it('hides the silence of its devices, by design, and shows it when they stay silent after its return', () => {
    const b = bench();
    talk(b, '10:01');
    b.connection('10:02', 'g1', 'down');
    b.passes('10:20');
    expect(b.shows.filter((s) => s.endsWith('unack suppressed'))).toHaveLength(3);
    b.connection('10:21', 'g1', 'up');
    b.reads('10:21:10', 'k1', { 'alarm.ch4': 0 });
    b.passes('10:22');
    expect(b.shows.filter((s) => s.endsWith('unack suppressed'))).toHaveLength(2);
    b.passes('10:23:10');
    // The kitchen that was heard again in time has nothing left to ask of anybody.
    expect(b.shows).toEqual(['platform.gateway-down rtn-unack', 'G05-14.silent unack', 'platform.silent unack']);
  });

  it('never hides an alarm that was already active', () => {
    const b = bench();
    talk(b, '10:01');
    b.reads('10:01:30', 'k1', { 'alarm.ch4': 50 });
    b.connection('10:02', 'g1', 'down');
    b.passes('10:03');
    expect(b.shows).toContain('G05-14.com-l2 unack');
    expect(b.shows).toContain('G05-14.com-l1 unack superseded');
  });

  it('is found by the silence of all its devices, though its connection says nothing', () => {
    const b = bench();
    talk(b, '10:01');
    b.passes('10:06:05');
    expect(b.shows).toEqual([
      'platform.gateway-down unack',
      'G05-14.silent unack suppressed',
      'G05-14.silent unack suppressed',
    ]);
    b.reads('10:07', 'k1', { 'alarm.ch4': 0 });
    expect(b.shows[0]).toBe('platform.gateway-down rtn-unack');
  });

  it('is not blamed for one device of several', () => {
    const b = bench();
    talk(b, '10:01');
    for (let m = 2; m < 8; m++) b.reads(`10:0${m}`, 'k1', { 'alarm.ch4': 0 });
    expect(b.shows).toEqual(['G05-14.silent unack']);
    expect(b.alarm('G05-14.silent')!.device).toBe('k2');
  });

  it('is no alarm when it is back within half a minute', () => {
    const b = bench();
    talk(b, '10:01');
    b.connection('10:02', 'g1', 'down');
    b.connection('10:02:20', 'g1', 'up');
    talk(b, '10:03');
    expect(b.shows).toEqual([]);
  });
});
