import { describe, expect, it } from 'vitest';
import { ageText, clockText, fullStampText, spanText, stampText } from './age.ts';
import { asHex, asText } from './payload.ts';
import { groupText, numberText, opText, valueText } from './value.ts';

const words = { yes: '是', no: '否', none: '无数值' };

describe('an age', () => {
  it.each([
    [-5000, '0:00'],
    [0, '0:00'],
    [42_900, '0:42'],
    [724_000, '12:04'],
    [3_860_000, '1:04:20'],
    [2 * 86_400_000 + 3 * 3_600_000 + 15 * 60_000, '2d 03:15'],
  ])('%d ms reads %s', (ms, text) => {
    expect(ageText(ms)).toBe(text);
  });

  it('is written in full where data have stopped', () => {
    expect(spanText(12_400)).toBe('00:00:12');
  });
});

describe('a time', () => {
  // 2026-11-22T11:42:07Z
  const at = Date.UTC(2026, 10, 22, 11, 42, 7);
  it('stands in the city’s zone, wherever the workstation is', () => {
    expect(clockText(at, 'Asia/Shanghai')).toBe('19:42:07');
    expect(clockText(at, 'Asia/Shanghai', false)).toBe('19:42');
    expect(stampText(at, 'Asia/Shanghai')).toBe('11-22 19:42');
    expect(fullStampText(at, 'Asia/Shanghai')).toBe('2026-11-22 19:42:07');
  });

  it('calls midnight 00, not 24', () => {
    expect(clockText(Date.UTC(2026, 10, 22, 16, 0, 0), 'Asia/Shanghai')).toBe('00:00:00');
  });
});

describe('a value', () => {
  it.each([
    [46.82, '46.8'],
    [3.314, '3.31'],
    [0.4187, '0.419'],
    [182.4, '182'],
    [0, '0'],
    [-12.34, '-12.3'],
    [10_482, '10 482'],
  ])('%d reads %s', (value, text) => {
    expect(numberText(value).replace(/\s/g, ' ')).toBe(text);
  });

  it('carries its unit as people read it', () => {
    expect(valueText(46, '%{LEL}', words)).toEqual({ figure: '46', unit: '%LEL' });
    expect(valueText(21.5, 'Cel', words)).toEqual({ figure: '21.5', unit: '°C' });
  });

  it('of a switch is yes or no, of a text its word in the page’s language', () => {
    const measurement = {
      title: { zh: '阀', en: 'Valve' },
      kind: 'text',
      unit: '1',
      states: { open: { zh: '开', en: 'open' } },
    } as const;
    expect(valueText(true, '1', words).figure).toBe('是');
    expect(valueText('open', '1', words, measurement, 'zh').figure).toBe('开');
    expect(valueText('jammed', '1', words, measurement, 'zh').figure).toBe('jammed');
    expect(valueText(null, '1', words).figure).toBe('无数值');
  });

  it('is grouped where it is a count, compared where it has a limit', () => {
    expect(groupText(1_204_882).replace(/\s/g, ' ')).toBe('1 204 882');
    expect(opText('>=')).toBe('≥');
    expect(opText(null)).toBe('');
  });
});

describe('a refused payload', () => {
  const base64 = (bytes: number[]): string => Buffer.from(bytes).toString('base64');
  it('is shown as text, with its control characters visible', () => {
    expect(asText(Buffer.from('{"a":1}\n').toString('base64'))).toBe('{"a":1}\n');
    expect(asText(base64([0x41, 0x00, 0x1b]))).toBe('A␀␛');
  });

  it('and as bytes', () => {
    expect(asHex(base64([0x41, 0xff]))).toMatch(/^0000 {2}41 ff\s+A\.$/);
  });
});
