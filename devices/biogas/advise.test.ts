import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adviseBiogas, certainty, features, LEAST_HOURS } from './advise.ts';
import { biogasModel } from './biogas-model.ts';
import { drawn, ethaneOf, evidenceOf, HOUR, NOW, sewer, sudden, without } from './curve-bench.ts';
import type { Evidence } from './evidence.ts';

const advise = (evidence: Evidence) => adviseBiogas(evidence, biogasModel);
const oddsOf = (score: number | null) => Math.log(score! / (1 - score!));
const days = drawn(96, sewer);
const leak = drawn(96, sudden(2, 0.5));
const warm = drawn(96, () => 26);

describe('the advice on methane in an underground space', () => {
  it.each<[string, Evidence, string]>([
    [
      'a sewer that comes and goes, without ethane, where it was biogas before',
      evidenceOf(days, { ethane: ethaneOf(days, 0), temperature: warm, verdicts: ['biogas', 'biogas', 'biogas'] }),
      'biogas',
    ],
    [
      'a clean pit that fills within half an hour, with ethane',
      evidenceOf(leak, { ethane: ethaneOf(leak, 0.02) }),
      'leak',
    ],
    ['a clean pit that fills within half an hour, and nothing else known', evidenceOf(leak), 'leak'],
    [
      'a sewer as ever, but with the ethane of natural gas',
      evidenceOf(days, { ethane: ethaneOf(days, 0.02), temperature: warm, verdicts: ['biogas', 'biogas'] }),
      'leak',
    ],
    [
      'a monitor that was hung up this morning',
      evidenceOf(drawn(8, sudden(1, 1)), { ethane: ethaneOf(drawn(8, sudden(1, 1)), 0.02) }),
      'too-little-data',
    ],
    ['a curve of which half is missing', evidenceOf(without(days, -70, -10)), 'too-little-data'],
    ['a monitor that has been silent for four hours', evidenceOf(without(days, -4, 1)), 'too-little-data'],
    ['a curve that does not rise', evidenceOf(drawn(96, () => 0.4)), 'too-little-data'],
    ['no curve at all', evidenceOf([]), 'too-little-data'],
  ])('%s', (_, evidence, word) => {
    const advice = advise(evidence);
    expect(advice.says).toBe(word);
    expect(advice.score === null).toBe(word === 'too-little-data');
  });

  it('says why it says nothing, in both languages', () => {
    const { because, reasons } = advise(evidenceOf(drawn(8, sudden(1, 1))));
    expect(because?.zh).toBe(`只有 8.0 小时的甲烷数据，至少需要 ${LEAST_HOURS} 小时`);
    expect(because?.en).toBe(`only 8.0 h of methane were heard; at least ${LEAST_HOURS} h are needed`);
    expect(reasons).toEqual([]);
  });

  it('gives its reasons with their numbers, the weightiest first', () => {
    const { reasons } = advise(evidenceOf(leak, { ethane: ethaneOf(leak, 0.02) }));
    expect(reasons.map(({ weight }) => Math.abs(weight))).toEqual(
      reasons.map(({ weight }) => Math.abs(weight)).sort((a, b) => b - a),
    );
    expect(reasons[0]).toMatchObject({
      what: 'ethane',
      en: expect.stringMatching(/^Ethane \d+ ppm, 2\.\d % of the methane/),
    });
    expect(reasons[0]?.zh).toMatch(/^乙烷 \d+ ppm，为甲烷的 2\.\d %/);
  });

  it('says what would make it surer: only what is missing, and weighs', () => {
    const { wouldHelp } = advise(evidenceOf(leak));
    const help = wouldHelp.map(({ en }) => en);
    expect(help).toContain('an ethane reading (or a sample for the laboratory)');
    expect(help).not.toContain('a methane curve that shows the rise');
  });

  it('tells what it rests on', () => {
    expect(advise(evidenceOf(without(days, -40, -30))).dataUsed).toEqual({
      from: NOW - 96 * HOUR,
      to: NOW - 0.25 * HOUR,
      samples: 384 - 40,
      gaps: 1,
      gapHours: 10,
    });
  });

  it('looks at nothing after the moment of the judgement', () => {
    const later = { at: NOW + HOUR, value: 60 };
    expect(advise(evidenceOf([...days, later]))).toEqual(advise(evidenceOf(days)));
  });
});

describe('how sure it may be', () => {
  const hours = fc.double({ min: 0.25, max: 200, noNaN: true });

  it('never grows with silence', () => {
    fc.assert(
      fc.property(hours, hours, hours, (heard, less, more) => {
        const gap = { hours: heard, gaps: 1 };
        const [few, many] = [Math.min(less, more), Math.max(less, more)];
        expect(certainty({ ...gap, gapHours: many })).toBeLessThanOrEqual(certainty({ ...gap, gapHours: few }));
      }),
    );
  });

  it('never falls with a longer curve', () => {
    fc.assert(
      fc.property(hours, hours, (a, b) => {
        const [short, long] = [Math.min(a, b), Math.max(a, b)];
        const whole = { gaps: 0, gapHours: 0 };
        expect(certainty({ ...whole, hours: long })).toBeGreaterThanOrEqual(certainty({ ...whole, hours: short }));
      }),
    );
  });

  it('is less for a curve with a longer silence that hides nothing', () => {
    // Even before the rise, so that what is cut out changes no reason.
    const curve = drawn(96, sudden(3, 2));
    const surely = (gap: number) => Math.abs(oddsOf(advise(evidenceOf(without(curve, -60, -60 + gap))).score));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 }), (a, b) => {
        expect(surely(Math.max(a, b))).toBeLessThanOrEqual(surely(Math.min(a, b)) + 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it('is never more than its reasons, whatever is cut out of a curve', () => {
    const cut = fc.tuple(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 5 }), fc.constantFrom(days, leak), (cuts, curve) => {
        const rest = cuts.reduce((kept, [from, long]) => without(kept, -96 + from, -96 + from + long), curve);
        const { score, reasons, dataUsed } = advise(evidenceOf(rest));
        if (score === null) return;
        const all = biogasModel.intercept + reasons.reduce((sum, { weight }) => sum + weight, 0);
        const heard = (dataUsed.to! - dataUsed.from!) / HOUR - dataUsed.gapHours;
        // A reason that decides for a leak puts the score where the word begins.
        const most = Math.max(Math.abs(all), Math.abs(oddsOf(biogasModel.says.leakTo)));
        expect(Math.abs(oddsOf(score))).toBeLessThanOrEqual(most + 1e-9);
        expect(dataUsed.gapHours / (heard + dataUsed.gapHours)).toBeLessThanOrEqual(0.45);
      }),
      { numRuns: 60 },
    );
  });

  it('gives no score from fewer than twelve heard hours, whatever the curve', () => {
    const level = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(level, { maxLength: LEAST_HOURS * 4 - 1 }), (values) => {
        const curve = values.map((value, i) => ({ at: NOW - (values.length - i) * (HOUR / 4), value }));
        expect(advise(evidenceOf(curve))).toMatchObject({ score: null, says: 'too-little-data' });
      }),
    );
  });
});

describe('a reason', () => {
  it('keeps the sign that the field knows, in the model in use', () => {
    expect(Object.keys(biogasModel.features).sort()).toEqual(features.map(({ id }) => id).sort());
    for (const { id, sign } of features) expect(sign * biogasModel.features[id]!.weight, id).toBeGreaterThanOrEqual(0);
  });

  const part = fc.double({ min: 0, max: 0.06, noNaN: true });
  const knocks = (n: number) => [{ at: NOW - 3 * HOUR, value: n }];
  it.each<[string, fc.Arbitrary<number>, (x: number) => Partial<Evidence>, 1 | -1]>([
    ['more ethane never raises the score', part, (share) => ({ ethane: ethaneOf(days, share) }), -1],
    [
      'a warmer space never lowers it',
      fc.double({ min: -10, max: 45, noNaN: true }),
      (cel) => ({ temperature: drawn(24, () => cel) }),
      1,
    ],
    ['more knocks never raise it', fc.integer({ min: 0, max: 30 }), (n) => ({ knocks: knocks(n) }), -1],
    [
      'one more verdict of biogas never lowers it',
      fc.integer({ min: 0, max: 9 }),
      (n) => ({ verdicts: ['real', ...Array<'biogas'>(n).fill('biogas')] }),
      1,
    ],
    [
      'one more real leak in the past never raises it',
      fc.integer({ min: 0, max: 9 }),
      (n) => ({ verdicts: ['biogas', ...Array<'real'>(n).fill('real')] }),
      -1,
    ],
  ])('%s', (_, of, more, sign) => {
    fc.assert(
      fc.property(of, of, (a, b) => {
        const score = (x: number) => advise(evidenceOf(days, more(x))).score!;
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(sign * (score(high) - score(low))).toBeGreaterThanOrEqual(-1e-12);
      }),
      { numRuns: 40 },
    );
  });

  it('is never enough alone to say biogas; one for a leak is enough not to', () => {
    const model = { ...biogasModel, intercept: 0, features: { ethane: { weight: -50, centre: 0 } } };
    expect(adviseBiogas(evidenceOf(days, { ethane: ethaneOf(days, 0) }), model).says).not.toBe('biogas');
    const against = {
      ...model,
      features: {
        'past-verdicts': { weight: 0, centre: 0 },
        habit: { weight: 1, centre: -9 },
        digging: { weight: -2, centre: 0 },
      },
    };
    const sure = { ...against, intercept: 9 };
    const { says, because } = adviseBiogas(evidenceOf(days, { knocks: knocks(12) }), sure);
    expect(says).toBe('unclear');
    expect(because?.en).toMatch(/^one reason points clearly to a leak/);
    expect(adviseBiogas(evidenceOf(days), sure).says).toBe('biogas');
  });
});
