import { adviseBiogas } from '../../devices/biogas/advise.ts';
import { biogasModel } from '../../devices/biogas/biogas-model.ts';
import type { Model } from '../../devices/biogas/model.ts';
import { isLeak } from '../../simulators/underground/case.ts';
import { heldOutTowns, type Town } from '../../simulators/underground/town.ts';
import { atMost, machine, type Report } from '../report.ts';
import { casesOf, everything } from './cases.ts';
import { atMostShare, type Confusion, confusion, count, type Sums, sumsOf, words } from './confusion.ts';
import { recipes } from './recipes.ts';

export interface BiogasBenchOptions {
  /** Cases of each kind of leak in each town; three times as many of biogas. */
  readonly cases: number;
  readonly progress: (line: string) => void;
  /** The model in use unless given. */
  readonly model?: Model;
  /** Towns that were not fitted on unless given. */
  readonly towns?: readonly Town[];
}

export const biogasBenchSize = { cases: 120 };

/** Leaks called biogas that we put up with: the error that can kill. */
const MOST_LEAKS_CALLED_BIOGAS = 0.02;

/** A {@link Report} with the matrices behind it, by who judged and by town. */
export interface BiogasReport extends Report {
  readonly matrices: readonly Matrix[];
  readonly calibration: readonly Bin[];
}

export interface Matrix {
  readonly judge: string;
  /** Null: all towns. */
  readonly town: string | null;
  readonly rows: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly sums: Sums;
}

/** Cases whose score lay in one tenth, and how many of them were biogas. */
export interface Bin {
  readonly from: number;
  readonly cases: number;
  readonly biogas: number;
}

/** Judges simulated days of towns that the model was not fitted on, beside two recipes without a model. */
export async function biogasBench(options: BiogasBenchOptions): Promise<BiogasReport> {
  const { cases, progress, model = biogasModel, towns = heldOutTowns } = options;
  const judges = [
    { name: 'advice', says: (evidence: Parameters<typeof adviseBiogas>[0]) => adviseBiogas(evidence, model).says },
    ...recipes,
  ];
  const all = new Map(judges.map(({ name }) => [name, confusion()]));
  const matrices: Matrix[] = [];
  const bins = Array.from({ length: 10 }, (_, i) => ({ from: i / 10, cases: 0, biogas: 0 }));
  for (const town of towns) {
    const here = new Map(judges.map(({ name }) => [name, confusion()]));
    for (const { evidence, happening } of casesOf({ label: 'judged', towns: [town], mix: everything(cases) })) {
      for (const { name, says } of judges) {
        const word = says(evidence);
        for (const matrix of [all.get(name)!, here.get(name)!]) count(matrix, happening, word);
      }
      const { score } = adviseBiogas(evidence, model);
      if (score === null || (happening !== 'biogas' && !isLeak(happening))) continue;
      const bin = bins[Math.min(9, Math.floor(score * 10))]!;
      bin.cases += 1;
      if (happening === 'biogas') bin.biogas += 1;
    }
    for (const { name } of judges) matrices.push(matrixOf(name, town.id, here.get(name)!));
    progress(`${town.id}: ${told(matrices.at(-judges.length)!.sums)}`);
    // Others on this thread are let in between towns.
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const { name } of judges) matrices.push(matrixOf(name, null, all.get(name)!));
  return reportOf(matrices, bins);
}

const matrixOf = (judge: string, town: string | null, matrix: Confusion): Matrix => ({
  judge,
  town,
  rows: Object.fromEntries(matrix),
  sums: sumsOf(matrix),
});

const told = ({ leaks, leaksCalledBiogas, biogasRecall }: Sums): string =>
  `${percent(leaksCalledBiogas)} of ${leaks} leaks called biogas; ${percent(biogasRecall)} of biogas recognised`;

function reportOf(matrices: readonly Matrix[], calibration: readonly Bin[]): BiogasReport {
  const overall = matrices.filter(({ town }) => town === null);
  const { sums } = overall[0]!;
  return {
    name: 'biogas',
    machine: machine(),
    goals: [
      atMost(
        'leaks called biogas, of all leaks of towns not fitted on',
        100 * sums.leaksCalledBiogas,
        '%',
        100 * MOST_LEAKS_CALLED_BIOGAS,
      ),
    ],
    figures: {
      'leaks called biogas: upper end of the 95 % interval, %': 100 * atMostShare(sums.leaksCalledBiogas, sums.leaks),
      ...Object.assign({}, ...overall.map(({ judge, sums }) => figuresOf(judge, sums))),
      'mean gap between score and what was biogas, by tenths, %': 100 * calibrationGap(calibration),
    },
    matrices,
    calibration,
    notes: ['simulated days: no figure here is evidence about a real city'],
  };
}

const figuresOf = (judge: string, sums: Sums): Record<string, number> => ({
  [`${judge}: leaks called biogas, %`]: 100 * sums.leaksCalledBiogas,
  [`${judge}: biogas called a leak, %`]: 100 * sums.biogasCalledLeak,
  [`${judge}: leaks recognised, %`]: 100 * sums.leakRecall,
  [`${judge}: biogas recognised, %`]: 100 * sums.biogasRecall,
  [`${judge}: right when it says a leak, %`]: 100 * sums.leakPrecision,
  [`${judge}: right when it says biogas, %`]: 100 * sums.biogasPrecision,
  [`${judge}: unclear, %`]: 100 * sums.unclear,
  [`${judge}: too little data, %`]: 100 * sums.tooLittle,
});

/** How far the score is from the share of biogas that it promises, by tenths, weighted by their cases. */
export function calibrationGap(bins: readonly Bin[]): number {
  const total = bins.reduce((sum, { cases }) => sum + cases, 0);
  return bins.reduce(
    (sum, { from, cases, biogas }) =>
      sum + (cases === 0 ? 0 : (cases / total) * Math.abs(biogas / cases - from - 0.05)),
    0,
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The matrices and the calibration for people; the goals and figures stand in the report's own table. */
export function toBiogasTable({ matrices, calibration }: BiogasReport): string {
  const header = ['what happened', ...words].map((cell, i) => (i === 0 ? cell.padEnd(18) : cell.padStart(16))).join('');
  const parts = matrices
    .filter(({ judge, town }) => town === null || judge === 'advice')
    .map(({ judge, town, rows, sums }) =>
      [
        `${judge}, ${town ?? 'all towns not fitted on'}: ${told(sums)}`,
        header,
        ...Object.entries(rows).map(
          ([happening, row]) => happening.padEnd(18) + words.map((word) => String(row[word]).padStart(16)).join(''),
        ),
      ].join('\n'),
    );
  const bins = calibration.map(
    ({ from, cases, biogas }) =>
      `${from.toFixed(1)} … ${(from + 0.1).toFixed(1)}`.padEnd(18) +
      `${cases}`.padStart(8) +
      (cases === 0 ? '' : percent(biogas / cases).padStart(12)),
  );
  return [...parts, `${'score'.padEnd(18)}${'cases'.padStart(8)}${'biogas'.padStart(12)}\n${bins.join('\n')}`].join(
    '\n\n',
  );
}
