import type { CoverageArea, HazardCause } from '../../devices/contract/hazard.ts';
import type { Site } from '../../devices/contract/registry.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';

/** What is known of one detector: it works, it fails for a reason, or nobody can say now. */
export type DetectorState = 'working' | 'expired' | 'self-test-failed' | 'out-of-service' | 'silent' | 'unobserved';

/** A detector at a site, as a look sees it. */
export interface SeenDetector {
  readonly id: string;
  readonly state: DetectorState;
}

/** A site is watched when one detector there works; unwatched when none does; else nobody knows. */
export type Watched = 'working' | 'failing' | 'unobserved';
export const watchedBy = (detectors: readonly SeenDetector[]): Watched => {
  if (detectors.some(({ state }) => state === 'working')) return 'working';
  return detectors.some(({ state }) => state === 'unobserved') ? 'unobserved' : 'failing';
};

const words: Readonly<Record<DetectorState, Bilingual>> = {
  working: { zh: '正常', en: 'works' },
  expired: { zh: '已过使用年限', en: 'is past its life' },
  'self-test-failed': { zh: '自检不合格', en: 'failed its self-test' },
  'out-of-service': { zh: '已停用', en: 'is out of service' },
  silent: { zh: '没有数据', en: 'is silent' },
  unobserved: { zh: '情况不明', en: 'is not observed' },
};

/** Listed in the evidence; the rest are counted. */
const SHOWN = 5;

/** Why a site is unwatched, as the cause of a hazard. */
export function coverageCause(site: Site, detectors: readonly SeenDetector[]): HazardCause {
  const shown = detectors.slice(0, SHOWN);
  const more = detectors.length - shown.length;
  const list = (language: 'zh' | 'en', comma: string) =>
    shown.map(({ id, state }) => `${id} ${words[state][language]}`).join(comma) +
    (more > 0 ? (language === 'zh' ? `，另有 ${more} 台` : `, and ${more} more`) : '');
  const evidence =
    detectors.length === 0
      ? { zh: `${site.name} 没有登记报警器`, en: `${site.nameEn ?? site.name} has no registered detector` }
      : {
          zh: `${site.name} 没有可用的报警器：${list('zh', '，')}`,
          en: `${site.nameEn ?? site.name} has no working detector: ${list('en', ', ')}`,
        };
  return {
    rule: 'coverage',
    key: `coverage:${site.id}`,
    evidence,
    facts: { site: site.id, detectors: detectors.length, reason: detectors[0]?.state ?? 'none' },
  };
}

/** Counts sites by area: how many are watched, unwatched, and not observed. */
export function coverageByArea(
  sites: readonly { readonly area: string | null; readonly watched: Watched }[],
): readonly CoverageArea[] {
  const areas = new Map<string | null, { all: number; working: number; failing: number; unobserved: number }>();
  for (const { area, watched } of sites) {
    const sum = areas.get(area) ?? { all: 0, working: 0, failing: 0, unobserved: 0 };
    sum.all++;
    sum[watched]++;
    areas.set(area, sum);
  }
  return [...areas].map(([area, sum]) => ({ area, ...sum })).sort((a, b) => ((a.area ?? '') < (b.area ?? '') ? -1 : 1));
}
