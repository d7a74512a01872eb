import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../kit/problem.ts';
import type { Campaign, Release } from './methane/campaign.ts';
import { injectedCampaign } from './methane/injected.ts';
import { plainAlarms } from './methane/plain-recipe.ts';
import { readCampaign } from './methane/read-campaign.ts';
import { type FenceRules, fenceRules, holdMs, ruleAlarms, rulesOf } from './methane/rule-alarms.ts';
import { type Outcome, type Score, scoreOf } from './methane/score.ts';
import { variantsOf } from './methane/sensitivity.ts';
import { syntheticCampaign } from './methane/synthetic.ts';
import { atLeast, atMost, machine, median, type Report } from './report.ts';

export interface MethaneBenchOptions {
  readonly citiesDir: string;
  /** The city whose catalogue is judged. */
  readonly city: string;
  /** A folder of `readings.csv`, `sensors.csv` and `releases.csv`; the measured days that come with the city. */
  readonly data?: string;
  /** So many invented stretches of four days instead. */
  readonly invented?: number;
  /** So many times the measured days with invented releases in place of the measured ones. */
  readonly injected?: number;
  /** Also every number of the rules, one at a time, halved and raised by half. */
  readonly sensitivity?: boolean;
  readonly progress: (line: string) => void;
}

/** Measured days around known releases that come with a city: the folder of its replays that holds a `releases.csv`. */
export function measuredDays(citiesDir: string, city: string): string {
  const replays = join(citiesDir, city, 'replay');
  const names = existsSync(replays) ? readdirSync(replays).sort() : [];
  const folder = names.map((name) => join(replays, name)).find((one) => existsSync(join(one, 'releases.csv')));
  if (folder) return folder;
  throw new Problem(
    `${replays} 下没有带 releases.csv 的实测数据：请用 --data 指定文件夹。\n` +
      `${replays} holds no measured days with a releases.csv: name a folder with --data.`,
  );
}

const INVENTED_DAYS = 4;

/** Finds controlled releases of methane with the catalogue's own rules in the real engine, beside the plain recipe. */
export async function methaneBench(options: MethaneBenchOptions): Promise<Report> {
  const { progress } = options;
  const rules = await fenceRules(options.citiesDir, options.city);
  const campaigns = await campaignsOf(options);
  const parts = campaigns.map((campaign, i) => {
    progress(`${i + 1} / ${campaigns.length}`);
    return beside(campaign, rules);
  });
  const [ours, theirs] = [total(parts.map((part) => part.rules)), total(parts.map((part) => part.plain))];
  return {
    name: 'methane',
    machine: machine(),
    goals: [
      atLeast('methane: releases found by the rules, or more than the plain recipe', ours.found, 'found', theirs.found),
      atMost('methane: false alarms a day by the rules, or fewer', ours.falsePerDay, '/ d', theirs.falsePerDay),
      ...sooner(parts),
    ],
    figures: {
      releases: ours.releases,
      'days outside of releases': ours.quietDays,
      ...figuresOf('rules', ours),
      ...figuresOf('plain recipe', theirs),
      ...(options.sensitivity ? sensitivity(campaigns, rules, progress) : {}),
    },
    notes: parts.length === 1 ? notesOf(parts[0]!) : [],
  };
}

/** The rules of the catalogue and the plain recipe over one campaign, scored alike. */
interface Beside {
  readonly campaign: Campaign;
  readonly rules: Score;
  readonly plain: Score;
}

const beside = (campaign: Campaign, rules: FenceRules): Beside => ({
  campaign,
  rules: scoreOf(campaign, ruleAlarms(campaign, rules)),
  plain: scoreOf(campaign, plainAlarms(campaign, holdMs(rules))),
});

async function campaignsOf(options: MethaneBenchOptions): Promise<readonly Campaign[]> {
  const { citiesDir, city, data, invented, injected } = options;
  const times = <T>(count: number, make: (seed: string) => T) =>
    Array.from({ length: count }, (_, i) => make(`${i + 1}`));
  if (invented) return times(invented, (seed) => syntheticCampaign({ seed: `held out ${seed}`, days: INVENTED_DAYS }));
  const measured = await readCampaign(data ?? measuredDays(citiesDir, city));
  return injected ? times(injected, (seed) => injectedCampaign(measured, seed)) : [measured];
}

/** Scores of several campaigns as one. */
interface Total extends Pick<Score, 'found' | 'quietDays' | 'falsePerDay'> {
  readonly releases: number;
  readonly falseAlarms: number;
  readonly minutes: readonly number[];
}

function total(scores: readonly Score[]): Total {
  const sum = (of: (score: Score) => number) => scores.reduce((all, score) => all + of(score), 0);
  const [falseAlarms, quietDays] = [sum((score) => score.falseAlarms.length), sum((score) => score.quietDays)];
  return {
    releases: sum(({ outcomes }) => outcomes.length),
    found: sum(({ found }) => found),
    falseAlarms,
    quietDays,
    falsePerDay: quietDays > 0 ? falseAlarms / quietDays : 0,
    minutes: scores.flatMap(({ outcomes }) => outcomes.flatMap(({ minutes }) => minutes ?? [])),
  };
}

const figuresOf = (who: string, { found, falseAlarms, falsePerDay, minutes }: Total): Report['figures'] => ({
  [`${who}: found`]: found,
  ...(minutes.length > 0 ? { [`${who}: minutes to the alarm, median`]: median(minutes) } : {}),
  [`${who}: false alarms`]: falseAlarms,
  [`${who}: false alarms a day`]: falsePerDay,
});

/** Minutes are compared over the releases that both found: one that only the rules find, late, would count against them. */
function sooner(parts: readonly Beside[]): Report['goals'] {
  const both = parts.flatMap(({ rules, plain }) =>
    rules.outcomes.flatMap(({ minutes: ours }, i) => {
      const theirs = plain.outcomes[i]?.minutes ?? null;
      return ours === null || theirs === null ? [] : [{ ours, theirs }];
    }),
  );
  if (both.length === 0) return [];
  const mean = (who: 'ours' | 'theirs') => both.reduce((sum, one) => sum + one[who], 0) / both.length;
  const name = 'methane: minutes from release to alarm, mean over those that both found, or fewer';
  return [atMost(name, mean('ours'), 'min', mean('theirs'))];
}

function sensitivity(
  campaigns: readonly Campaign[],
  { city, catalogue }: FenceRules,
  progress: (line: string) => void,
): Report['figures'] {
  const rows = variantsOf(catalogue).map((variant): [string, Total] => {
    progress(variant.name);
    const rules = rulesOf(city, variant.catalogue);
    return [variant.name, total(campaigns.map((campaign) => scoreOf(campaign, ruleAlarms(campaign, rules))))];
  });
  return Object.fromEntries(
    rows.flatMap(([name, { found, falsePerDay }]) => [
      [`${name}: found`, found],
      [`${name}: false alarms a day`, falsePerDay],
    ]),
  );
}

/** Each release and each false alarm of one campaign, in words. */
function notesOf({ campaign, rules, plain }: Beside): string[] {
  const releases = campaign.releases.map((release, i) => {
    const said = [`规则 rules ${saidOf(rules.outcomes[i]!)}`, `对照 plain ${saidOf(plain.outcomes[i]!)}`];
    return `${nameOf(release)}: ${said.join(' · ')}`;
  });
  const falsely = (who: string, { falseAlarms }: Score) =>
    falseAlarms.map(({ sensor, from, to }) => `误报 false, ${who}: ${clock(from)} – ${clock(to)} ${sensor}`);
  return [...releases, ...falsely('规则 rules', rules), ...falsely('对照 plain', plain)];
}

const clock = (at: number): string => new Date(at).toISOString().slice(0, 16);
const nameOf = ({ start, end, equipment, gramsPerHour }: Release): string =>
  `${clock(start)} – ${clock(end)} ${equipment} ${Number.isNaN(gramsPerHour) ? '?' : Math.round(gramsPerHour)} g/h`;
const saidOf = ({ minutes, sensor }: Outcome): string =>
  minutes === null ? '未发现 not found' : `${minutes.toFixed(1)} min (${sensor})`;
