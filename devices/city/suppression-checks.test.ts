import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseCatalogue } from './parse-catalogue.ts';

const both = (en: string) => ({ zh: en, en });
const basis = [{ src: 'ours', status: 'proposal' }];
const rule = (id: string, more: object) => ({ id, title: both(id), priority: 'P4', basis, ...more });
const item = (code: string, deviceType: string, rules: object[], more: object = {}) => ({
  code,
  name: both(code),
  standard: { text: code, provenance: 'illustrative', source: null },
  problem: code,
  leadDepartment: 'x',
  deviceType,
  rules,
  timeLimit: { ackMin: 1, arriveMin: 1, makeSafeMin: null, closeH: 1, clock: 'continuous', basis },
  ...more,
});
const flag = { kind: 'state', op: '==', limit: { flag: true } };
const leak = rule('leak', {
  kind: 'threshold',
  measurement: 'alarm.ch4',
  op: '>=',
  limit: { value: 20, unit: '%{LEL}' },
  priority: 'P1',
});
const quiet = (priority: string) => rule('quiet', { kind: 'absence', measurement: '*', afterS: 300, priority });
const domains = [
  {
    code: 'H',
    name: both('homes'),
    categories: [
      {
        code: 'H01',
        name: both('gas'),
        status: 'named',
        sourceWords: 'gas',
        sources: [],
        items: [
          item('H01-01', 'gas-alarm-commercial', [leak, quiet('P1')], { hazard: 'gas' }),
          item('H01-02', 'smart-pole', [rule('lamp', { ...flag, measurement: 'pole.lampFailure' })]),
        ],
      },
    ],
  },
];

const usual = {
  id: 'lamp-off',
  title: both('lamp off'),
  because: { condition: { expr: '!sun.dark', text: both('by day') } },
  hides: { rules: ['H01-02.lamp'] },
  scope: 'same-device',
  basis,
};
const read = (...suppressions: object[]) =>
  parseCatalogue(
    stringify({ title: both('c'), version: '1', warning: both('draft'), domains, suppressions }, { lineWidth: 0 }),
  );
const faults = (change: object) => {
  const result = read({ ...usual, ...change });
  return 'faults' in result ? result.faults : [];
};

describe('suppressions of a catalogue', () => {
  it('are taken as they are written', () => {
    const result = read(usual);
    expect('catalogue' in result && result.catalogue.suppressions.map(({ id }) => id)).toEqual(['lamp-off']);
  });

  it('are the gateway’s and the carrier’s where the file does not speak of them, and none where it says so', () => {
    const text = (more: object) => stringify({ title: both('c'), version: '1', warning: both('d'), domains, ...more });
    const ids = (more: object) => {
      const result = parseCatalogue(text(more));
      return 'catalogue' in result ? result.catalogue.suppressions.map(({ id }) => id) : result.faults;
    };
    expect(ids({})).toEqual(['gateway-down', 'carrier-silent']);
    expect(ids({ suppressions: [] })).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['a P1 of gas behind a condition', { hides: { rules: ['H01-01.leak'] } }, 'P1 of gas or fire'],
    [
      'a P1 of gas behind a gateway',
      { because: { gateway: 'down' }, scope: 'behind-gateway', hides: { deviceTypes: ['gas-alarm-commercial'] } },
      'H01-01.leak is P1 of gas or fire',
    ],
    ['its silence behind a condition', { hides: { rules: ['H01-01.quiet'] } }, 'H01-01.quiet is P1 of gas or fire'],
    [
      'its silence behind another alarm',
      { because: { active: 'H01-02.lamp' }, scope: 'same-site', hides: { kinds: ['absence'] } },
      'H01-01.quiet is P1 of gas or fire',
    ],
    ['nothing at all', { hides: {} }, 'names no rule that exists'],
    ['what does not fit together', { hides: { rules: ['H01-02.lamp'], kinds: ['absence'] } }, 'names no rule'],
    [
      'a rule that is not there',
      { hides: { rules: ['H01-02.lamp', 'H01-02.lump'] } },
      'no rule is about "H01-02.lump"',
    ],
    ['behind a rule that is not there', { because: { active: 'H09-09.x' }, scope: 'same-site' }, 'no rule "H09-09.x"'],
    [
      'behind a type that is not there',
      { because: { silent: 'lantern' }, scope: 'mounted-on' },
      'no device type "lantern"',
    ],
    ['its own cause', { because: { active: 'H01-02.lamp' } }, 'would hide its own cause'],
    ['behind a gateway, at a neighbour', { because: { gateway: 'down' }, scope: 'same-site' }, 'takes behind-gateway'],
    ['under a condition elsewhere', { scope: 'same-circuit' }, 'a condition takes same-device'],
    [
      'under a condition that does not compile',
      { because: { condition: { expr: 'moon.full', text: both('moon') } } },
      'does not compile for smart-pole',
    ],
  ])('may not hide %s', (_, change, says) => {
    const found = faults(change);
    expect(found.map(({ en }) => en).join('\n')).toContain(says);
    for (const { zh, line } of found) {
      expect(zh).not.toBe('');
      expect(line).toBeGreaterThan(60);
    }
  });

  it('may hide the silence of a P1 of gas behind its gateway, which says so for it', () => {
    expect(faults({ because: { gateway: 'down' }, scope: 'behind-gateway', hides: { kinds: ['absence'] } })).toEqual(
      [],
    );
  });

  it('have ids of their own', () => {
    const result = read(usual, usual);
    expect('faults' in result && result.faults[0]?.en).toBe('suppression lamp-off is there twice');
  });
});
