import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { adviseBiogas, certainty, features, findings, prepare } from '../../devices/biogas/advise.ts';
import type { Model } from '../../devices/biogas/model.ts';
import { type Case, isLeak } from '../../simulators/underground/case.ts';
import { fittingTowns } from '../../simulators/underground/town.ts';
import { casesOf, evenly } from './cases.ts';
import { type Example, fitLogistic } from './logistic.ts';

/** Leaks called biogas that the choice of the word may leave among the choosing cases. */
const MOST_LEAKS_CALLED_BIOGAS = 0.005;
/** Biogas called a leak that the choice of that word may leave: a wasted call-out, no danger. */
const MOST_BIOGAS_CALLED_LEAK = 0.05;
/** Stands for a word that is not chosen yet. */
const SMALLEST = 0.001;

interface Row {
  readonly biogas: boolean;
  readonly sure: number;
  /** What each feature found; null where it had nothing to go by. */
  readonly found: readonly (number | null)[];
}

/**
 * Fits the model on the fitting towns: weights on one set of seeds, the words on another. The towns that the bench judges on
 * (`heldOutTowns`) are not touched. `perTown` cases of each kind of leak, three times as many of biogas. The same number gives the
 * same model.
 */
export function fitBiogas(perTown: number, on: string): Model {
  const mix = evenly(perTown);
  const rows: Row[] = [];
  for (const one of casesOf({ label: 'fit', towns: fittingTowns, mix })) {
    const row = rowOf(one);
    if (row) rows.push(row);
  }
  const centres = features.map((_, i) => meanOf(rows.flatMap(({ found }) => found[i] ?? [])));
  const weights = fitLogistic(
    rows.map((row) => exampleOf(row, centres)),
    {
      signs: [0, ...features.map(({ sign }) => sign)],
      ridge: 0.002,
      rounds: 400,
    },
  );
  const unworded: Model = {
    version: on,
    intercept: rounded(weights[0]!),
    features: Object.fromEntries(
      features.map(({ id }, i) => [id, { weight: rounded(weights[i + 1]!), centre: rounded(centres[i]!) }]),
    ),
    says: { biogasFrom: 1, leakTo: SMALLEST },
    fitted: {
      on,
      by: `yanshao bench biogas --fit --cases ${perTown}`,
      seeds: `fit-0 … fit-${3 * perTown - 1} for the weights, choose-0 … choose-${3 * perTown - 1} for the words`,
      towns: fittingTowns.map(({ id }) => id).join(', '),
      cases: rows.length,
      leaksCalledBiogas: 0,
    },
  };
  return worded(unworded, casesOf({ label: 'choose', towns: fittingTowns, mix }));
}

function rowOf(one: Case): Row | null {
  const { prepared, coverage } = prepare(one.evidence);
  if (!prepared) return null;
  const found = findings(prepared);
  return {
    biogas: !isLeak(one.happening),
    sure: certainty(coverage),
    found: features.map(({ id }) => found.get(id)?.x ?? null),
  };
}

/** What was not heard stands at its centre: it says nothing. */
const exampleOf = ({ biogas, sure, found }: Row, centres: readonly number[]): Example => ({
  x: [sure, ...found.map((x, i) => (x === null ? 0 : sure * (x - centres[i]!)))],
  y: biogas ? 1 : 0,
});

const meanOf = (values: readonly number[]): number =>
  values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** What the choice of the words needs of a case. */
interface Judged {
  readonly leak: boolean;
  /** Null where there was too little data. */
  readonly score: number | null;
  /** No single reason forbids to call it biogas. */
  readonly mayBeBiogas: boolean;
}

function judged({ evidence, happening }: Case, model: Model): Judged {
  const { score, says } = adviseBiogas(evidence, { ...model, says: { biogasFrom: 0.5, leakTo: SMALLEST } });
  return { leak: isLeak(happening), score, mayBeBiogas: says === 'biogas' };
}

/** Chooses from which score on a word is said, so that the dangerous error stays rare. */
function worded(model: Model, cases: Iterable<Case>): Model {
  const all: Judged[] = [];
  for (const one of cases) all.push(judged(one, model));
  const leaks = all.filter(({ leak }) => leak);
  const calledBiogas = (from: number) =>
    leaks.filter(({ score, mayBeBiogas }) => mayBeBiogas && score! >= from).length / leaks.length;
  const steps = Array.from({ length: 60 }, (_, i) => rounded(0.6 + i * 0.0065));
  const biogasFrom = steps.find((from) => calledBiogas(from) <= MOST_LEAKS_CALLED_BIOGAS) ?? 0.99;
  const scores = all.filter(({ leak }) => !leak).map(({ score }) => score ?? 1);
  const lowest = scores.sort((a, b) => a - b)[Math.floor(MOST_BIOGAS_CALLED_LEAK * scores.length)] ?? 0;
  return {
    ...model,
    says: { biogasFrom, leakTo: rounded(Math.min(0.5, lowest)) },
    fitted: { ...model.fitted, leaksCalledBiogas: rounded(calledBiogas(biogasFrom)) },
  };
}

export const modelFile = fileURLToPath(new URL('../../devices/biogas/model.json', import.meta.url));

/** Writes a fitted model where the platform reads it. */
export const writeModel = (model: Model): void => writeFileSync(modelFile, `${JSON.stringify(model, null, 2)}\n`);
