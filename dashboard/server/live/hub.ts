import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import msgpack from 'socket.io-msgpack-parser';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { Incident } from '../../../devices/contract/incident.ts';
import type { ClientToServer, ServerToClient, Strip } from '../../../devices/contract/live.ts';
import type { TicketLine } from '../../../devices/contract/ticket-line.ts';
import { ticketsByAlarm, type Unowned, unownedOf } from '../../../devices/tickets/unowned.ts';
import { cleanups, type Running } from '../../../kit/cleanups.ts';
import type { Clock } from '../../../kit/clock.ts';
import type { Log } from '../../../kit/log.ts';
import type { Principal } from '../accounts/accounts.ts';
import type { AlarmFeed } from './alarm-feed.ts';
import { startAlarmWatch } from './alarm-watch.ts';
import { audience } from './audience.ts';
import { devicesAtATime, type LiveNamespace, type LiveSocket } from './filling.ts';
import type { IncidentFeed } from './incident-feed.ts';
import { type FollowerParts, startFollower } from './journal-follower.ts';
import { isOwnOrigin } from './origin.ts';
import type { Picture } from './picture.ts';
import type { TicketFeed } from './ticket-feed.ts';

/** Values travel at most this often; alarms never wait for it. */
const valuesEveryMs = 250;
/** Pages that connect within this time share one snapshot. */
const gatherPagesMs = 20;
/** How soon a socket learns that its session has ended in another way than by its own sign-out. */
const checkSessionsMs = 30_000;
/** Without alarms for this long the stream falls silent, so that pages say "interrupted" rather than show a calm city. */
const blindAfterMs = 5000;

export interface HubParts extends Omit<FollowerParts, 'picture'> {
  readonly server: HttpServer;
  readonly picture: Picture;
  readonly alarms: AlarmFeed;
  readonly incidents: IncidentFeed;
  readonly tickets: TicketFeed;
  /** Called by rules after each commit, where it runs in this process. */
  readonly onAlarms?: ((notify: () => void) => () => void) | undefined;
  readonly strip: () => Omit<Strip, 'unowned'>;
  readonly authenticate: (
    headers: Record<string, string | string[] | undefined>,
    token?: string,
  ) => Promise<Principal | null>;
  /** A page connected. */
  readonly onPage?: (socket: LiveSocket, who: Principal) => void;
  /** The host that browsers see, of these headers. */
  readonly hostOf: (headers: Record<string, string | string[] | undefined>) => string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** How the stream stands, for `/readyz` and `/metrics`. */
export interface HubState {
  readonly caughtUp: boolean;
  readonly journalReadable: boolean;
  readonly alarmsReadable: boolean;
  readonly gaps: number;
  readonly pages: number;
  readonly slowPages: number;
}

export interface Hub extends Running {
  state(): HubState;
  /** Closes the sockets of sessions and tokens that have ended. */
  checkSessions(): Promise<void>;
  /** A device was removed: every page begins anew. */
  restart(): void;
}

/**
 * The live stream: a snapshot for each page, then numbered changes with no gap between the two; a page that misses a number
 * asks for a new snapshot. Alarms go out the moment they are committed, values every quarter of a second.
 */
export async function startHub(parts: HubParts): Promise<Hub> {
  const stopping = cleanups(parts.log);
  try {
    return await startParts(parts, stopping);
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

async function startParts(parts: HubParts, stopping: ReturnType<typeof cleanups>): Promise<Hub> {
  const { picture, clock, log } = parts;
  const io = ioServer(parts);
  stopping.defer('sockets', async () => {
    await io.close();
  });
  const live: LiveNamespace = io.of('/live');

  let seq = 0;
  let gathering: NodeJS.Timeout | null = null;
  let unowned: Unowned = { count: 0, worst: null };
  const strip = (): Strip => ({ ...parts.strip(), unowned });
  const pages = audience({
    live,
    soon: () => {
      gathering ??= setTimeout(() => {
        gathering = null;
        send([]);
      }, gatherPagesMs);
    },
    piece: (ids) => ({
      from: seq,
      to: seq,
      now: clock.now(),
      alarms: [],
      devices: picture.states(ids),
      strip: strip(),
    }),
  });
  stopping.defer('pages', () => {
    clearTimeout(gathering ?? undefined);
    pages.stop();
  });

  const watch = stopping.add('alarms', await startAlarmWatch({ ...parts, onChange }));
  countUnowned();
  const follower = stopping.add('journal', await startFollower(parts));

  function countUnowned(): void {
    unowned = unownedOf(watch.open.values(), ticketsByAlarm(watch.tickets.values()));
  }
  function onChange(alarms: readonly Alarm[], incidents: readonly Incident[], tickets: readonly TicketLine[]): void {
    countUnowned();
    send(alarms, incidents, tickets);
  }
  function send(
    alarms: readonly Alarm[],
    incidents: readonly Incident[] = [],
    tickets: readonly TicketLine[] = [],
  ): void {
    if (watch.blindMs() > blindAfterMs) return;
    const now = clock.now();
    if (!pages.anybodyFed) picture.dropChanges();
    const devices = picture.changes();
    const from = seq;
    seq += 1;
    pages.send({ from, to: seq, now, alarms, incidents, tickets, devices, strip: strip() }, () => {
      const ids = picture.ids();
      const first = picture.states(ids.slice(0, devicesAtATime));
      const snapshot = {
        ...{ seq, now, devices: first, strip: strip() },
        alarms: [...watch.open.values()],
        incidents: [...watch.incidents.values()],
        tickets: [...watch.tickets.values()],
      };
      return { snapshot, rest: ids.slice(devicesAtATime) };
    });
  }

  const checkSessions = async (): Promise<void> => {
    await Promise.all(
      [...live.sockets.values()].map(async (socket) => {
        const who = await parts.authenticate(socket.handshake.headers, tokenOf(socket.handshake.auth));
        if (!who) socket.disconnect(true);
      }),
    );
  };
  const checkQuietly = () =>
    checkSessions().catch((err) => log.warn({ err }, 'sessions of open pages could not be checked'));
  const checking = setInterval(checkQuietly, checkSessionsMs);
  stopping.defer('sessions', () => clearInterval(checking));

  const beat = setInterval(() => {
    pages.beat();
    send([]);
  }, valuesEveryMs);
  stopping.defer('values', () => clearInterval(beat));
  // Connections are taken only now: whoever connects gets a whole picture.
  live.on('connection', (socket) => {
    pages.add(socket);
    parts.onPage?.(socket, socket.data.who as Principal);
  });
  return {
    checkSessions: async () => void (await checkQuietly()),
    restart: pages.restart,
    state: () => ({
      caughtUp: follower.caughtUp,
      journalReadable: follower.reading,
      alarmsReadable: watch.blindMs() === 0,
      gaps: follower.gaps,
      pages: pages.pages,
      slowPages: pages.slowPages,
    }),
    stop: stopping.run,
  };
}

const tokenOf = (auth: Record<string, unknown>): string | undefined =>
  typeof auth.token === 'string' ? auth.token : undefined;

function ioServer({ server, authenticate, hostOf }: HubParts): Server<ClientToServer, ServerToClient> {
  const io = new Server<ClientToServer, ServerToClient>(server, {
    parser: msgpack,
    transports: ['websocket'],
    serveClient: false,
    // Pages send one word. Who says nothing within ten seconds is no page.
    maxHttpBufferSize: 16_384,
    connectTimeout: 10_000,
    allowRequest: ({ headers }, done) => done(null, isOwnOrigin(headers.origin, hostOf(headers))),
  });
  io.use((_socket, next) => next(new Error('the stream is in the namespace /live')));
  io.of('/live').use((socket, next) => {
    authenticate(socket.handshake.headers, tokenOf(socket.handshake.auth)).then(
      (who) => {
        socket.data.who = who;
        next(who ? undefined : new Error('sign in first'));
      },
      () => next(new Error('the server could not check who you are')),
    );
  });
  return io;
}
