import { describe, expect, it } from 'vitest';
import { biogasModel } from '../../devices/biogas/biogas-model.ts';
import { fittingTowns, heldOutTowns } from '../../simulators/underground/town.ts';
import { atMostShare, confusion, count, sumsOf } from './confusion.ts';
import { fitBiogas } from './fit.ts';
import { biogasBench, calibrationGap, toBiogasTable } from './index.ts';
import { fitLogistic } from './logistic.ts';

describe('the fit', () => {
  it('finds the weights that made the examples, and keeps the sign it was told', () => {
    const examples = Array.from({ length: 400 }, (_, i) => {
      const [a, b] = [Math.sin(i) * 2, Math.cos(1.7 * i) * 2];
      return { x: [1, a, b], y: a - 2 * b + Math.sin(13 * i) > 0 ? (1 as const) : (0 as const) };
    });
    const [, a, b] = fitLogistic(examples, { signs: [0, 0, 0], ridge: 0.001, rounds: 300 });
    expect(b! / a!).toBeCloseTo(-2, 0);
    expect(fitLogistic(examples, { signs: [0, -1, 1], ridge: 0.001, rounds: 300 }).slice(1)).toEqual([
      expect.closeTo(0, 12),
      expect.closeTo(0, 12),
    ]);
  });

  it('gives the same model for the same seeds, from the fitting towns alone', { timeout: 120_000 }, () => {
    const model = fitBiogas(4, '2026-11-30');
    expect(fitBiogas(4, '2026-11-30')).toEqual(model);
    expect(model.fitted.towns).toBe(fittingTowns.map(({ id }) => id).join(', '));
    expect(model.fitted.seeds).toMatch(/^fit-0 … fit-11 for the weights, choose-0 … choose-11 for the words$/);
  });
});

describe('the matrix', () => {
  it('counts a leak called biogas against all leaks, a leak on biogas among them', () => {
    const matrix = confusion();
    for (const word of ['leak', 'leak', 'unclear', 'biogas'] as const) count(matrix, 'leak-on-biogas', word);
    for (const word of ['biogas', 'leak', 'too-little-data', 'unclear'] as const) count(matrix, 'biogas', word);
    count(matrix, 'drift', 'biogas');
    expect(sumsOf(matrix)).toEqual({
      leaks: 4,
      biogas: 4,
      leaksCalledBiogas: 0.25,
      biogasCalledLeak: 0.25,
      leakRecall: 0.5,
      biogasRecall: 0.25,
      leakPrecision: 2 / 3,
      biogasPrecision: 0.5,
      unclear: 0.25,
      tooLittle: 0.125,
    });
  });

  it('says how much worse a share may be than it was seen', () => {
    expect(atMostShare(0, 100)).toBeCloseTo(0.037, 3);
    expect(atMostShare(0.01, 900)).toBeCloseTo(0.019, 3);
  });

  it('measures how far scores are from what they promise', () => {
    expect(calibrationGap([{ from: 0.9, cases: 20, biogas: 19 }])).toBeCloseTo(0, 9);
    expect(calibrationGap([{ from: 0.9, cases: 20, biogas: 9 }])).toBeCloseTo(0.5, 9);
  });
});

describe('yanshao bench biogas', () => {
  it('judges towns it was not fitted on, beside two recipes, and prints what it counted', {
    timeout: 120_000,
  }, async () => {
    const said: string[] = [];
    const report = await biogasBench({ cases: 6, progress: (line) => said.push(line) });
    expect(report.name).toBe('biogas');
    expect(report.goals).toHaveLength(1);
    expect(said).toHaveLength(heldOutTowns.length);
    for (const town of heldOutTowns) expect(biogasModel.fitted.towns).not.toContain(town.id);
    const overall = report.matrices.filter(({ town }) => town === null);
    expect(overall.map(({ judge }) => judge)).toEqual(['advice', 'slower than 3 h is biogas', 'no ethane is biogas']);
    for (const { rows, sums } of overall) {
      expect(sums.leaks + sums.biogas).toBeGreaterThan(90);
      const counted = Object.values(rows).flatMap((row) => Object.values(row));
      expect(counted.reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(sums.leaks + sums.biogas);
    }
    const [advice, slower] = overall;
    expect(advice!.sums.leaksCalledBiogas).toBeLessThan(slower!.sums.leaksCalledBiogas);
    const table = toBiogasTable(report);
    expect(table).toMatch(/^advice, clay in the north: /);
    expect(table).toMatch(/leak-on-biogas +\d+ +\d+ +\d+ +\d+/);
  });
});
