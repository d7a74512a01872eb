import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceOf, type FieldTopic, normaliseMessage, ruleFor } from './field-message.ts';

const RECEIVED = Date.UTC(2026, 10, 22, 10);
const AT = RECEIVED - 5000;

const rule = (over: Partial<FieldTopic> = {}): FieldTopic => ({
  filter: 'field/+/telemetry',
  device: 1,
  map: {},
  ...over,
});

/** What becomes of one message of lamp-1. */
function read(
  body: unknown,
  {
    over,
    topic = 'field/lamp-1/telemetry',
    retained = false,
  }: { over?: Partial<FieldTopic>; topic?: string; retained?: boolean } = {},
) {
  const payload =
    body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return normaliseMessage({ topic, payload, received: RECEIVED, retained }, rule(over));
}

describe('a field message', () => {
  it('without a time is a row of the moment it was received', () => {
    expect(read({ 'pole.tilt': 3.2 })).toEqual({
      rows: [{ device: 'lamp-1', ts: RECEIVED, untimed: true, values: { 'pole.tilt': 3.2 } }],
      refused: [],
    });
  });

  it('with a time keeps it, with its number, quality and mark of old news', () => {
    const message = { ts: AT, values: { a: 1 }, seq: 7, quality: { a: 0x40930000 }, historical: true };
    expect(read(message).rows).toEqual([{ device: 'lamp-1', ...message }]);
  });

  it('of several moments becomes a row each, in order, timed or not', () => {
    const { rows } = read([{ ts: AT, values: { a: 1 } }, { a: 2 }, { values: { a: 3 } }]);
    expect(rows.map(({ ts, values }) => [ts, values.a])).toEqual([
      [AT, 1],
      [RECEIVED, 2],
      [RECEIVED, 3],
    ]);
  });

  it('has its fields named and its numbers scaled, not its texts or switches', () => {
    const map = {
      p: { measurement: 'rtu.outletPressure', scale: 0.5 },
      on: { measurement: 'rtu.valve', scale: 2 },
      word: { measurement: 'rtu.state' },
    };
    expect(read({ p: 7, on: true, word: 'ok', other: 1 }, { over: { map } }).rows[0]?.values).toEqual({
      'rtu.outletPressure': 3.5,
      'rtu.valve': true,
      'rtu.state': 'ok',
      other: 1,
    });
  });

  it('keeps a doubtful value doubtful when its field is renamed', () => {
    const map = { p: { measurement: 'rtu.outletPressure' } };
    const [row] = read({ ts: AT, values: { p: 1 }, quality: { p: 'bad' } }, { over: { map } }).rows;
    expect(row?.quality).toEqual({ 'rtu.outletPressure': 'bad' });
  });

  it.each<[string, unknown, string[]]>([
    ['no JSON', '{"a": 3.', ['not JSON']],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), ['not JSON in UTF-8']],
    ['a bare number', '3.2', ['3.2 is not an object']],
    ['null', 'null', ['null is not an object']],
    ['an empty list', '[]', ['empty list']],
    ['an empty object', '{}', ['no values']],
    ['values that are a list', { ts: AT, values: [1] }, ['"values" is [1]']],
    ['a time that is a text', { ts: '10:00', values: { a: 1 } }, ['"ts" is "10:00"']],
    ['too many bytes', `{"a":"${'x'.repeat(1_000_001)}"}`, ['a payload of 1000009 bytes']],
  ])('with %s is refused with the reason', (_what, body, reasons) => {
    const { rows, refused } = read(body);
    expect(rows).toEqual([]);
    expect(refused).toHaveLength(reasons.length);
    for (const [i, reason] of reasons.entries()) expect(refused[i]).toContain(reason);
    expect(refused[0]).toContain('lamp-1');
  });

  it.each<[string, object, string]>([
    ['a value of null', { ts: AT, values: { a: 1, b: null } }, '"b" is null'],
    ['a nested value', { ts: AT, values: { a: 1, b: { c: 2 } } }, '"b" is {"c":2}'],
    [
      'a word it does not know beside the values',
      { ts: AT, values: { a: 1 }, units: 'kPa' },
      '"units" beside "values"',
    ],
    ['a number that is none', { ts: AT, values: { a: 1 }, seq: 1.5 }, '"seq" is 1.5'],
    ['a mark that is none', { ts: AT, values: { a: 1 }, historical: 'yes' }, '"historical" is "yes"'],
    ['quality of something else', { ts: AT, values: { a: 1 }, quality: { b: 'bad' } }, 'quality" speaks of "b"'],
    ['quality that is none', { ts: AT, values: { a: 1 }, quality: 'bad' }, '"quality" is "bad"'],
  ])('with %s loses that and keeps the rest', (_what, body, reason) => {
    const { rows, refused } = read(body);
    expect(rows).toEqual([{ device: 'lamp-1', ts: AT, values: { a: 1 } }]);
    expect(refused).toEqual([expect.stringContaining(reason)]);
  });

  it('with a number beyond all numbers loses that value', () => {
    const { rows, refused } = read('{"a": 1e999, "b": 2}');
    expect(rows[0]?.values).toEqual({ b: 2 });
    expect(refused).toHaveLength(1);
  });

  it('with an unreadable quality is doubtful rather than good', () => {
    const { rows, refused } = read({ ts: AT, values: { a: 1 }, quality: { a: null } });
    expect(rows[0]?.quality).toEqual({ a: 'uncertain' });
    expect(refused).toHaveLength(1);
  });

  it('whose two fields become one measurement keeps the first and says so', () => {
    const { rows, refused } = read({ p: 1, 'rtu.p': 2 }, { over: { map: { p: { measurement: 'rtu.p' } } } });
    expect(rows[0]?.values).toEqual({ 'rtu.p': 1 });
    expect(refused).toEqual([expect.stringContaining('both "rtu.p"')]);
  });

  it('that a broker kept is not taken for news, unless it has its own time', () => {
    expect(read({ a: 1 }, { retained: true })).toEqual({ rows: [], refused: [expect.stringContaining('retained')] });
    expect(read({ ts: AT, values: { a: 1 } }, { retained: true }).rows).toHaveLength(1);
  });

  it.each([
    ['field//telemetry', 1],
    ['field/__proto__/telemetry', 1],
    ['field/lamp 1/telemetry', 1],
    ['field', 1],
  ])('on the topic %s names no device', (topic, device) => {
    const { rows, refused } = read({ a: 1 }, { topic, over: { device } });
    expect(rows).toEqual([]);
    expect(refused).toEqual([expect.stringContaining('does not name a device')]);
  });

  it('of a fixed device is that device’s, whatever the topic', () => {
    expect(read({ a: 1 }, { topic: 'x', over: { device: 'boiler' } }).rows[0]?.device).toBe('boiler');
  });

  it('is never a reason to fail, and all that is kept can be written down', () => {
    const anything = fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc
        .record({ ts: fc.jsonValue(), values: fc.jsonValue(), quality: fc.jsonValue(), seq: fc.jsonValue() })
        .map((body) => Buffer.from(JSON.stringify(body))),
    );
    fc.assert(
      fc.property(anything, fc.boolean(), (payload, retained) => {
        const { rows, refused } = read(payload, { retained });
        expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
        expect(rows.length + refused.length).toBeGreaterThan(0);
      }),
      { seed: 22 },
    );
  });
});

describe('what a field message could not be read for', () => {
  const message = (payload: string, topic = 'field/lamp-1/telemetry') => ({
    topic,
    payload: new TextEncoder().encode(payload),
    received: AT,
    retained: false,
  });
  const topicRule = { filter: 'field/+/telemetry', device: 1, map: {} };

  it('travels on with its reasons and its text, in the name of its device', () => {
    const bad = message('{oops');
    const { refused } = normaliseMessage(bad, topicRule);
    expect(evidenceOf(bad, topicRule, refused)).toMatchObject({ device: 'lamp-1', ts: AT, values: {} });
    expect(evidenceOf(bad, topicRule, refused)?.unreadable).toMatch(/not JSON.*— \{oops$/);
  });

  it('is nothing where all could be read, or no device is named', () => {
    expect(evidenceOf(message('{"a":1}'), topicRule, [])).toBeUndefined();
    expect(evidenceOf(message('{oops', 'x'), topicRule, ['why'])).toBeUndefined();
  });
});

describe('the rule for a topic', () => {
  it('is the first that matches', () => {
    const rules = [rule({ filter: 'field/lamp-1/+', device: 'the-lamp' }), rule(), rule({ filter: '#', device: 0 })];
    expect(ruleFor('field/lamp-1/telemetry', rules)?.device).toBe('the-lamp');
    expect(ruleFor('field/lamp-2/telemetry', rules)?.device).toBe(1);
    expect(ruleFor('other', rules)?.device).toBe(0);
    expect(ruleFor('other', [rule()])).toBeUndefined();
  });
});
