import type { Bilingual } from '../model/device-type.ts';
import { companionFeatures } from './companion-features.ts';
import { curveFeatures } from './curve-features.ts';
import { type Episode, episodeOf } from './episode.ts';
import type { Evidence } from './evidence.ts';
import type { Feature, Found, Prepared } from './feature.ts';
import { type Coverage, coverageOf, gridOf } from './grid.ts';
import type { Model } from './model.ts';

export type BiogasWord = 'biogas' | 'leak' | 'unclear' | 'too-little-data';

/** One reason of an advice. */
export interface Reason {
  readonly what: string;
  /** Log-odds: above 0 it speaks for biogas, below for a leak. */
  readonly weight: number;
  readonly zh: string;
  readonly en: string;
}

/** What can be said of the methane in an underground space. Advice only: it never closes, hides or delays anything. */
export interface BiogasAdvice {
  /** 0 (a leak) to 1 (biogas); null where there is too little to go by. */
  readonly score: number | null;
  readonly says: BiogasWord;
  /** The weightiest first. */
  readonly reasons: readonly Reason[];
  /** Why it says no more than it does. */
  readonly because: Bilingual | null;
  /** What would make it surer, most useful first. */
  readonly wouldHelp: readonly Bilingual[];
  readonly dataUsed: {
    /** Times of the first and last methane reading used, ms. */
    readonly from: number | null;
    readonly to: number | null;
    readonly samples: number;
    readonly gaps: number;
    readonly gapHours: number;
  };
}

/** Every feature, in the order in which they are offered as help. */
export const features: readonly Feature[] = [...companionFeatures, ...curveFeatures];

/** No score from fewer heard hours than this, from more silence than this share, or when it last spoke so long ago. */
export const LEAST_HOURS = 12;
const MOST_GAP_SHARE = 0.4;
const STALE_HOURS = 3;
/** Hours after which a longer curve makes nobody surer. */
const FULL_HOURS = 48;
/** A single reason this strong for a leak is enough never to say biogas … */
const STRONG_FOR_LEAK = -1.1;
/** … one this strong, certainty reckoned in, is enough to say a leak: ethane in a gassy sewer is a leak in a gassy sewer … */
const DECIDES_LEAK = -2.2;
/** … and none counts for more than this for biogas: it takes several to say so. Gas may be lean, a manhole old. */
const MOST_FOR_BIOGAS = 1.5;
/** Reasons lighter than this say nothing worth reading. */
const WORTH_SAYING = 0.05;

/** Judges the evidence by the model. Pure. */
export function adviseBiogas(evidence: Evidence, model: Model): BiogasAdvice {
  const { dataUsed, coverage, lacking, prepared } = prepare(evidence);
  if (!prepared) {
    return { score: null, says: 'too-little-data', reasons: [], because: lacking, wouldHelp: [], dataUsed };
  }
  const found = findings(prepared);
  const reasons = reasonsOf(found, model);
  const score = 1 / (1 + Math.exp(-oddsOf(reasons, certainty(coverage), model)));
  const silent = features.filter(({ id }) => !found.has(id) && model.features[id]?.weight);
  return { score, ...wordOf(score, reasons, model), reasons, wouldHelp: silent.map(({ wants }) => wants), dataUsed };
}

/** Log-odds of biogas against a leak: the reasons' sum, as far as it may be believed. */
function oddsOf(reasons: readonly Reason[], sure: number, { intercept, says }: Model): number {
  const sum = sure * (intercept + reasons.reduce((odds, { weight }) => odds + weight, 0));
  const decided = reasons.some(({ weight }) => sure * weight <= DECIDES_LEAK);
  return decided ? Math.min(sum, Math.log(says.leakTo / (1 - says.leakTo))) : sum;
}

/**
 * How much of the log-odds may be believed, 0 to 1: the less was heard and the more silence lies between, the nearer the
 * score stays to one half.
 */
export function certainty({ hours, gapHours }: Coverage): number {
  const length = Math.min(1, 0.6 + (0.4 * hours) / FULL_HOURS);
  return length * Math.max(0, 1 - gapShare({ hours, gapHours }));
}

const gapShare = ({ hours, gapHours }: Pick<Coverage, 'hours' | 'gapHours'>): number =>
  hours + gapHours > 0 ? gapHours / (hours + gapHours) : 1;

interface Ready {
  readonly dataUsed: BiogasAdvice['dataUsed'];
  readonly coverage: Coverage;
  readonly lacking: Bilingual | null;
  /** Null where `lacking` says why not. */
  readonly prepared: Prepared | null;
}

/** The methane curve made ready, or the reason why it cannot be judged. */
export function prepare(evidence: Evidence): Ready {
  const used = evidence.methane.filter(({ at }) => at >= evidence.from && at < evidence.to);
  const methane = gridOf(used, evidence.from, evidence.to);
  const coverage = coverageOf(methane);
  const { gaps, gapHours } = coverage;
  const last = used.at(-1)?.at ?? null;
  const dataUsed = { from: used[0]?.at ?? null, to: last, samples: used.length, gaps, gapHours };
  const episode = episodeOf(methane);
  const lacking = lackingOf(coverage, last === null ? null : (evidence.to - last) / 3_600_000, episode);
  const prepared = lacking || !episode ? null : { evidence, methane, episode, coverage };
  return { dataUsed, coverage, lacking, prepared };
}

function lackingOf(coverage: Coverage, ageHours: number | null, episode: Episode | null): Bilingual | null {
  const { hours, gapHours } = coverage;
  if (hours < LEAST_HOURS) {
    return {
      zh: `只有 ${hours.toFixed(1)} 小时的甲烷数据，至少需要 ${LEAST_HOURS} 小时`,
      en: `only ${hours.toFixed(1)} h of methane were heard; at least ${LEAST_HOURS} h are needed`,
    };
  }
  if (gapShare(coverage) > MOST_GAP_SHARE) {
    const percent = Math.round(100 * gapShare(coverage));
    return {
      zh: `数据中断 ${gapHours.toFixed(1)} 小时，占 ${percent} %，最多 ${100 * MOST_GAP_SHARE} %`,
      en: `${gapHours.toFixed(1)} h are missing, ${percent} %; at most ${100 * MOST_GAP_SHARE} % may be`,
    };
  }
  if (ageHours === null || ageHours > STALE_HOURS) {
    const age = (ageHours ?? 0).toFixed(1);
    return { zh: `最近 ${age} 小时没有读数`, en: `nothing was heard for the last ${age} h` };
  }
  if (!episode) return { zh: '曲线中没有明显的上升', en: 'the curve shows no rise to judge' };
  return null;
}

/** What each feature that has something to go by found. */
export function findings(prepared: Prepared): Map<string, Found> {
  const found = new Map<string, Found>();
  for (const feature of features) {
    const one = feature.of(prepared);
    if (one) found.set(feature.id, one);
  }
  return found;
}

function reasonsOf(found: ReadonlyMap<string, Found>, model: Model): Reason[] {
  const reasons: Reason[] = [];
  for (const [what, { x, say }] of found) {
    const { weight, centre } = model.features[what] ?? { weight: 0, centre: 0 };
    const odds = Math.min(MOST_FOR_BIOGAS, weight * (x - centre));
    if (Math.abs(odds) >= WORTH_SAYING) reasons.push({ what, weight: odds, ...say() });
  }
  return reasons.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}

function wordOf(score: number, reasons: readonly Reason[], { says }: Model): Pick<BiogasAdvice, 'says' | 'because'> {
  if (score <= says.leakTo + 1e-9) return { says: 'leak', because: null };
  if (score < says.biogasFrom) return { says: 'unclear', because: null };
  const against = reasons.find(({ weight }) => weight <= STRONG_FOR_LEAK);
  if (!against) return { says: 'biogas', because: null };
  return {
    says: 'unclear',
    because: {
      zh: `有一条理由明显指向泄漏，不作“沼气”结论：${against.zh}`,
      en: `one reason points clearly to a leak, so it is not called biogas: ${against.en}`,
    },
  };
}
