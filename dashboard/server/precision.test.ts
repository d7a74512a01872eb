import { describe, expect, it } from 'vitest';
import type { VerdictKind } from '../../devices/contract/alarm.ts';
import { type Judged, precision } from './precision.ts';

let seq = 0;
const verdict = (kind: VerdictKind, more: Partial<Judged> = {}): Judged => ({
  seq: ++seq,
  alarm: `alarm-${seq}`,
  kind,
  model: 'GX-1',
  device_type: 'gas-alarm-commercial',
  site: 'noodles',
  rule: 'G05-14.com-l2',
  ...more,
});
const times = (n: number, kind: VerdictKind, more: Partial<Judged> = {}) =>
  Array.from({ length: n }, () => verdict(kind, more));

describe('precision', () => {
  it('is the share of judged alarms that were real', () => {
    const rows = [...times(3, 'real'), ...times(6, 'cooking'), verdict('sensor-fault')];
    expect(precision(rows, 'model')).toEqual([
      {
        name: 'GX-1',
        verdicts: 10,
        counts: { real: 3, biogas: 0, cooking: 6, 'sensor-fault': 1, test: 0, works: 0 },
        tooFew: false,
        precision: 0.3,
      },
    ]);
  });

  it('counts one verdict an alarm, the newest', () => {
    const first = verdict('real', { alarm: 'a' });
    const second = verdict('biogas', { alarm: 'a' });
    for (const rows of [
      [first, second],
      [second, first],
    ])
      expect(precision(rows, 'rule')[0]).toMatchObject({ verdicts: 1, counts: { real: 0, biogas: 1 } });
  });

  it('says nothing below five verdicts', () => {
    expect(precision(times(4, 'real'), 'site')[0]).toMatchObject({ tooFew: true, precision: null });
    expect(precision(times(5, 'real'), 'site')[0]).toMatchObject({ tooFew: false, precision: 1 });
  });

  it.each([
    ['model', ['GX-1', 'gas-alarm-commercial']],
    ['site', ['noodles', '']],
    ['rule', ['G05-14.com-l2', 'G05-14.com-l1']],
  ] as const)('by %s keeps apart what is different', (by, names) => {
    const rows = [...times(2, 'real'), verdict('test', { model: null, site: null, rule: 'G05-14.com-l1' })];
    expect(precision(rows, by).map(({ name }) => name)).toEqual(names);
  });
});
