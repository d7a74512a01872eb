import { describe, expect, it } from 'vitest';
import { BAD, UNCERTAIN, UNCERTAIN_OUT_OF_RANGE } from '../../devices/model/quality.ts';
import { benchDevice, catalogueOf, engineBench } from './engine-bench.ts';

const noFlow = {
  id: 'no-flow',
  title: { zh: '有压无流', en: 'Pressure without flow' },
  kind: 'expression',
  measurement: 'rtu.outletPressure',
  expr: 'r.rtu.outletPressure > 2.0 && r.rtu.flowRate < 1.0 && !r.rtu.shutoffValveClosed',
  text: { zh: '出口有压而流量为零', en: 'outlet under pressure and no flow' },
  priority: 'P2',
};
const station = (...rules: object[]) =>
  engineBench({ devices: [benchDevice('r1', 'gas-rtu')] }, '10:00', { catalogue: catalogueOf('gas-rtu', ...rules) });
const rtu = (outletPressure: number, flow: number, shutoffValveClosed = false) => ({
  'rtu.outletPressure': outletPressure,
  'rtu.flowRate': flow,
  'rtu.shutoffValveClosed': shutoffValveClosed,
});

describe('a rule over several measurements of a device', () => {
  it('rings when all that it reads says so, and tells each of them', () => {
    const b = station(noFlow);
    b.reads('10:01', 'r1', rtu(2.3, 0));
    expect(b.shows).toEqual(['G05-01.no-flow unack']);
    const alarm = b.alarm('G05-01.no-flow')!;
    expect(alarm).toMatchObject({ value: 2.3, op: null, limit: null });
    expect(alarm.explanation.zh).toBe(
      '出口有压而流量为零：出口压力 2.3 kPa，瞬时流量 0 m³/h，切断阀关闭 否（有压无流）',
    );
  });

  it('is judged by any of them, whichever comes', () => {
    const b = station(noFlow);
    b.reads('10:01', 'r1', rtu(2.3, 30));
    b.reads('10:02', 'r1', { 'rtu.flowRate': 0 });
    expect(b.shows).toEqual(['G05-01.no-flow unack']);
    b.reads('10:03', 'r1', { 'rtu.shutoffValveClosed': true });
    expect(b.shows).toEqual(['G05-01.no-flow rtn-unack']);
  });

  it('neither raises nor clears while one of them is bad', () => {
    const b = station(noFlow);
    b.reads('10:01', 'r1', rtu(2.3, 0), { quality: { 'rtu.flowRate': BAD } });
    expect(b.shows).toEqual([]);
    b.reads('10:02', 'r1', rtu(2.3, 0));
    b.reads('10:03', 'r1', rtu(2.3, 30), { quality: { 'rtu.outletPressure': BAD } });
    expect(b.shows).toEqual(['G05-01.no-flow unack']);
  });

  it('may be raised by a doubtful one, and is not cleared by it', () => {
    const b = station(noFlow);
    b.reads('10:01', 'r1', rtu(99, 0), { quality: { 'rtu.outletPressure': UNCERTAIN_OUT_OF_RANGE } });
    expect(b.shows).toEqual(['G05-01.no-flow unack']);
    b.reads('10:02', 'r1', rtu(1, 30), { quality: { 'rtu.flowRate': UNCERTAIN } });
    expect(b.shows).toEqual(['G05-01.no-flow unack']);
    b.reads('10:03', 'r1', rtu(1, 30));
    expect(b.shows).toEqual(['G05-01.no-flow rtn-unack']);
  });

  it('that cannot be evaluated is a counted problem until it can', () => {
    const b = station(noFlow);
    b.reads('10:01', 'r1', { 'rtu.outletPressure': 2.3 });
    expect(b.shows).toEqual([]);
    expect(b.engine.stats().problems[0]).toMatchObject({ rule: 'G05-01.no-flow', device: 'r1' });
    b.reads('10:02', 'r1', rtu(2.3, 30));
    expect(b.engine.stats().problems).toEqual([]);
  });

  it('that asks for the hour begins and ends with it, though nothing new is read', () => {
    const b = station({ ...noFlow, expr: 'r.rtu.outletPressure > 2.0 && r.rtu.flowRate > 1.0 && local.hour >= 22.0' });
    b.reads('21:00', 'r1', rtu(2.3, 30));
    b.passes('21:59');
    expect(b.shows).toEqual([]);
    b.passes('22:02');
    expect(b.shows).toEqual(['G05-01.no-flow unack']);
    b.passes('+1 00:02');
    expect(b.shows).toEqual(['G05-01.no-flow rtn-unack']);
  });

  it('sees what came in one backlog together, and nothing newer', () => {
    const b = station(noFlow);
    b.reads('12:00', 'r1', rtu(2.3, 30));
    b.readsLate('12:01', '11:00', 'r1', rtu(2.3, 0));
    b.readsLate('12:01', '11:01', 'r1', rtu(2.3, 30));
    b.passes('12:02');
    expect(b.alarm('G05-01.no-flow')).toMatchObject({ lane: 'history', needsVerdict: true });
  });

  it('waits out its on-delay across a kill -9', () => {
    const b = station({ ...noFlow, onDelayS: 600 });
    b.reads('10:01', 'r1', rtu(2.3, 0));
    const heldTo = b.keeps();
    b.passes('10:05');
    b.restarts(heldTo);
    b.passes('10:10:59');
    expect(b.shows).toEqual([]);
    b.passes('10:11');
    expect(b.shows).toEqual(['G05-01.no-flow unack']);
  });
});
