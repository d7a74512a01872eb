import type { EdgeAlarmEntry, Value } from '../../devices/contract/entry.ts';
import type { SiteBundle, SiteRule } from '../../devices/contract/site-bundle.ts';
import { BAD, GOOD, type StatusCode, UNCERTAIN } from '../../devices/model/quality.ts';
import { verdict, verdictOf } from '../../rules/judge/compare.ts';
import { type Change, change, type Episode, evaluations, expire, phase, step } from '../../rules/judge/evaluate.ts';
import { alarmId } from '../../rules/judge/identity.ts';
import type { UplinkRow } from '../row.ts';

/** An episode that the gateway has seen, under the identity the platform gives it too. */
export interface LocalEpisode extends Omit<EdgeAlarmEntry, 'kind' | 'gateway' | 'toldAt'> {
  readonly site: SiteRule;
}

export type LocalChange = { readonly raised: LocalEpisode } | { readonly returned: string; readonly at: number };

/** What is not normal, so that a restart goes on with it: phase and episode by `<device>/<rule>`. */
export type LocalState = Readonly<
  Record<string, { readonly phase: number; readonly episode: Episode; readonly value: Value }>
>;

/** Judges the urgent rules of a gateway's devices by the same functions as the platform. No I/O, no clock. */
export interface LocalJudge {
  /** Judges a row of the field; `now` is the platform's time as the gateway knows it, ms. */
  take(row: UplinkRow, now: number): readonly LocalChange[];
  /** Lets delays run out. */
  tick(now: number): readonly LocalChange[];
  state(): LocalState;
}

interface Judged {
  readonly site: SiteRule;
  readonly index: number;
  /** What a value is compared as: numbers as they are, flags as 1 and 0, words as 1 where they are the limit. */
  readonly asNumber: (value: Value) => number;
  readonly limit: number;
  readonly back: number;
}

/** A judge of these rules, going on from `held`; what it holds of rules that are gone is forgotten. */
export function localJudge({ rules }: SiteBundle, held: LocalState = {}): LocalJudge {
  const evals = evaluations(Math.max(1, rules.length));
  const byMeasurement = new Map<string, Judged[]>();
  const all = rules.map((site, index) => judged(site, index));
  /** Source time of the newest value of each device's measurement, ms. */
  const newest = new Map<string, number>();
  const raisers = new Map<number, Value>();
  for (const one of all) {
    const { device, measurement, rule } = one.site;
    const key = `${device}\n${measurement}`;
    byMeasurement.set(key, [...(byMeasurement.get(key) ?? []), one]);
    const before = Object.hasOwn(held, `${device}/${rule}`) ? held[`${device}/${rule}`] : undefined;
    if (!before) continue;
    evals.phases[one.index] = before.phase;
    // JSON has no infinity: a delay that never ends comes back as null.
    evals.episodes.set(one.index, { ...before.episode, due: before.episode.due ?? Number.POSITIVE_INFINITY });
    raisers.set(one.index, before.value);
  }

  const raisedAs = (one: Judged, since: number, now: number): LocalChange => {
    const { device, rule } = one.site;
    const value = raisers.get(one.index) ?? 0;
    const alarm = alarmId(device, rule, since);
    return { raised: { alarm, device, rule, since, raisedAt: now, returnedAt: null, value, site: one.site } };
  };
  /** What a step or an expired delay did; `since` is the episode's as it stood before. */
  const told = (one: Judged, what: Change, since: number, at: number, now: number): LocalChange[] => {
    if (what === change.raised) return [raisedAs(one, since, now)];
    return what === change.returned ? [{ returned: alarmId(one.site.device, one.site.rule, since), at }] : [];
  };
  const judge = (one: Judged, value: Value, quality: StatusCode, at: number, now: number): LocalChange[] => {
    const { site, index, limit, back } = one;
    const since = evals.episodes.get(index)?.since ?? at;
    const found = verdictOf(site.op, one.asNumber(value), limit, back, quality);
    if (found === verdict.abnormal && evals.phases[index] === phase.normal) raisers.set(index, value);
    return told(one, step(evals, index, site, found, at, now), since, at, now);
  };

  return {
    take(row, now) {
      if (row.historical || row.unreadable !== undefined) return [];
      const changes: LocalChange[] = [];
      for (const [name, value] of Object.entries(row.values)) {
        const key = `${row.device}\n${name}`;
        const here = byMeasurement.get(key);
        if (!here || row.ts < (newest.get(key) ?? Number.NEGATIVE_INFINITY)) continue;
        newest.set(key, row.ts);
        const quality = statusOf(row.quality?.[name]);
        for (const one of here) changes.push(...judge(one, value, quality, row.ts, now));
      }
      return changes;
    },
    tick: (now) =>
      all.flatMap((one) => {
        const since = evals.episodes.get(one.index)?.since;
        return since === undefined ? [] : told(one, expire(evals, one.index, now), since, now, now);
      }),
    state: () =>
      Object.fromEntries(
        all.flatMap(({ site, index }) => {
          const episode = evals.episodes.get(index);
          if (!episode || evals.phases[index] === phase.normal) return [];
          const kept = { phase: evals.phases[index] ?? phase.normal, episode, value: raisers.get(index) ?? 0 };
          return [[`${site.device}/${site.rule}`, kept]];
        }),
      ),
  };
}

function judged(site: SiteRule, index: number): Judged {
  const { limit, returnLimit } = site;
  if (typeof limit === 'number' && typeof returnLimit === 'number') {
    return {
      site,
      index,
      limit,
      back: returnLimit,
      asNumber: (value) => (typeof value === 'number' ? value : Number.NaN),
    };
  }
  if (typeof limit === 'boolean') {
    const asNumber = (value: Value) => (typeof value === 'boolean' ? Number(value) : Number.NaN);
    return { site, index, limit: Number(limit), back: Number(limit), asNumber };
  }
  return {
    site,
    index,
    limit: 1,
    back: 1,
    asNumber: (value) => (typeof value === 'string' ? Number(value === limit) : Number.NaN),
  };
}

/** Quality as a row of the field has it: a status code, or the sender's word. */
function statusOf(quality: number | string | undefined): StatusCode {
  if (typeof quality === 'number') return quality;
  if (quality === undefined || quality === 'good') return GOOD;
  return quality === 'bad' ? BAD : UNCERTAIN;
}
