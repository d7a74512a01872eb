import type { Neighbour } from './evidence.ts';
import { type Feature, figure, type Prepared } from './feature.ts';
import { gridOf, heardIn, PER_HOUR } from './grid.ts';

/**
 * A neighbour has risen when it gained this share of the rise here, not less than this (%VOL), and more than it moved by
 * itself in the day before.
 */
const SHARE_OF_RISE = 0.08;
const LEAST_GAIN = 0.1;
const BEFORE = 2 * PER_HOUR;
/** Hours of a neighbour's past without which nobody knows how it moves by itself. */
const PAST = 6 * PER_HOUR;

/** Gas from a pipe comes up in several spaces, one after the other as they lie further away. */
export const neighbours: Feature = {
  id: 'neighbours',
  sign: -1,
  wants: { zh: '相邻地下空间的读数', en: 'readings of neighbouring underground spaces' },
  of({ evidence, episode }) {
    const near = [...(evidence.neighbours ?? [])].sort((a, b) => a.metres - b.metres);
    const onsets = near.map((one) => onsetOf(one, evidence.from, evidence.to, episode));
    const heard = onsets.filter((onset) => onset !== undefined);
    if (heard.length === 0) return null;
    const risen = heard.filter((onset) => onset !== null);
    const ordered = risen.every((onset, i) => onset > (risen[i - 1] ?? episode.low));
    const x = (risen.length / heard.length) * (ordered ? 1 : 0.25);
    const order =
      risen.length === 0
        ? { zh: '', en: '' }
        : ordered
          ? { zh: '，由近及远', en: ', the nearer the sooner' }
          : { zh: '，但不按远近次序', en: ', not in the order of their distance' };
    return {
      x,
      say: () => ({
        zh: `相邻 ${heard.length} 处地下空间（最近 ${figure(near[0]!.metres)} m）中 ${risen.length} 处同期上升${order.zh}`,
        en: `Of ${heard.length} neighbouring spaces (the nearest at ${figure(near[0]!.metres)} m) ${risen.length} rose with it${order.en}`,
      }),
    };
  },
};

/** The slot in which a neighbour began to rise with the episode; null: it did not; undefined: it was not heard. */
function onsetOf(
  { methane }: Neighbour,
  from: number,
  to: number,
  { low, top, floor }: Prepared['episode'],
): number | null | undefined {
  const grid = gridOf(methane, from, to);
  const before = heardIn(grid, low - BEFORE - 24 * PER_HOUR, low - BEFORE);
  if (before.length < PAST || heardIn(grid, low, grid.length).length === 0) return undefined;
  const [least, most] = [Math.min(...before), Math.max(...before)];
  const wanted = most + Math.max(LEAST_GAIN, SHARE_OF_RISE * (top - floor), 0.5 * (most - least));
  for (let slot = Math.max(0, low - BEFORE); slot < grid.length; slot++) if (grid[slot]! >= wanted) return slot;
  return null;
}
