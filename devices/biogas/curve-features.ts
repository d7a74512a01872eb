import { airingOf } from './episode.ts';
import { type Feature, figure, held, span } from './feature.ts';
import { heardIn, PER_HOUR, quantile, slotAt } from './grid.ts';

/** What the methane curve says by itself. */

/**
 * Gas that escapes under pressure is there within the hour, unless soil holds it up; sludge needs hours to days. Slower than
 * this proves nothing, for a hole may grow: hours.
 */
const SLOW_HOURS = 6;
const slowRise: Feature = {
  id: 'slow-rise',
  sign: 1,
  wants: { zh: '看得到上升过程的甲烷曲线', en: 'a methane curve that shows the rise' },
  of({ episode }) {
    const { riseHours, floor, top, seenWhole } = episode;
    const took = span(riseHours);
    const least = seenWhole ? { zh: '', en: '' } : { zh: '至少', en: 'at least ' };
    const level = `${figure(floor)} → ${figure(top)} %VOL`;
    return {
      x: held(Math.log2(riseHours / SLOW_HOURS), -4, 0),
      say: () => ({
        zh: `浓度由 ${level}，用了${least.zh} ${took.zh}（沼气多为数小时至数天缓慢积聚）`,
        en: `Rose ${level} in ${least.en}${took.en} (biogas mostly builds up over hours to days)`,
      }),
    };
  },
};

/** Hours before the episode without which nothing is said of habits. */
const HABIT_HOURS = 18;

/** Sewers that make gas have made it before; where a pipe broke there was none. */
const habit: Feature = {
  id: 'habit',
  sign: 1,
  wants: { zh: `本次上升之前 ${HABIT_HOURS} 小时以上的数据`, en: `${HABIT_HOURS} h of data from before the rise` },
  of({ methane, episode }) {
    const before = heardIn(methane, 0, episode.low);
    if (before.length < HABIT_HOURS * PER_HOUR) return null;
    const usual = quantile(before, 0.95);
    return {
      x: held(Math.log2((usual + 0.05) / (episode.top + 0.05)), -5, 0),
      say: () => ({
        zh: `此前 ${figure(before.length / PER_HOUR)} 小时内 95% 的读数不超过 ${figure(usual)} %VOL，本次最高 ${figure(episode.top)} %VOL`,
        en: `In the ${figure(before.length / PER_HOUR)} h before, 95 % of readings were at most ${figure(usual)} %VOL; now up to ${figure(episode.top)} %VOL`,
      }),
    };
  },
};

/** A hole in a pipe does not mend itself: what has come and gone before, by wind, rain and warmth, is the space's own. */
const cameAndWent: Feature = {
  id: 'came-and-went',
  sign: 1,
  wants: { zh: '本次上升之前两天的数据', en: 'two days of data from before the rise' },
  of({ methane, episode }) {
    const before = heardIn(methane, 0, episode.low);
    if (before.length < 2 * HABIT_HOURS * PER_HOUR) return null;
    const fall = largestFall(before);
    return {
      x: held(Math.log2((fall + 0.05) / (episode.top + 0.05)), -4, 1),
      say: () => ({
        zh: `此前 ${figure(before.length / PER_HOUR)} 小时内自行回落最多 ${figure(fall)} %VOL（沼气时起时落，管道破口不会自愈）`,
        en: `In the ${figure(before.length / PER_HOUR)} h before, it fell by itself by up to ${figure(fall)} %VOL (biogas comes and goes; a hole does not mend itself)`,
      }),
    };
  },
};

/** How far values fell from the highest before them, at most. */
function largestFall(values: readonly number[]): number {
  let [highest, fall] = [0, 0];
  for (const value of values) {
    highest = Math.max(highest, value);
    fall = Math.max(fall, highest - value);
  }
  return fall;
}

/** A fall that is younger than this tells nothing yet, hours. */
const AIRED_HOURS = 2;

/** Gas of the space itself needs hours to days to come back after airing or a flush; a leak is back at once. */
const airing: Feature = {
  id: 'airing',
  sign: 1,
  wants: { zh: '一次开盖通风及其后数小时的曲线', en: 'an airing of the space and the curve of some hours after it' },
  of({ methane, evidence }) {
    const opened = (evidence.opened ?? []).map((at) => slotAt(at, evidence.from));
    const fall = airingOf(methane, opened);
    if (!fall || (fall.backAfterHours === null && fall.watchedHours < AIRED_HOURS)) return null;
    const fell = `${figure(fall.before)} → ${figure(fall.after)} %VOL`;
    const watched = span(fall.watchedHours);
    const outcome =
      fall.backAfterHours === null
        ? { zh: `${watched.zh}后仍未回升`, en: `not back after ${watched.en}` }
        : { zh: `${watched.zh}后回升`, en: `back after ${watched.en}` };
    return {
      x: held(Math.log2(fall.watchedHours / 4), -4, 3),
      say: () => ({
        zh: `浓度骤降（${fell}，通风、开盖或冲刷），${outcome.zh}（泄漏一般很快回升）`,
        en: `Fell suddenly (${fell}: aired, opened or flushed), ${outcome.en} (a leak is soon back)`,
      }),
    };
  },
};

export const curveFeatures: readonly Feature[] = [habit, cameAndWent, slowRise, airing];
