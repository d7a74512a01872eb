import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../devices/contract/catalogue.ts';
import { textsIn } from '../i18n/i18n.ts';
import { foundIn, limitInWords, ruleInWords, spanInWords } from './catalogue-words.ts';

const texts = textsIn('zh');
const common = {
  id: 'r',
  title: { zh: '一级报警', en: 'Level 1' },
  measurement: 'alarm.ch4',
  priority: 'P2',
  onDelayS: 0,
  offDelayS: 0,
  latched: false,
  basis: [{ src: 'x', status: 'proposal' }],
} as const;
const gas = { title: { zh: '燃气浓度', en: 'Gas' }, kind: 'number', unit: '%{LEL}' } as const;

describe('a rule in words', () => {
  it.each<[string, Rule]>([
    [
      '燃气浓度 ≥ 10 %LEL，持续 10 秒',
      {
        ...common,
        basis: [...common.basis],
        kind: 'threshold',
        op: '>=',
        limit: { value: 10, unit: '%{LEL}' },
        onDelayS: 10,
      },
    ],
    [
      '燃气浓度 > 1.1 * Ps kPa，需人工复位',
      {
        ...common,
        basis: [...common.basis],
        kind: 'threshold',
        op: '>',
        limit: { expr: '1.1 * Ps', unit: 'kPa' },
        latched: true,
      },
    ],
    [
      '10 分钟没有收到任何数据',
      { ...common, basis: [...common.basis], kind: 'absence', measurement: '*', afterS: 600 },
    ],
    ['燃气浓度在 6 小时内一动不动', { ...common, basis: [...common.basis], kind: 'stuck', windowS: 21_600 }],
  ])('%s', (words, rule) => {
    expect(ruleInWords(rule, rule.measurement === '*' ? undefined : gas, texts)).toBe(words);
  });

  it('names a state by its word, a flag by yes or no', () => {
    const valve = {
      title: { zh: '阀', en: 'Valve' },
      kind: 'text',
      unit: '1',
      states: { shut: { zh: '关', en: 'shut' } },
    } as const;
    expect(limitInWords({ state: 'shut' }, valve, texts)).toBe('关');
    expect(limitInWords({ flag: true }, undefined, texts)).toBe('是');
    expect(spanInWords(90, texts)).toBe('90 秒');
  });
});

describe('searching the catalogue', () => {
  const item = { code: 'G05-14', name: { zh: '餐饮', en: 'Restaurants' }, standard: { text: '报警' }, problem: '未装' };
  const catalogue = {
    domains: [
      {
        code: 'G',
        name: { zh: '安全', en: 'Safety' },
        categories: [{ code: 'G05', name: { zh: '燃气', en: 'Gas' }, items: [item] }],
      },
    ],
  } as unknown as Parameters<typeof foundIn>[0];
  it('keeps only what holds every word, and drops empty branches', () => {
    expect(foundIn(catalogue, '')).toHaveLength(1);
    expect(foundIn(catalogue, 'g05-14 未装')).toHaveLength(1);
    expect(foundIn(catalogue, 'gas 船')).toEqual([]);
  });
});
