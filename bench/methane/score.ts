import { type Campaign, type Release, spanOf } from './campaign.ts';
import type { Standing } from './standing.ts';

/** How both are scored. Fixed before any rule was chosen; the same for both. */
export const scoring = {
  /** An alarm that begins so long after the end of a release still finds it: its last puff was on the way. */
  transportMs: 5 * 60_000,
  /** So long after the end of a release what it left behind drifts away: an alarm that begins then is not a false one. */
  graceMs: 15 * 60_000,
} as const;

/** What became of one release. */
export interface Outcome {
  readonly release: Release;
  /** Minutes from its start (from the begin of the data, where it ran before) to the first alarm raised; null: not found. */
  readonly minutes: number | null;
  /** The sensor that raised it. */
  readonly sensor: string | null;
}

/** What a way of finding releases is worth on a campaign. */
export interface Score {
  readonly outcomes: readonly Outcome[];
  readonly found: number;
  /** Alarms that began outside of all releases, those that stand at one time counted once; when and where. */
  readonly falseAlarms: readonly Standing[];
  /** Days outside of all releases and their grace. */
  readonly quietDays: number;
  readonly falsePerDay: number;
}

/**
 * Scores alarms against the releases.
 *
 * A release is found by an alarm that is *raised* between its start and its end: one that stood before does not count. Alarms
 * that overlap in time, at any sensors, are one episode; an episode that begins outside of every release is a false alarm.
 */
export function scoreOf(campaign: Campaign, alarms: readonly Standing[]): Score {
  const outcomes = campaign.releases.map((release) => outcomeOf(campaign, release, alarms));
  const falseAlarms = episodesOf(alarms).filter(({ from }) => !campaign.releases.some((one) => covers(one, from)));
  const quietDays = quietMs(campaign) / 86_400_000;
  return {
    outcomes,
    found: outcomes.filter(({ minutes }) => minutes !== null).length,
    falseAlarms,
    quietDays,
    falsePerDay: quietDays > 0 ? falseAlarms.length / quietDays : 0,
  };
}

const covers = ({ start, end }: Release, at: number): boolean => at >= start && at <= end + scoring.graceMs;

function outcomeOf(campaign: Campaign, release: Release, alarms: readonly Standing[]): Outcome {
  const begin = Math.max(release.start, spanOf(campaign).from);
  const first = alarms
    .filter(({ from }) => from >= begin && from <= release.end + scoring.transportMs)
    .sort((a, b) => a.from - b.from)[0];
  return {
    release,
    minutes: first ? (first.from - begin) / 60_000 : null,
    sensor: first?.sensor ?? null,
  };
}

/** Alarms that overlap, joined; each episode bears the sensor that began it. */
function episodesOf(alarms: readonly Standing[]): Standing[] {
  const episodes: { sensor: string; from: number; to: number }[] = [];
  for (const alarm of [...alarms].sort((a, b) => a.from - b.from)) {
    const last = episodes.at(-1);
    if (last && alarm.from <= last.to) last.to = Math.max(last.to, alarm.to);
    else episodes.push({ ...alarm });
  }
  return episodes;
}

/** Time of the data outside of all releases and their grace, ms. */
function quietMs(campaign: Campaign): number {
  const { from, to } = spanOf(campaign);
  let quiet = 0;
  let reached = from;
  for (const { start, end } of [...campaign.releases].sort((a, b) => a.start - b.start)) {
    quiet += Math.max(0, Math.min(start, to) - reached);
    reached = Math.max(reached, Math.min(end + scoring.graceMs, to));
  }
  return quiet + Math.max(0, to - reached);
}
