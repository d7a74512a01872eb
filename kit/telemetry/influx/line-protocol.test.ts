import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TelemetryRow } from '../telemetry-store.ts';
import { originalName, storedField, storedName, storedType, toLine } from './line-protocol.ts';

const never = () => false;
const line = (row: Partial<TelemetryRow>) =>
  toLine({ type: 'bin', device: 'bin-1', at: 1000, values: { fill: 1 }, ...row }, never);

describe('a line for InfluxDB', () => {
  it.each([
    ['a whole number as a float', { values: { fill: 1 } }, 'bin,device=bin-1 fill=1 1000'],
    ['a small number', { values: { fill: 1e-7 } }, 'bin,device=bin-1 fill=1e-7 1000'],
    [
      'dotted names as they are',
      { values: { 'rtu.outletPressure': 0.3 } },
      'bin,device=bin-1 rtu.outletPressure=0.3 1000',
    ],
    ['true and false', { values: { a: true, b: false } }, 'bin,device=bin-1 a=true,b=false 1000'],
    [
      'a text with quotes and a line break',
      { values: { s: 'a "b" \\ c\nd' } },
      'bin,device=bin-1 s="a \\"b\\" \\\\ c\nd" 1000',
    ],
    ['a status that is not good', { quality: { fill: 0x808c0000 } }, 'bin,device=bin-1 fill=1,fill_q=2156658688i 1000'],
    [
      'spaces, commas and = in names',
      { type: 'smart bin', device: 'a,b=c d' },
      'smart\\ bin,device=a\\,b\\=c\\ d fill=1 1000',
    ],
    ['a line break in a name', { device: 'a\nb' }, 'bin,device=a%0Ab fill=1 1000'],
    ['Chinese as it is', { device: '鹅城-001' }, 'bin,device=鹅城-001 fill=1 1000'],
    [
      'names that the server keeps for itself',
      { values: { time: 1, device: 2 } },
      'bin,device=bin-1 %74ime=1,%64evice=2 1000',
    ],
    ['a type that would be a comment', { type: '#bin' }, '%23bin,device=bin-1 fill=1 1000'],
  ])('writes %s', (_, row, expected) => {
    expect(line(row)).toBe(expected);
  });

  it('leaves out a row without values', () => {
    expect(line({ values: {} })).toBeUndefined();
  });

  it('writes a good status where the field has had another', () => {
    expect(toLine({ type: 'bin', device: 'b', at: 1, values: { fill: 1 } }, () => true)).toBe(
      'bin,device=b fill=1,fill_q=0i 1',
    );
  });
});

describe('stored names', () => {
  it('come back as they were, whatever they are, and hold nothing a line could break at', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        for (const stored of [storedName(name), storedType(name), storedField(name)]) {
          expect(originalName(stored)).toBe(name);
          expect(stored).not.toMatch(/["\\\n\r]/);
        }
      }),
    );
  });

  it('never end like a status field', () => {
    expect(storedField('ch4_q')).toBe('ch4%5Fq');
  });
});
