import { describe, expect, it } from 'vitest';
import {
  type Content,
  type DataChange,
  overflowed,
  readingIn,
  rowsOf,
  WAITING_FOR_INITIAL_DATA,
} from './data-changes.ts';

const NO_COMMUNICATION = 0x80310000;
const change = (over: Partial<DataChange>): DataChange => ({
  device: 'rtu-1',
  measurement: 'p',
  at: 1000,
  value: 1,
  status: 0,
  ...over,
});

describe('the reading in an OPC UA value', () => {
  it.each<[string, Content, number, unknown]>([
    ['a number, scaled', { kind: 'scalar', value: 250 }, 0.5, 125],
    ['a switch, never scaled', { kind: 'scalar', value: true }, 0.5, true],
    ['a text', { kind: 'scalar', value: 'open' }, 1, 'open'],
    ['an unsigned 64-bit integer', { kind: 'uint64', value: [1, 2] }, 1, 4294967298],
    ['a negative 64-bit integer', { kind: 'int64', value: [0xffffffff, 0xfffffffe] }, 1, -2],
    ['nothing', { kind: 'scalar', value: null }, 1, null],
  ])('%s', (_what, content, scale, expected) => {
    expect(readingIn(content, 0, scale)).toBe(expected);
  });

  it.each<[string, Content]>([
    ['not a number', { kind: 'scalar', value: Number.NaN }],
    ['infinity', { kind: 'scalar', value: Number.POSITIVE_INFINITY }],
    ['an array of two numbers', { kind: 'other', value: [1, 2] }],
    ['a date', { kind: 'scalar', value: new Date() }],
    ['a structure', { kind: 'scalar', value: { text: 'x' } }],
  ])('%s is refused', (_what, content) => {
    expect(readingIn(content, 0)).toEqual({ refused: expect.any(String) });
  });

  it('is none before the server has heard of the source, whatever it shows', () => {
    expect(readingIn({ kind: 'scalar', value: 0 }, WAITING_FOR_INITIAL_DATA)).toBeNull();
    // As node-opcua and JavaScript’s own operators may hand it over: signed.
    expect(readingIn({ kind: 'scalar', value: 0 }, WAITING_FOR_INITIAL_DATA | 0)).toBeNull();
  });

  it('is the last one when the line is down, and stays bad', () => {
    expect(readingIn({ kind: 'scalar', value: 4.2 }, NO_COMMUNICATION)).toBe(4.2);
  });

  it('may say that older ones were overwritten', () => {
    expect(overflowed(0x00000480)).toBe(true);
    expect(overflowed(0x40930480)).toBe(true);
    expect(overflowed(0x00000400)).toBe(false);
    expect(overflowed(0)).toBe(false);
  });
});

describe('changes of stations', () => {
  it('travel together when they are of one device and one moment', () => {
    expect(rowsOf([change({}), change({ measurement: 't', value: 20 }), change({ device: 'rtu-2' })])).toEqual([
      { device: 'rtu-1', ts: 1000, values: { p: 1, t: 20 } },
      { device: 'rtu-2', ts: 1000, values: { p: 1 } },
    ]);
  });

  it('keep their order and their moments', () => {
    const rows = rowsOf([
      change({ at: 1000, value: 1 }),
      change({ at: 2000, value: 2 }),
      change({ at: 3000, value: 3 }),
    ]);
    expect(rows.map(({ ts, values }) => [ts, values.p])).toEqual([
      [1000, 1],
      [2000, 2],
      [3000, 3],
    ]);
  });

  it('carry the full status code of what is not plainly good', () => {
    expect(rowsOf([change({}), change({ measurement: 't', status: 0x40930000 })])).toEqual([
      { device: 'rtu-1', ts: 1000, values: { p: 1, t: 1 }, quality: { t: 0x40930000 } },
    ]);
  });

  it('for the same moment end with the later one, its quality included', () => {
    expect(rowsOf([change({ status: NO_COMMUNICATION }), change({ value: 2 })])).toEqual([
      { device: 'rtu-1', ts: 1000, values: { p: 2 } },
    ]);
    expect(rowsOf([change({ value: 2 }), change({ value: 2, status: NO_COMMUNICATION })])).toEqual([
      { device: 'rtu-1', ts: 1000, values: { p: 2 }, quality: { p: NO_COMMUNICATION } },
    ]);
  });
});
