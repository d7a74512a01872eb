import { describe, expect, it } from 'vitest';
import { benchDevice, catalogueOf, engineBench } from '../engine/engine-bench.ts';
import { listRules } from './list-rules.ts';

const high = { id: 'high', kind: 'threshold', op: '>', limit: { value: 9, unit: '[ppm]' } };
const odd = { id: 'odd', kind: 'baseline', op: '>', limit: { value: 1, unit: '[ppm]' } };
const catalogue = catalogueOf(
  'methane-fence-line',
  ...[high, { ...odd, measure: 'difference', by: 'trailing', learnS: 3600 }].map((rule) => ({
    ...{ measurement: 'fence.ch4', priority: 'P3' },
    ...rule,
  })),
);

describe('the list of rules', () => {
  const devices = ['m1', 'm2'].map((id) => benchDevice(id, 'methane-fence-line'));
  const learnedOf = (b: ReturnType<typeof engineBench>, counted: boolean) =>
    Object.fromEntries(
      listRules(b.engine.inForce().catalogue, counted ? b.engine.stats().learning : undefined)
        .filter(({ item }) => item === 'G05-01')
        .map(({ rule, learned }) => [rule, learned]),
    );

  it('says of a rule that learns what it keeps of a device, and at how many it rests', () => {
    const b = engineBench({ devices }, '10:00', { catalogue });
    expect(learnedOf(b, true)['G05-01.odd']).toMatchObject({ learning: 0 });
    b.reads('10:01', 'm1', { 'fence.ch4': 2 });
    const found = learnedOf(b, true);
    expect(found['G05-01.odd']!.learning).toBe(1);
    expect(found['G05-01.odd']!.bytesPerDevice).toBeGreaterThan(400);
    expect(found['G05-01.high']).toBeNull();
  });

  it('says only the size where nothing judges, as for a file', () => {
    const b = engineBench({ devices }, '10:00', { catalogue });
    expect(learnedOf(b, false)['G05-01.odd']).toMatchObject({ learning: null });
  });
});
