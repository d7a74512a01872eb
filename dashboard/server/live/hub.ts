import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import msgpack from 'socket.io-msgpack-parser';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import { isOpen } from '../../../devices/contract/alarm.ts';
import type {
  ClientToServer,
  LiveChanges,
  LiveSnapshot,
  ServerToClient,
  Strip,
} from '../../../devices/contract/live.ts';
import type { EntryReader } from '../../../devices/contract/ports.ts';
import type { RegistryChange } from '../../../devices/contract/registry.ts';
import { cleanups, type Running } from '../../../kit/cleanups.ts';
import type { Clock } from '../../../kit/clock.ts';
import { JournalGap } from '../../../kit/journal/journal.ts';
import type { Log } from '../../../kit/log.ts';
import type { Principal } from '../accounts/accounts.ts';
import type { AlarmFeed } from './alarm-feed.ts';
import type { LiveMemory } from './live-memory.ts';
import type { Picture } from './picture.ts';

/** Values travel at most this often; alarms never wait for it. */
const valuesEveryMs = 250;
/** Between looks at the alarms when rules runs in another process and cannot call. */
const pollAlarmsMs = 150;

export interface HubParts {
  readonly server: HttpServer;
  readonly reader: EntryReader;
  readonly picture: Picture;
  readonly memory: LiveMemory;
  readonly alarms: AlarmFeed;
  /** Called by rules after each commit, where it runs in this process. */
  readonly onAlarms?: (notify: () => void) => () => void;
  readonly onRegistry: (change: RegistryChange) => void;
  readonly strip: () => Strip;
  readonly authenticate: (
    headers: Record<string, string | string[] | undefined>,
    token?: string,
  ) => Promise<Principal | null>;
  readonly allowedOrigin: (origin: string | undefined, host: string | undefined) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Hub extends Running {
  /** Open alarms as the pages see them now. */
  openAlarms(): readonly Alarm[];
}

/**
 * The live stream: a snapshot for each page, then numbered changes with no gap between the two; a page that misses a number
 * asks for a new snapshot. Alarms go out the moment they are committed, values every quarter of a second.
 */
export async function startHub(parts: HubParts): Promise<Hub> {
  const { server, picture, memory, alarms, clock, log } = parts;
  const stopping = cleanups(log);
  const io = new Server<ClientToServer, ServerToClient>(server, {
    parser: msgpack,
    transports: ['websocket'],
    serveClient: false,
    allowRequest: (req, done) => done(null, parts.allowedOrigin(req.headers.origin, req.headers.host)),
  });
  stopping.defer('sockets', async () => {
    await io.close();
  });
  const live = io.of('/live');
  live.use((socket, next) => {
    const token = typeof socket.handshake.auth.token === 'string' ? socket.handshake.auth.token : undefined;
    parts.authenticate(socket.handshake.headers, token).then(
      (who) => next(who ? undefined : new Error('sign in first')),
      () => next(new Error('the server could not check who you are')),
    );
  });

  const open = new Map<string, Alarm>();
  let alarmSeq = 0;
  let seq = 0;
  const first = await alarms.open();
  for (const alarm of first.alarms) open.set(alarm.id, alarm);
  alarmSeq = first.seq;

  const snapshot = (): LiveSnapshot => ({
    seq,
    now: clock.now(),
    alarms: [...open.values()],
    devices: picture.all(),
    strip: parts.strip(),
  });
  const send = (changed: readonly Alarm[]) => {
    const devices = picture.changes();
    const message: LiveChanges = {
      from: seq,
      to: seq + 1,
      now: clock.now(),
      alarms: changed,
      devices,
      strip: parts.strip(),
    };
    seq += 1;
    live.emit('changes', message);
  };
  live.on('connection', (socket) => {
    // What changed but was not yet sent goes to the others first, so the snapshot and the number agree.
    send([]);
    socket.emit('snapshot', snapshot());
    socket.on('resync', () => socket.emit('snapshot', snapshot()));
  });

  let looking: Promise<void> | null = null;
  let lookAgain = false;
  const look = async (): Promise<void> => {
    const news = await alarms.since(alarmSeq);
    alarmSeq = news.seq;
    if (news.alarms.length === 0) return;
    for (const alarm of news.alarms) {
      if (isOpen(alarm) || alarm.needsVerdict) open.set(alarm.id, alarm);
      else open.delete(alarm.id);
    }
    send(news.alarms);
  };
  const lookForAlarms = () => {
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = look()
      .catch((err) => log.warn({ err }, 'alarms could not be read; trying again'))
      .finally(() => {
        looking = null;
        if (lookAgain) {
          lookAgain = false;
          lookForAlarms();
        }
      });
  };
  if (parts.onAlarms) stopping.defer('alarm notices', parts.onAlarms(lookForAlarms));
  const poll = setInterval(lookForAlarms, parts.onAlarms ? 2000 : pollAlarmsMs);
  stopping.defer('alarm poll', () => clearInterval(poll));

  const aborted = new AbortController();
  const following = follow(parts, aborted.signal);
  stopping.defer('journal', async () => {
    aborted.abort();
    await following;
    await memory.save(picture.dirty());
  });
  const beat = setInterval(() => send([]), valuesEveryMs);
  stopping.defer('values', () => clearInterval(beat));
  return { stop: stopping.run, openAlarms: () => [...open.values()] };
}

/** Folds the journal into the picture until aborted. */
async function follow(
  { reader, picture, memory, onRegistry, log, clock }: HubParts,
  signal: AbortSignal,
): Promise<void> {
  let position = await memory.load(reader.epoch, (device, body) => picture.restore(device, body));
  let savedAt = clock.now();
  while (!signal.aborted) {
    try {
      const blocks = await reader.read(position, 5000);
      if (blocks.length === 0) {
        await reader.changed(position, signal);
        continue;
      }
      for (const block of blocks) {
        for (const entry of block.entries) {
          if (entry.kind === 'registry') onRegistry(entry.change);
          picture.take(entry);
        }
        position = block.position;
      }
      memory.reached(position);
      if (clock.now() - savedAt > 10_000) {
        savedAt = clock.now();
        await memory.save(picture.dirty());
      }
    } catch (err) {
      if (signal.aborted) return;
      if (err instanceof JournalGap) {
        // The picture was down while the journal moved on: old values keep their age, new ones follow.
        position = err.oldest - 1;
        continue;
      }
      log.warn({ err }, 'the live view could not read the journal; trying again');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
