import type { Alarm } from '../../../devices/contract/alarm.ts';
import { isOpen } from '../../../devices/contract/alarm.ts';
import type { Incident } from '../../../devices/contract/incident.ts';
import { isTicketOpen } from '../../../devices/contract/ticket.ts';
import type { TicketLine } from '../../../devices/contract/ticket-line.ts';
import type { Running } from '../../../kit/cleanups.ts';
import type { Log } from '../../../kit/log.ts';
import type { AlarmFeed } from './alarm-feed.ts';
import type { IncidentFeed } from './incident-feed.ts';
import type { TicketFeed } from './ticket-feed.ts';

/** Between looks when nobody calls: rules runs in another process. */
const pollMs = 150;
/** Between looks when rules calls after each commit; only in case a call was missed. */
const pollBesideCallsMs = 2000;

/** Between looks at counts that change without an event. */
const recountMs = 2000;
/** Alarms whose count of blindness is read again at a time, those that blind most first. */
const recountsAtATime = 500;

export interface AlarmWatchParts {
  readonly alarms: AlarmFeed;
  /** Left out, there are none. */
  readonly incidents?: Pick<IncidentFeed, 'open' | 'since'>;
  /** Left out, there are none. */
  readonly tickets?: Pick<TicketFeed, 'open' | 'since'>;
  /** Called by rules after each commit, where it runs in this process. */
  readonly onAlarms?: ((notify: () => void) => () => void) | undefined;
  /** Alarms, incidents and tickets that changed, whole, in the order of their changes. */
  readonly onChange: (
    changed: readonly Alarm[],
    incidents: readonly Incident[],
    tickets: readonly TicketLine[],
  ) => void;
  readonly log: Log;
}

/** The open alarms, as they are committed. */
export interface AlarmWatch extends Running {
  readonly open: ReadonlyMap<string, Alarm>;
  /** The open incidents. */
  readonly incidents: ReadonlyMap<string, Incident>;
  /** The open tickets. */
  readonly tickets: ReadonlyMap<string, TicketLine>;
  /** How long no look at the alarms has worked, ms; 0 while they work. */
  blindMs(): number;
}

/** Reads the open alarms and follows their changes; resolves when `open` holds all of them. */
export async function startAlarmWatch({
  alarms,
  incidents,
  tickets,
  onAlarms,
  onChange,
  log,
}: AlarmWatchParts): Promise<AlarmWatch> {
  const open = new Map<string, Alarm>();
  const first = await alarms.open();
  for (const alarm of first.alarms) open.set(alarm.id, alarm);
  let seq = first.seq;
  const pictures = new Map<string, Incident>();
  const drawn = (await incidents?.open()) ?? { incidents: [], seq: 0 };
  for (const incident of drawn.incidents) pictures.set(incident.id, incident);
  let pictureSeq = drawn.seq;
  const work = new Map<string, TicketLine>();
  const begun = (await tickets?.open()) ?? { tickets: [], seq: 0 };
  for (const ticket of begun.tickets) work.set(ticket.id, ticket);
  let workSeq = begun.seq;
  let failingSince: number | null = null;

  /** Counts of blindness are renewed without an event (no `seq` tells of them), so they are read again. */
  const lookAtCounts = async (): Promise<void> => {
    const ids = blindMost(open.values(), recountsAtATime);
    const news = (await alarms.again(ids)).filter(
      (row) => JSON.stringify(open.get(row.id)?.blind) !== JSON.stringify(row.blind),
    );
    const changed = news.filter(({ id }) => open.has(id));
    for (const alarm of changed) open.set(alarm.id, alarm);
    if (changed.length > 0) onChange(changed, [], []);
  };
  const look = async (): Promise<void> => {
    for (;;) {
      const news = await alarms.since(seq);
      seq = news.seq;
      for (const alarm of news.alarms) {
        if (isOpen(alarm)) open.set(alarm.id, alarm);
        else open.delete(alarm.id);
      }
      const seen = (await incidents?.since(pictureSeq)) ?? { incidents: [], seq: pictureSeq, more: false };
      pictureSeq = seen.seq;
      for (const incident of seen.incidents) {
        if (incident.closedAt === null) pictures.set(incident.id, incident);
        else pictures.delete(incident.id);
      }
      const done = (await tickets?.since(workSeq)) ?? { tickets: [], seq: workSeq, more: false };
      workSeq = done.seq;
      for (const ticket of done.tickets) {
        if (isTicketOpen(ticket)) work.set(ticket.id, ticket);
        else work.delete(ticket.id);
      }
      if (news.alarms.length > 0 || seen.incidents.length > 0 || done.tickets.length > 0)
        onChange(news.alarms, seen.incidents, done.tickets);
      if (!news.more && !seen.more && !done.more) return;
    }
  };
  const lookOnce = async (): Promise<void> => {
    try {
      await look();
      if (failingSince !== null) log.warn('alarms can be read again');
      failingSince = null;
    } catch (err) {
      if (failingSince === null) log.error({ err }, 'alarms cannot be read: no page shows new ones until this works');
      failingSince ??= performance.now();
    }
  };

  let looking: Promise<void> | null = null;
  let askedMeanwhile = false;
  const lookSoon = (): void => {
    if (looking) {
      askedMeanwhile = true;
      return;
    }
    looking = lookOnce().finally(() => {
      looking = null;
      if (!askedMeanwhile) return;
      askedMeanwhile = false;
      lookSoon();
    });
  };
  const unsubscribe = onAlarms?.(lookSoon);
  const poll = setInterval(lookSoon, onAlarms ? pollBesideCallsMs : pollMs);
  let counting: Promise<void> | null = null;
  const recount = setInterval(() => {
    // What fails here fails at the next look too, and is told there.
    counting ??= lookAtCounts()
      .catch(() => undefined)
      .finally(() => {
        counting = null;
      });
  }, recountMs);
  // What was committed between the first reading and the subscription.
  lookSoon();
  return {
    open,
    incidents: pictures,
    tickets: work,
    blindMs: () => (failingSince === null ? 0 : performance.now() - failingSince),
    async stop() {
      unsubscribe?.();
      clearInterval(poll);
      clearInterval(recount);
      await counting;
      while (looking) await looking;
    },
  };
}

/** Ids of the active alarms that leave most devices unwatched. */
const blindMost = (open: Iterable<Alarm>, most: number): string[] =>
  [...open]
    .filter(({ blind, active }) => blind && active)
    .sort((a, b) => b.blind!.devices - a.blind!.devices)
    .slice(0, most)
    .map(({ id }) => id);
