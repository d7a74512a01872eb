import type { Kysely } from 'kysely';
import type { Alarm } from '../devices/contract/alarm.ts';
import type { City } from '../devices/contract/city.ts';
import { type ChannelKind, notifyPolicySchema } from '../devices/contract/notify-policy.ts';
import type { NotifyPort } from '../devices/contract/notify-port.ts';
import type { PagesPort } from '../devices/contract/pages.ts';
import type { IngestPort } from '../devices/contract/ports.ts';
import { cleanups, type Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import { zoneOffset } from '../kit/local-time.ts';
import type { Log } from '../kit/log.ts';
import { type Heartbeat, type HeartbeatDoor, startHeartbeat } from './heartbeat/heartbeat.ts';
import type { Channel } from './notify/channel.ts';
import { type FarSides, farReceipts, noFarSides } from './notify/far-receipts.ts';
import type { NotifyCondition } from './notify/lines.ts';
import { type Notifier, startNotifier } from './notify/outbox.ts';
import { pageChannel, type TellPages } from './notify/page/page-channel.ts';
import { type ConditionReporter, conditionReporter } from './presence/condition-reporter.ts';
import { pagesDesk } from './presence/open-pages.ts';
import { type SeatsWatched, startSeatWatch } from './presence/seat-watch.ts';
import { beatOf } from './routing/beat-notice.ts';
import type { RoutingParts } from './routing/people.ts';
import { silenceNotice } from './routing/silence-notice.ts';
import type { Commits } from './store/commits.ts';
import type { RulesTables } from './store/migrations.ts';
import { writeNotices } from './store/notice-store.ts';

/** How people are reached; whoever starts rules picks the technologies. */
export interface TellingParts {
  /** Opens the channels, given the way to open pages. */
  readonly channels: (tellPages: TellPages) => Promise<ReadonlyMap<ChannelKind, Channel>>;
  /** The platform's own address, for links in messages; empty where it is not known. */
  readonly origin: string;
  /** The world's clock, where the platform's may run faster: people do not. */
  readonly world: Clock;
  /** By what browsers and gateways are known that speak back; nobody does where it is left out. */
  readonly farSides?: FarSides | undefined;
  /** The way in for the heartbeat of the alarm path; without one there is none. */
  readonly heartbeatDoor?: HeartbeatDoor | undefined;
}

/** Open pages and nothing else. */
export const pagesOnly = async (tell: TellPages): Promise<ReadonlyMap<ChannelKind, Channel>> =>
  new Map([['page', pageChannel(tell)]]);

interface Needs extends TellingParts {
  readonly db: Kysely<RulesTables>;
  readonly writing: Pick<Commits, 'transaction'>;
  readonly city: City;
  readonly routing: RoutingParts;
  readonly ingest: Pick<IngestPort, 'append'>;
  /** The open alarms at the start. */
  readonly open: readonly Alarm[];
  readonly watched: SeatsWatched;
  readonly clock: Clock;
  readonly log: Log;
  readonly stopped: AbortSignal;
}

/** Notices on their way to people, the pages that are open, and the seats that must not be empty. */
export interface Telling extends Running {
  readonly notifier: Notifier;
  readonly pages: PagesPort;
  /** What browsers and gateways tell of messages. */
  readonly notify: NotifyPort;
  readonly heartbeat: Heartbeat | null;
}

/** Starts telling people. What cannot be told is itself an alarm, by way of the journal like everything that is judged. */
export async function startTelling(needs: Needs): Promise<Telling> {
  const { db, writing, city, clock, world, log, stopped } = needs;
  const stopping = cleanups(log);
  try {
    const desk = pagesDesk(world);
    stopping.defer('open pages', desk.stop);
    const conditions = conditionReporter({ ...needs, log: log.child({ component: 'conditions' }) });
    // Lines are tried anew after a start: one that still fails is found again.
    for (const kind of ['channel-stuck', 'nobody-reachable'] as const)
      for (const subject of conditions.subjects(kind)) conditions.say(kind, subject, false);
    let heartbeat: Heartbeat | null = null;
    const tell: TellPages = async (address, told) => {
      const pages = await desk.tell(address, told);
      const beat = pages > 0 ? beatOf(told.key) : null;
      if (beat !== null) heartbeat?.passed(beat, 'page');
      return pages;
    };
    const notifier = await startNotifier({
      db,
      transaction: writing.transaction,
      channels: await needs.channels(tell),
      rules: { policy: city.notify ?? notifyPolicySchema.parse({}), offset: zoneOffset(city.timeZone) },
      origin: needs.origin,
      clock,
      log: log.child({ component: 'notifier' }),
      onCondition: (condition) => sayOf(conditions, condition),
    });
    stopping.add('notifier', notifier);
    stopping.add('seats', startSeatWatch({ city, pages: desk, conditions, watched: needs.watched, world }));
    if (needs.heartbeatDoor)
      heartbeat = startHeartbeat({
        door: needs.heartbeatDoor,
        conditions,
        async tellDirectly(facts) {
          await writing.transaction((trx) => writeNotices(trx, [silenceNotice(needs.routing, clock.now(), facts)]));
          void notifier.look();
        },
        clock,
        world,
        log: log.child({ component: 'heartbeat' }),
      });
    if (heartbeat) stopping.add('heartbeat', heartbeat);
    return {
      notifier,
      heartbeat,
      notify: farReceipts({
        ...(needs.farSides ?? noFarSides),
        ...{ notifier, transaction: writing.transaction, now: clock.now },
      }),
      pages: {
        exchange: async (said) => (stopped.aborted ? { notices: [] } : desk.exchange(said)),
        async receipt({ delivery, what, at, by }) {
          const known = await notifier.receipt({ delivery }, what, at, { by });
          const beat = known ? beatOf(delivery) : null;
          if (beat !== null) heartbeat?.passed(beat, 'receipt');
          return known;
        },
      },
      stop: stopping.run,
    };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

/** A stuck line is an alarm of its own; that nobody can be reached is the platform's. */
function sayOf(conditions: ConditionReporter, { kind, of, active, facts }: NotifyCondition): void {
  conditions.say(kind, kind === 'channel-stuck' ? `channel:${of}` : 'platform', active, facts);
}
