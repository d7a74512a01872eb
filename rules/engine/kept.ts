import type { Episode } from '../judge/evaluate.ts';

/** One row of state: a device's, its bins', or one of those for what is nobody's alone. */
export interface Row {
  readonly device: string;
  readonly position: number;
  readonly body: string;
}

/** An episode as it is written down: `phase, since, turned, due`; a due of null never comes. */
export type KeptEpisode = [phase: number, since: number, turned: number, due: number | null];

export const keep = (phases: Uint8Array, index: number, episode: Episode): KeptEpisode => [
  phases[index]!,
  episode.since,
  episode.turned,
  Number.isFinite(episode.due) ? episode.due : null,
];

export const back = ([, since, turned, due]: KeptEpisode): Episode => ({
  since,
  turned,
  due: due ?? Number.POSITIVE_INFINITY,
});
