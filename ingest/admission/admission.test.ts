import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BAD, UNCERTAIN, UNCERTAIN_OUT_OF_RANGE, UNCERTAIN_SENSOR } from '../../devices/model/quality.ts';
import { admissionBench, TEN, testDevice } from './admission-bench.ts';

const bench = () =>
  admissionBench([
    testDevice('d-1'),
    testDevice('d-2', { gateway: 'gw-1' }),
    testDevice('d-3', { gateway: 'gw-1' }),
    testDevice('d-4', { gateway: 'gw-2' }),
  ]);

describe('telemetry of a device that connects itself', () => {
  it('is kept at its receive time when it brings none, and says so', () => {
    const { telemetry, refusals } = bench().tells('d-1', { 'alarm.flow': 3.2, 'alarm.fan': true });
    expect(refusals).toEqual([]);
    expect(telemetry).toEqual([
      {
        kind: 'telemetry',
        device: 'd-1',
        at: TEN,
        received: TEN,
        untimed: true,
        source: 'mqtt',
        values: { 'alarm.flow': 3.2, 'alarm.fan': true },
      },
    ]);
  });

  it('is kept at its own time, with its number and its mark of age', () => {
    const { telemetry } = bench().tells('d-1', {
      ts: TEN - 7_200_000,
      values: { 'alarm.flow': 1 },
      seq: 12,
      historical: true,
    });
    expect(telemetry[0]).toMatchObject({ at: TEN - 7_200_000, received: TEN, seq: 12, historical: true });
    expect(telemetry[0]).not.toHaveProperty('untimed');
  });

  it('keeps a gateway’s word that the time is only its own', () => {
    const { telemetry, refusals } = bench().tells('d-1', { ts: TEN - 5, values: { 'alarm.flow': 1 }, untimed: true });
    expect(refusals).toEqual([]);
    expect(telemetry[0]).toMatchObject({ at: TEN - 5, untimed: true });
  });

  it('may come as an array of either form', () => {
    const { telemetry, readings } = bench().tells('d-1', [
      { 'alarm.flow': 1 },
      { ts: TEN - 1000, values: { 'alarm.flow': 2, 'alarm.note': '正常' } },
    ]);
    expect(telemetry.map((entry) => entry.at)).toEqual([TEN, TEN - 1000]);
    expect(readings).toBe(3);
  });

  it('travels in the reserved lane when a P1 or P2 rule judges something in it', () => {
    expect(bench().tells('d-1', { 'alarm.ch4': 1 }).safety).toBe(true);
    expect(bench().tells('d-1', { 'alarm.flow': 1 }).safety).toBe(false);
  });

  it('keeps the known measurements beside an unknown one, and asks whether another was meant', () => {
    const { telemetry, refusals } = bench().tells('d-1', { 'alarm.flow': 1, 'alarm.CH4': 2, ch4: 3 });
    expect(telemetry[0]?.values).toEqual({ 'alarm.flow': 1 });
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ code: 'unknown-measurement', device: 'd-1', count: 2 });
    expect(refusals[0]?.reason.en).toContain('Did you mean "alarm.ch4"?');
    expect(refusals[0]?.reason.zh).toContain('是否想发 "alarm.ch4"？');
  });
});

describe('what cannot be decoded or attributed', () => {
  it('asks after a name that was mistyped a little, and not after one that is like nothing', () => {
    const meant = (name: string) => bench().tells('d-1', { [name]: 1 }).refusals[0]?.reason.en ?? '';
    expect(meant('alarm.ch5')).toContain('Did you mean "alarm.ch4"?');
    expect(meant('alarm.zzzzzz')).not.toContain('Did you mean');
  });

  it('quotes no more of an endless name than a sentence can hold', () => {
    const name = 'x'.repeat(200_000);
    const told = [
      bench().tells('d-1', { [name]: 1 }),
      bench().tells('d-1', { values: { 'alarm.flow': 1 }, [name]: 1, quality: { [name]: 'good' } }),
      bench().send('gw-1', 'v1/gateway/telemetry', { [name]: [{ 'alarm.flow': 1 }] }),
    ].flatMap(({ refusals }) => refusals);
    expect(told).toHaveLength(3);
    for (const { reason } of told) expect(reason.zh.length + reason.en.length).toBeLessThan(700);
  });

  it.each([
    ['not JSON at all', 'hello', 'not-json', 'not JSON'],
    ['an empty payload', '', 'not-json', 'empty'],
    ['NaN, which JSON does not have', '{"alarm.ch4": NaN}', 'not-json', 'NaN'],
    ['-Infinity', '{"alarm.ch4": -Infinity}', 'not-json', '-Infinity'],
    ['text in GBK', Buffer.from([0x7b, 0xc8, 0xbc, 0xc6, 0xf8, 0x7d]), 'not-json', 'UTF-8'],
    ['a bare number', '42', 'wrong-shape', 'the number 42'],
    ['an empty array', '[]', 'wrong-shape', 'no values'],
    ['an empty object', '{}', 'wrong-shape', 'no values'],
    ['values that are no object', '{"ts":1795341600000,"values":3}', 'wrong-shape', 'the number 3'],
    ['a time in words', '{"ts":"2026-11-22","values":{"alarm.flow":1}}', 'wrong-shape', 'milliseconds'],
    ['a numeric text', '{"alarm.ch4":"3.2"}', 'wrong-type', 'Take the quotes away'],
    ['null for a number', '{"alarm.ch4":null}', 'wrong-type', 'Leave the measurement out'],
    ['a number for a boolean', '{"alarm.fan":1}', 'wrong-type', 'true or false'],
    ['a word that the measurement does not have', '{"alarm.valve":"ajar"}', 'wrong-type', 'open, closed'],
    ['a number too large for double precision', '{"alarm.flow":1e999}', 'wrong-type', 'too large'],
    ['an unknown measurement', '{"temp":20}', 'unknown-measurement', '"temp"'],
  ])('refuses %s with its reason, and keeps nothing', (_what, body, code, hint) => {
    const { entries, codes, refusals } = bench().tells('d-1', body);
    expect(codes).toEqual([code]);
    expect(refusals[0]?.reason.en).toContain(hint);
    expect(refusals[0]?.reason.zh).toMatch(/[一-鿿]/);
    expect(entries).toEqual([]);
  });

  it('refuses a device whose registered type does not exist', () => {
    const { codes, refusals } = admissionBench([testDevice('d-9', { type: 'toaster' })]).tells('d-9', { x: 1 });
    expect(codes).toEqual(['unknown-device']);
    expect(refusals[0]?.reason.en).toContain('toaster');
  });

  it('tells a gateway where its devices’ readings belong', () => {
    expect(bench().tells('gw-1', { 'alarm.ch4': 1 }).refusals[0]?.reason.en).toContain('v1/gateway/telemetry');
  });

  it('refuses topics it does not take, without reading on', () => {
    expect(bench().send('d-1', 'v1/devices/other/telemetry', '{}').codes).toEqual(['unknown-topic']);
    expect(bench().send('d-1', 'constructor', '{}').codes).toEqual(['unknown-topic']);
    expect(bench().send('d-1', 'spBv1.0/g/NBIRTH/e', '').refusals[0]?.reason.en).toContain('Sparkplug');
  });

  it('merges many refusals of one kind and counts them', () => {
    const { refusals } = bench().tells('d-1', Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`m${i}`, i])));
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ count: 500 });
    expect(refusals[0]?.reason.en.length).toBeLessThan(1000);
  });
});

describe('a gateway', () => {
  const ts = TEN - 500;
  it('speaks for its devices; the good ones are kept when others are refused', () => {
    const { telemetry, refusals } = bench().carries('gw-1', {
      'd-2': [{ ts, values: { 'alarm.flow': 1 } }],
      'd-4': [{ ts, values: { 'alarm.flow': 2 } }],
      ghost: [{ ts, values: { 'alarm.flow': 3 } }],
      'd-3': [{ ts, values: { 'alarm.flow': 4, 'alarm.fan': 'yes' } }],
    });
    expect(telemetry.map((entry) => [entry.device, entry.gateway, entry.source, entry.values])).toEqual([
      ['d-2', 'gw-1', 'gateway', { 'alarm.flow': 1 }],
      ['d-3', 'gw-1', 'gateway', { 'alarm.flow': 4 }],
    ]);
    expect(refusals.map((refusal) => [refusal.device, refusal.code])).toEqual([
      ['d-4', 'not-behind-this-gateway'],
      ['ghost', 'unknown-device'],
      ['d-3', 'wrong-type'],
    ]);
  });

  it('is who a device says it is behind: a device cannot speak for others', () => {
    expect(bench().carries('d-1', { 'd-2': [{ ts, values: { 'alarm.flow': 1 } }] }).codes).toEqual([
      'not-behind-this-gateway',
    ]);
  });

  it('reports the coming and going of its devices', () => {
    const { entries } = bench().send('gw-1', 'v1/gateway/connect', { device: 'd-2' });
    expect(entries).toEqual([{ kind: 'connection', subject: 'd-2', state: 'up', at: TEN }]);
    expect(bench().send('gw-1', 'v1/gateway/disconnect', { device: 'd-4' }).codes).toEqual(['not-behind-this-gateway']);
  });

  it('brings no attributes that are nested without end', () => {
    const deep = `{"d-2": {"a": ${'['.repeat(50_000)}${']'.repeat(50_000)}}}`;
    const { entries, refusals } = bench().send('gw-1', 'v1/gateway/attributes', deep);
    expect(entries).toEqual([]);
    expect(refusals).toMatchObject([{ device: 'd-2', code: 'wrong-shape' }]);
  });

  it('says of itself what its pages show, and sends no readings of its own', () => {
    const about = { 'opcua.unsecured': ['opc.tcp://lab:4840'] };
    const own = bench().send('gw-1', 'v1/devices/me/attributes', about);
    expect(own.entries).toEqual([{ kind: 'attributes', device: 'gw-1', received: TEN, values: about }]);
    const readings = bench().send('gw-1', 'v1/devices/me/telemetry', { a: 1 });
    expect(readings.entries).toEqual([]);
    expect(readings.refusals).toHaveLength(1);
  });

  it('brings the attributes of its devices', () => {
    const { entries } = bench().send('gw-1', 'v1/gateway/attributes', { 'd-2': { firmware: '1.4.2' } });
    expect(entries).toEqual([{ kind: 'attributes', device: 'd-2', received: TEN, values: { firmware: '1.4.2' } }]);
  });
});

describe('a doubtful value', () => {
  it('out of range is kept, uncertain, and says why', () => {
    const { telemetry, doubtful } = bench().tells('d-1', { 'alarm.co': 1500 });
    expect(telemetry[0]).toMatchObject({
      values: { 'alarm.co': 1500 },
      quality: { 'alarm.co': UNCERTAIN_OUT_OF_RANGE },
      doubts: { 'alarm.co': ['out-of-range'] },
    });
    expect(doubtful).toBe(1);
  });

  it('that jumps by 60 %LEL is kept, uncertain; the next at that height is plain again', () => {
    const { tells } = bench();
    const ch4 = (minute: number, value: number) =>
      tells('d-1', { ts: TEN + minute * 60_000, values: { 'alarm.ch4': value } }, TEN + minute * 60_000).telemetry[0];
    expect(ch4(0, 1)).not.toHaveProperty('doubts');
    expect(ch4(1, 61)).toMatchObject({
      values: { 'alarm.ch4': 61 },
      quality: { 'alarm.ch4': UNCERTAIN_SENSOR },
      doubts: { 'alarm.ch4': ['too-steep'] },
    });
    expect(ch4(2, 62)).not.toHaveProperty('doubts');
    // Two minutes allow twice the change.
    expect(ch4(4, 0)).not.toHaveProperty('doubts');
  });

  it('from an outbox is not compared with newer ones', () => {
    const { tells } = bench();
    tells('d-1', { ts: TEN, values: { 'alarm.ch4': 1 } });
    const late = tells('d-1', { ts: TEN - 60_000, values: { 'alarm.ch4': 90 }, historical: true });
    expect(late.telemetry[0]).not.toHaveProperty('doubts');
  });

  it('keeps its sender’s word for its quality', () => {
    const { telemetry, refusals } = bench().tells('d-1', {
      values: { 'alarm.flow': 1, 'alarm.co': 2, 'alarm.pressure': 3 },
      quality: { 'alarm.flow': 'bad', 'alarm.co': 0x40930000, 'alarm.pressure': 'good' },
    });
    expect(refusals).toEqual([]);
    expect(telemetry[0]?.quality).toEqual({ 'alarm.flow': BAD, 'alarm.co': 0x40930000 });
  });

  it('whose quality cannot be read is kept as uncertain, and the word is refused', () => {
    const { telemetry, codes } = bench().tells('d-1', {
      values: { 'alarm.flow': 1 },
      quality: { 'alarm.flow': 'meh' },
    });
    expect(telemetry[0]?.quality).toEqual({ 'alarm.flow': UNCERTAIN });
    expect(codes).toEqual(['wrong-type']);
  });
});

describe('units', () => {
  it('become canonical once, by the device’s own list and its gas', () => {
    const { tells } = admissionBench([
      testDevice('kitchen', { gas: 'lpg', gasUnit: '%{VOL}', units: { 'alarm.pressure': 'bar' } }),
    ]);
    const { telemetry } = tells('kitchen', { 'alarm.ch4': 0.42, 'alarm.pressure': 2, 'alarm.co': 24 });
    expect(telemetry[0]?.values['alarm.ch4']).toBeCloseTo(20, 9);
    expect(telemetry[0]?.values['alarm.pressure']).toBeCloseTo(200, 9);
    // Carbon monoxide is no combustible gas measurement: its ppm stay ppm.
    expect(telemetry[0]?.values['alarm.co']).toBe(24);
  });

  it('that cannot be converted are refused with the remedy', () => {
    const { codes, refusals } = admissionBench([testDevice('d', { units: { 'alarm.flow': 'kPa' } })]).tells('d', {
      'alarm.flow': 1,
    });
    expect(codes).toEqual(['wrong-type']);
    expect(refusals[0]?.reason.en).toContain('registration');
  });

  it('follow the registration when it changes', () => {
    const { tells, registry, judge } = admissionBench([testDevice('d')]);
    registry.set('d', testDevice('d', { units: { 'alarm.pressure': 'MPa' } }));
    judge.deviceChanged('d');
    expect(tells('d', { 'alarm.pressure': 0.2 }).telemetry[0]?.values['alarm.pressure']).toBeCloseTo(200, 9);
  });
});

describe('admission', () => {
  it('never throws, whatever the bytes are', () => {
    const { judge } = bench();
    const topicsOf = fc.constantFrom(
      'v1/devices/me/telemetry',
      'v1/devices/me/attributes',
      'v1/gateway/telemetry',
      'v1/gateway/attributes',
      'v1/gateway/connect',
      '__proto__',
    );
    const names = fc.constantFrom(
      'alarm.ch4',
      'alarm.valve',
      'ts',
      'values',
      'quality',
      'd-2',
      '__proto__',
      'constructor',
    );
    const json = fc.letrec((tie) => ({
      any: fc.oneof(fc.jsonValue(), fc.array(tie('any'), { maxLength: 3 }), tie('object')),
      object: fc.dictionary(names, tie('any'), { maxKeys: 5 }),
    })).object;
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      json.map((body) => Buffer.from(JSON.stringify(body))),
      fc.string().map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(topicsOf, payload, fc.constantFrom('d-1', 'gw-1', 'ghost', '__proto__'), (topic, bytes, client) => {
        const { entries, refusals } = judge.admit({ topic, payload: bytes, client, received: TEN });
        // Every message has an ending: kept, refused, or both.
        return entries.length + refusals.length > 0 || (topic.endsWith('attributes') && bytes.length > 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('remembers the type of a removed device for what stands in the journal still', () => {
    const { tells, registry, judge } = bench();
    tells('d-1', { 'alarm.flow': 1 });
    registry.delete('d-1');
    judge.deviceChanged('d-1');
    expect(judge.typeOf('d-1')).toBe('test-alarm');
    expect(tells('d-1', { 'alarm.flow': 1 }).codes).toEqual(['unknown-device']);
  });
});
