import { describe, expect, it } from 'vitest';
import { parseCatalogue } from './parse-catalogue.ts';

const head = `
title: { zh: 目录, en: Catalogue }
version: "1"
warning: { zh: 草案, en: draft }
bases:
  ours:
    - { src: ours, status: proposal }
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
            rules:
`;
const tail = (clock = 'continuous') => `
            timeLimit: { ackMin: 1, arriveMin: 30, makeSafeMin: 60, closeH: 24, clock: ${clock}, basis: ours }
`;
const leak = {
  id: 'leak',
  title: '{ zh: 泄漏, en: Leak }',
  kind: 'threshold',
  measurement: 'alarm.ch4',
  op: "'>='",
  limit: "{ value: 20, unit: '%{LEL}' }",
  priority: 'P2',
  basis: 'ours',
};

/** A detector that reports once a minute, against its last hours. */
const usual = {
  kind: 'baseline',
  measure: 'difference',
  by: 'trailing',
  learnS: '7200',
  floor: "{ value: 1, unit: '%{LEL}' }",
};

/** The catalogue with these rules, parsed for a city that has the department "gasworks". */
function parsed(rules: Record<string, string>[], clock?: string) {
  const lines = rules.map(
    (rule) =>
      `              - ${Object.entries(rule)
        .map(([key, value]) => `${key}: ${value}`)
        .join('\n                ')}`,
  );
  return parseCatalogue(head + lines.join('\n') + tail(clock), { departments: ['gasworks'] });
}
const faultsOf = (...rules: Record<string, string>[]) => {
  const result = parsed(rules);
  return 'faults' in result ? result.faults : [];
};

describe('a catalogue that holds', () => {
  it('comes out with its shared bases filled in', () => {
    const result = parsed([leak]);
    if ('faults' in result) throw new Error(JSON.stringify(result.faults));
    expect(result.catalogue.domains[0]?.categories[0]?.items[0]?.rules[0]?.basis).toEqual([
      { src: 'ours', status: 'proposal' },
    ]);
  });
});

describe('a fault', () => {
  it('says its line, its value, and what is wrong in both languages', () => {
    const [fault] = faultsOf({ ...leak, measurement: 'alarm.ch5' });
    expect(fault).toMatchObject({ line: 28, value: 'alarm.ch5' });
    expect(fault?.en).toContain('gas-alarm-commercial has no measurement "alarm.ch5"; it has alarm.ch4');
    expect(fault?.zh).toContain('没有测量量');
  });

  it('does not hide the others: all are shown at once, in the order of the file', () => {
    const faults = faultsOf(
      { ...leak, limit: "{ value: 20, unit: 'kPa' }" },
      { ...leak, id: 'valve', kind: 'state', measurement: 'alarm.valveState', op: "'=='", limit: '{ state: jammed }' },
      { ...leak, id: 'odd', measurement: 'alarm.nothing' },
    );
    expect(faults.map(({ path }) => path.split('.').slice(-2).join('.'))).toEqual([
      '0.limit',
      '1.limit',
      '2.measurement',
    ]);
    expect(faults.map(({ line }) => line)).toEqual([...faults.map(({ line }) => line)].sort((a, b) => a - b));
  });

  it.each<[string, Record<string, string>, string]>([
    ['a unit of another quantity', { limit: '{ value: 20, unit: Cel }' }, 'Cel (temperature) cannot become'],
    ['a unit nobody knows', { limit: "{ value: 20, unit: '%LEL' }" }, '"%LEL" is not a UCUM unit'],
    ['a limit the instrument never reaches', { limit: "{ value: 120, unit: '%{LEL}' }" }, 'never met'],
    ['a deadband that keeps the alarm for ever', { deadband: "{ value: 21, unit: '%{LEL}' }" }, 'cannot be reached'],
    [
      'a flag compared with a number',
      { kind: 'state', measurement: 'alarm.fan', op: "'=='", limit: '{ code: 1 }' },
      'cannot compare',
    ],
    [
      'a word the measurement does not have',
      { kind: 'state', measurement: 'alarm.valveState', op: "'=='", limit: '{ state: jammed }' },
      'its words are open, closed, fault',
    ],
    ['a constant that does not exist', { limit: "{ expr: 1.1 * Pz, unit: '%{LEL}' }" }, 'Unknown variable: Pz'],
    ['a basis that is not there', { basis: 'yours' }, 'basis "yours" is not under bases'],
    [
      'a condition on a reading the device has not',
      { when: "{ expr: 'r.alarm.fun', text: { zh: 甲, en: a } }" },
      'No such key: fun',
    ],
    [
      'a condition with an unknown name',
      { when: "{ expr: 'moon.full', text: { zh: 甲, en: a } }" },
      'Unknown variable: moon',
    ],
    [
      'a condition that is not CEL',
      { when: "{ expr: 'r.alarm.fan &&', text: { zh: 甲, en: a } }" },
      'does not compile',
    ],
    [
      'a condition that is no yes or no',
      { when: "{ expr: 'r.alarm.ch4 + 1.0', text: { zh: 甲, en: a } }" },
      'it gives double, wanted bool',
    ],
    [
      'a condition without an end to its cost',
      { when: '{ expr: \'device.id.matches("(a+)+")\', text: { zh: 甲, en: a } }' },
      'matches() is not allowed',
    ],
    ['a misspelt key', { sevrity: 'P1' }, 'sevrity'],
    [
      'a multiple of the usual, less what the others have in common',
      { ...usual, measure: 'ratio', limit: "{ value: 2, unit: '1' }", against: '{ withinM: 100 }' },
      'a ratio cannot be taken less what others have in common',
    ],
    [
      'company both near and along a site',
      { ...usual, against: '{ withinM: 100, along: site }' },
      'give either withinM',
    ],
    ['company nowhere', { ...usual, against: '{}' }, 'give either withinM'],
    ['more figures than its device gives in that time', { ...usual, learnS: '1800', minimum: '40' }, 'at most 30'],
  ])('is %s', (_, change, says) => {
    const faults = faultsOf({ ...leak, ...change });
    expect(faults.map(({ en }) => en).join('\n')).toContain(says);
    for (const { zh, line } of faults) {
      expect(zh).not.toBe('');
      expect(line).toBeGreaterThan(1);
    }
  });

  it('is an urgent rule under an item that counts working hours', () => {
    const result = parsed([leak], 'working');
    expect('faults' in result && result.faults[0]?.en).toContain(
      'a P2 rule needs an item whose timeLimit.clock is continuous',
    );
  });

  it('is two levels of one measurement that could ring together', () => {
    const faults = faultsOf(leak, { ...leak, id: 'worse', limit: "{ value: 40, unit: '%{LEL}' }", priority: 'P1' });
    expect(faults[0]?.en).toContain('worse and leak are levels of one measurement');
    const ladder = { ladder: 'ch4' };
    expect(
      faultsOf({ ...leak, ...ladder }, { ...leak, ...ladder, id: 'worse', limit: "{ value: 40, unit: '%{LEL}' }" }),
    ).toEqual([]);
  });

  it('is a second item that would ring for the same thing', () => {
    const rules = Object.entries(leak)
      .map(([key, value]) => `${key}: ${value}`)
      .join(', ');
    const item = head.slice(head.indexOf('          - code: H01-01'), head.indexOf('            rules:'));
    const withRules = (code: string) => `${item.replace('H01-01', code)}            rules: [{ ${rules} }]${tail()}`;
    const text = head.slice(0, head.indexOf('          - code: H01-01')) + withRules('H01-01') + withRules('H01-02');
    const result = parseCatalogue(text);
    expect('faults' in result && result.faults[0]?.en).toContain(
      'H01-02.leak and H01-01.leak would both ring for one thing',
    );
  });

  it('is a department the city does not have', () => {
    const result = parseCatalogue(head.replace('gasworks', 'nobody').replace('rules:', 'rules: []') + tail(), {
      departments: ['gasworks'],
    });
    expect('faults' in result && result.faults.map(({ en }) => en).join()).toContain('no department "nobody"');
  });

  it('is a correction of an item that is not there', () => {
    const text = `${head.replace('rules:', 'rules: []') + tail()}changes:\n  - { version: "1", item: Z99-01, text: { zh: 甲, en: a } }\n`;
    const result = parseCatalogue(text);
    expect('faults' in result && result.faults[0]?.en).toBe('there is no item Z99-01');
  });

  it('is a text that is no YAML, with the line where it stops being one', () => {
    const result = parseCatalogue('title: { zh: 目录\nversion: ]');
    expect('faults' in result && result.faults[0]?.line).toBeGreaterThan(0);
    expect('faults' in result && result.faults[0]?.en).toContain('not YAML');
  });

  it('is an empty file', () => {
    expect('faults' in parseCatalogue('')).toBe(true);
  });
});
