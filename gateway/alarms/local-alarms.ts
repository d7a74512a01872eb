import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteBundle } from '../../devices/contract/site-bundle.ts';
import type { Running } from '../../kit/cleanups.ts';
import type { Log } from '../../kit/log.ts';
import { replaceFile } from '../../kit/replace-file.ts';
import { retryDelays, wait } from '../../kit/retry.ts';
import type { UplinkRow } from '../row.ts';
import type { Tell } from '../uplink/conditions.ts';
import { type LocalChange, type LocalEpisode, type LocalJudge, type LocalState, localJudge } from './local-judge.ts';
import type { Webhook } from './webhook.ts';

export interface LocalAlarmsParts {
  readonly gateway: string;
  /** Where the bundle and what stands are kept. */
  readonly folder: string;
  /** Whom to call; null where nobody is named. */
  readonly webhook: () => Webhook | null;
  /** The platform's time as the gateway knows it, ms. */
  readonly now: () => number;
  /** Whether the platform answers. */
  readonly reachable: () => boolean;
  /** When the oldest urgent row was kept that the platform does not have yet, ms; null when it has all. */
  readonly waitingSince: () => number | null;
  readonly log: Log;
}

/** An alarm of the gateway's own, and who knows of it. */
interface Kept {
  episode: LocalEpisode;
  /** The platform could not be told in time: it is the gateway's to tell. */
  alone: boolean;
  /** When the webhook took it, ms. */
  toldAt: number | null;
  /** The platform has heard of it as it stands. */
  reported: boolean;
}

/** What the local page shows. */
export interface LocalAlarmsState {
  /** Version of the rules it judges by; null before the platform has given any. */
  readonly bundle: string | null;
  readonly rules: number;
  readonly alarms: readonly (LocalEpisode & Pick<Kept, 'alone' | 'toldAt' | 'reported'>)[];
  /** What the webhook last said, where it does not take what it is told. */
  readonly problem: string | null;
}

export interface LocalAlarms extends Running {
  /** Rows of the field that are durable in the outbox. */
  take(rows: readonly UplinkRow[]): void;
  readonly version: string | null;
  /** Judges by these rules from now on; what stands of rules that stay goes on. */
  use(bundle: SiteBundle): Promise<void>;
  /** The platform is there, and hears of the alarms raised while it was away before any reading; null when it is not any more. */
  reach(tell: Tell | null): void;
  state(): LocalAlarmsState;
}

/** An urgent reading that the platform does not have within so long is the gateway's to tell of, ms. */
const patienceMs = 10_000;
const tickMs = 1000;
/** Told in one message at most. */
const mostEvents = 50;

interface File {
  readonly judge: LocalState;
  readonly kept: readonly Kept[];
}

/**
 * Alarms for urgent rules while the platform cannot: judged all the time, so that an episode has its true beginning, and told by
 * the gateway only where the platform does not have the reading that made it. Survives a restart.
 */
export async function openLocalAlarms(parts: LocalAlarmsParts): Promise<LocalAlarms> {
  const { gateway, folder, now, reachable, waitingSince, log } = parts;
  const siteFile = join(folder, 'site.json');
  const stateFile = join(folder, 'alarms.json');
  const stopped = new AbortController();
  const before = await readJson<File>(stateFile, log);
  let bundle = await readJson<SiteBundle>(siteFile, log);
  let judge: LocalJudge | null = bundle && localJudge(bundle, before?.judge);
  const kept = new Map((before?.kept ?? []).map((one) => [one.episode.alarm, one]));
  const telling = new Set<string>();
  let problem: string | null = null;
  let tellPlatform: Tell | null = null;
  let reporting = false;
  let saving = Promise.resolve();

  /** Written one after the other; a disk that fails is told once and costs only what a restart would have known. */
  const save = (): Promise<void> => {
    saving = saving
      .then(() => replaceFile(stateFile, JSON.stringify({ judge: judge?.state() ?? {}, kept: [...kept.values()] })))
      .catch((err: unknown) => log.error({ err, stateFile }, 'local alarms could not be written to disk'));
    return saving;
  };

  const tell = async (one: Kept, event: 'raised' | 'returned'): Promise<void> => {
    const { alarm } = one.episode;
    if (telling.has(`${event} ${alarm}`)) return;
    telling.add(`${event} ${alarm}`);
    try {
      for (const delay of retryDelays(1000, 30_000)) {
        if (stopped.signal.aborted) return;
        // Meanwhile the platform may have taken over: it rings there.
        if (event === 'raised' && one.reported) return;
        const call = parts.webhook();
        if (!call) return;
        try {
          await call({ event, gateway, episode: one.episode }, stopped.signal);
          if (event === 'raised') one.toldAt = now();
          problem = null;
          log.info({ alarm, event }, 'told by webhook, as the platform cannot be reached');
          return;
        } catch (err) {
          if (stopped.signal.aborted) return;
          if (problem === null)
            log.error({ alarm, err: (err as Error).message }, 'the webhook took no alarm; it is tried again');
          problem = (err as Error).message;
        }
        await wait(delay, stopped.signal);
      }
    } finally {
      telling.delete(`${event} ${alarm}`);
      await save();
    }
  };

  const changed = (changes: readonly LocalChange[]): void => {
    for (const change of changes) {
      if ('raised' in change) {
        const { alarm } = change.raised;
        kept.set(alarm, { episode: change.raised, alone: false, toldAt: null, reported: false });
      } else {
        const one = kept.get(change.returned);
        if (!one) continue;
        one.episode = { ...one.episode, returnedAt: change.at };
        // The platform, which has the alarm, gets the reading that ended it too.
        if (one.reported && reachable()) kept.delete(change.returned);
        one.reported = false;
        if (one.toldAt !== null) void tell(one, 'returned');
      }
    }
    if (changes.length > 0) {
      look();
      void save();
    }
  };

  /** Who has to tell of what: the platform of what it has, the gateway of what it has not. */
  const look = (): void => {
    const at = now();
    const oldest = waitingSince();
    for (const [alarm, one] of kept) {
      if (one.alone) continue;
      const { raisedAt } = one.episode;
      const has = reachable() && (oldest === null || oldest > raisedAt);
      if (has && at - raisedAt > tickMs) kept.delete(alarm);
      else if (!reachable() || at - raisedAt > patienceMs) {
        one.alone = true;
        log.warn({ alarm }, 'an urgent alarm while the platform cannot be reached');
        if (!hiddenByLadder(one, kept.values())) void tell(one, 'raised');
        void report();
      }
    }
  };

  /** Tells the platform what it has not heard yet. */
  const report = async (): Promise<void> => {
    if (reporting || !tellPlatform) return;
    reporting = true;
    try {
      for (;;) {
        const news = [...kept.values()].filter(({ alone, reported }) => alone && !reported).slice(0, mostEvents);
        if (news.length === 0 || !tellPlatform) return;
        const events = news.map(eventOf);
        await tellPlatform(events);
        for (const [i, one] of news.entries()) {
          // It may have returned, or been told, while it was on its way: then it is told again as it stands now.
          if (JSON.stringify(eventOf(one)) !== JSON.stringify(events[i])) continue;
          one.reported = true;
          if (one.episode.returnedAt !== null) kept.delete(one.episode.alarm);
        }
        await save();
      }
    } catch {
      // The link went down: the next one is told.
    } finally {
      reporting = false;
    }
  };

  const ticking = setInterval(() => {
    changed(judge?.tick(now()) ?? []);
    if (kept.size > 0) look();
  }, tickMs);
  for (const one of kept.values()) if (one.alone && one.toldAt === null && !one.reported) void tell(one, 'raised');

  return {
    take(rows) {
      if (!judge) return;
      for (const row of rows) changed(judge.take(row, now()));
    },
    get version() {
      return bundle?.version ?? null;
    },
    async use(next) {
      judge = localJudge(next, judge?.state() ?? before?.judge);
      bundle = next;
      // Without it on disk a restart alone would know no rules until the platform answers: worth a line, not a fall.
      await replaceFile(siteFile, JSON.stringify(next)).catch((err: unknown) =>
        log.error({ err, siteFile }, 'the rules of this gateway could not be written to disk'),
      );
      await save();
    },
    reach(next) {
      tellPlatform = next;
      void report();
    },
    state: () => ({
      bundle: bundle?.version ?? null,
      rules: bundle?.rules.length ?? 0,
      alarms: [...kept.values()].map(({ episode, ...who }) => ({ ...episode, ...who })),
      problem,
    }),
    async stop() {
      stopped.abort();
      clearInterval(ticking);
      await save();
    },
  };
}

/** Levels of one matter make one call: a lower one says nothing while a higher one stands. */
function hiddenByLadder({ episode }: Kept, all: Iterable<Kept>): boolean {
  const { device, ladder, rule } = episode.site;
  if (ladder === null) return false;
  for (const { episode: other } of all) {
    const same = other.site.device === device && other.site.ladder === ladder && other.site.rule !== rule;
    if (same && other.returnedAt === null && other.raisedAt <= episode.raisedAt) return true;
  }
  return false;
}

/** What the platform is told: an element of `v1/gateway/events`. */
function eventOf({ episode, toldAt }: Kept): object {
  const { site: _site, ...alarm } = episode;
  return { ...alarm, toldAt };
}

async function readJson<T>(file: string, log: Log): Promise<T | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch (err) {
    log.error({ file, err: (err as Error).message }, 'a file of this gateway cannot be read; it goes on without it');
    return null;
  }
}
