import { describe, expect, it } from 'vitest';
import type { Ceiling } from '../contract/ceiling.ts';
import { parseStandards } from './parse-standards.ts';

/** GB/T 50493-2019 as a city states it: 25 and 50 %LEL. Written here by hand. */
const ceilings: readonly Ceiling[] = [
  {
    id: 'kitchens',
    scope: { zh: '固定式探测器', en: 'fixed detectors' },
    source: 'GB/T 50493-2019',
    status: 'verified',
    deviceTypes: ['gas-alarm-commercial'],
    measurements: ['alarm.ch4'],
    levels: [
      { name: { zh: '一级', en: 'level 1' }, max: { value: 25, unit: '%{LEL}' }, priority: 'P2', withinS: 30 },
      { name: { zh: '二级', en: 'level 2' }, max: { value: 50, unit: '%{LEL}' }, priority: 'P1', withinS: 0 },
    ],
  },
];

const basis = 'basis: [{ src: ours, status: proposal }]';
const level = (id: string, limit: string, priority: string, more = '') =>
  `{ id: ${id}, title: { zh: 甲, en: a }, kind: threshold, measurement: alarm.ch4, op: '>=', limit: ${limit}, priority: ${priority}, ladder: ch4, ${basis}${more} }`;
const first = level('l1', "{ value: 20, unit: '%{LEL}' }", 'P2');
const second = level('l2', "{ value: 40, unit: '%{LEL}' }", 'P1');

const catalogue = (...rules: string[]) => `
title: { zh: 目录, en: Catalogue }
version: "1"
warning: { zh: 草案, en: draft }
domains:
  - code: H
    name: { zh: 安居, en: Homes }
    categories:
      - code: H01
        name: { zh: 用气, en: Gas }
        status: named
        sourceWords: 用气
        sources: []
        items:
          - code: H01-01
            name: { zh: 厨房, en: Kitchens }
            standard: { text: 不漏, provenance: illustrative, source: null }
            problem: 泄漏
            leadDepartment: gasworks
            deviceType: gas-alarm-commercial
            rules: ${rules.length === 0 ? '[]' : ''}
${rules.map((rule) => `              - ${rule}`).join('\n')}
            timeLimit: { ackMin: 1, arriveMin: 30, makeSafeMin: 60, closeH: 24, clock: continuous, ${basis} }
`;
const overlay = (changes: string) => `
id: old-town
title: { zh: 老街, en: Old town }
kind: pilot
areas: [A]
provenance: illustrative
changes:
${changes}
`;
const saidOf = (text: string, ...overlays: string[]): string => {
  const parsed = parseStandards(
    { catalogue: text, overlays: overlays.map((one, index) => ({ name: `${index}.yaml`, text: one })) },
    { ceilings },
  );
  return 'faults' in parsed ? parsed.faults.map(({ en }) => en).join('\n') : 'holds';
};

describe('limits under their ceilings', () => {
  it.each([
    ['as they are', catalogue(first, second)],
    ['at the ceiling itself', catalogue(first.replace('20', '25'), second.replace('40', '50'))],
    ['with more levels between', catalogue(first, level('l3', "{ value: 30, unit: '%{LEL}' }", 'P3'), second)],
  ])('hold %s', (_, text) => expect(saidOf(text)).toBe('holds'));
});

describe('a ceiling cannot be got round by', () => {
  const none = 'has no level';
  it.each<[how: string, says: string, ...rules: string[]]>([
    ['a higher first level', `${none} 1`, first.replace('20', '26'), second],
    ['a higher second level', 'above its ceiling of 50 %LEL', first, second.replace('40', '51')],
    ['another level on top', 'above its ceiling', first, second, level('l3', "{ value: 60, unit: '%{LEL}' }", 'P3')],
    ['%VOL for a gas that makes less of it', `${none} 1`, level('l1', "{ value: 1, unit: '%{VOL}' }", 'P2'), second],
    ['ppm', 'above its ceiling', first, level('l2', "{ value: 30000, unit: '[ppm]' }", 'P1')],
    [
      'arithmetic without constants',
      'above its ceiling',
      first,
      level('l2', "{ expr: 30.0 + 30.0, unit: '%{LEL}' }", 'P1'),
    ],
    ['a lower priority', `${none} 2`, first, second.replace('P1', 'P2')],
    ['leaving a level out', `${none} 2`, first],
    ['leaving all of them out', `${none} 1`],
    ['a longer on-delay', `${none} 1`, first.replace('ladder', 'onDelayS: 3600, ladder'), second],
    [
      'the mean of a window',
      `${none} 1`,
      level('l1', "{ value: 20, unit: '%{LEL}' }", 'P2', ', windowS: 86400'),
      second,
    ],
    [
      'a condition that never holds',
      `${none} 1`,
      level(
        'l1',
        "{ value: 20, unit: '%{LEL}' }",
        'P2',
        ", when: { expr: 'local.hour > 99.0', text: { zh: 甲, en: a } }",
      ),
      second,
    ],
    [
      'a rate in the place of a level',
      `${none} 1`,
      second,
      `{ id: l1, title: { zh: 甲, en: a }, kind: count, measurement: alarm.ch4, op: '>=', limit: { value: 20, unit: '1' }, windowS: 60, priority: P2, ${basis} }`,
    ],
    [
      'turning the comparison round',
      `${none} 1`,
      first.replace("'>='", "'<='").replace('ladder: ch4', 'ladder: low'),
      second,
    ],
  ])('%s', (_, says, ...rules) => expect(saidOf(catalogue(...rules))).toContain(says));

  it('a catalogue that does not speak of the detectors at all', () => {
    expect(
      saidOf(catalogue(first, second).replace('deviceType: gas-alarm-commercial', 'deviceType: gas-alarm-household')),
    ).toContain(none);
  });

  it.each([
    ['a limit', "  - { item: H01-01, rules: { l2: { limit: { value: 60, unit: '%{LEL}' } } } }", 'above its ceiling'],
    ['a rule that is off', '  - { item: H01-01, rules: { l1: { off: true } } }', `${none} 1`],
    ['a priority', '  - { item: H01-01, rules: { l1: { priority: P4 } } }', `${none} 1`],
    ['a delay', '  - { item: H01-01, rules: { l1: { onDelayS: 600 } } }', `${none} 1`],
  ])('%s of an overlay, which says so with its own line', (_, changes, says) => {
    const text = overlay(changes);
    expect(saidOf(catalogue(first, second), text)).toContain(says);
    const parsed = parseStandards(
      { catalogue: catalogue(first, second), overlays: [{ name: 'old.yaml', text }] },
      { ceilings },
    );
    if (!('faults' in parsed)) throw new Error('it holds');
    expect(parsed.faults[0]).toMatchObject({ file: 'old.yaml', line: 8 });
    expect(parsed.faults[0]!.zh).not.toBe('');
  });

  it('two overlays that hold alone, at a device where both apply', () => {
    const area = overlay(
      "  - { item: H01-01, addRules: [{ id: l0, title: { zh: 甲, en: a }, kind: threshold, measurement: alarm.ch4, op: '>=', limit: { value: 15, unit: '%{LEL}' }, ladder: ch4, priority: P2, basis: [{ src: ours, status: proposal }] }], rules: { l1: { off: true } } }",
    ).replace('pilot', 'town');
    const grid = overlay('  - { item: H01-01, rules: { l1: { limit: { value: 24, unit: "%{LEL}" } } } }')
      .replace('id: old-town', 'id: grid-7')
      .replace('areas: [A]', "grids: ['007*']");
    expect(saidOf(catalogue(first, second), area)).toBe('holds');
    expect(saidOf(catalogue(first, second), grid)).toBe('holds');
    expect(saidOf(catalogue(first, second), area, grid)).toContain('has no rule l1');
  });
});
