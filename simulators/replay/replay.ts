import { topics } from '../../devices/contract/topics.ts';
import { cleanups, type Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { Problem } from '../../kit/problem.ts';
import { type DeviceLink, deviceLink, type LinkCounters, linkCounters } from '../mqtt/device-link.ts';
import type { Frame, LoadedReplay } from './read-data.ts';
import { type DueFrame, scheduleOf } from './schedule.ts';

export interface ReplayParts {
  readonly replay: LoadedReplay;
  /** Access token by device id, for every device of the data. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly mqttUrl: string;
  /** Instead of the mapping's own. */
  readonly speed?: number;
  readonly loop?: boolean;
  /** How much of the data's past is sent before the live part, ms; a day by default. */
  readonly backfillMs?: number;
  readonly clock: Clock;
  /** The world's clock, for pauses while the line is down; `clock` by default. */
  readonly world?: Clock;
  readonly log: Log;
}

export interface ReplayProgress {
  readonly devices: number;
  readonly connected: number;
  /** Frames acknowledged by the platform, of these from the past. */
  readonly frames: number;
  readonly historical: number;
  /** Attempts that have to be made again: the line was down, or no acknowledgement came. */
  readonly repeated: number;
  /** Passes through the data that are complete for every device. */
  readonly passes: number;
  /** Time of the data that was sent last, on the platform's clock; null before the first. */
  readonly at: number | null;
}

export interface Replay extends Running {
  progress(): ReplayProgress;
  /** Resolves when the data is at its end (never, when it loops) or the replay was stopped. */
  readonly done: Promise<void>;
}

/** Old frames travel this many to a message. */
const BATCH = 100;
const RETRY_MS = 500;
/** Later than this after its time, a frame is old news (the machine slept). */
const LATE_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;

/**
 * Replays data through the platform's MQTT door: every device with its own token, QoS 1, in order; nothing is lost while
 * the door is shut, it waits. Throws a {@link Problem} when a token is missing.
 */
export function startReplay(parts: ReplayParts): Replay {
  const { mapping, data } = parts.replay;
  const without = data.devices.filter(({ id }) => !parts.tokens[id]);
  if (without.length > 0) {
    throw new Problem(
      `no token for ${without.map(({ id }) => id).join(', ')}: register the devices of the replay first`,
    );
  }
  const stopping = cleanups(parts.log);
  const counters = linkCounters();
  const play = player(parts, counters, (name, link) => stopping.add(name, link));
  parts.log.info(
    {
      file: mapping.file,
      devices: data.devices.length,
      rows: data.rows,
      missing: data.missing,
      unreadable: data.unreadable.count,
    },
    'a replay of measured data begins',
  );
  const done = Promise.all([...data.frames].map(([id, frames]) => play.device(id, frames))).then(() => undefined);
  return {
    done,
    progress: () => ({ devices: data.devices.length, connected: counters.up, ...play.counts(), passes: play.passes() }),
    async stop() {
      play.stop();
      await stopping.run();
      await done;
    },
  };
}

/** Plays devices one frame after the other until it is stopped. */
function player(parts: ReplayParts, counters: LinkCounters, opened: (id: string, link: DeviceLink) => void) {
  const { replay, tokens, clock, mqttUrl } = parts;
  const { mapping, data } = replay;
  const log = parts.log.child({ component: 'replay' });
  const pauses = breakablePauses();
  const counts = { frames: 0, historical: 0, repeated: 0, at: null as number | null };
  const passes = new Map<string, number>();
  const options = {
    from: data.from,
    to: data.to,
    stepMs: data.stepMs,
    startedAt: clock.now(),
    backfillMs: parts.backfillMs ?? DAY_MS,
    speed: parts.speed ?? mapping.speed,
    loop: parts.loop ?? mapping.loop,
  };

  async function deliver(link: DeviceLink, frames: readonly DueFrame[]): Promise<void> {
    const payload = JSON.stringify(frames.length === 1 ? message(frames[0]!) : frames.map(message));
    while (!(await link.deliver(topics.telemetry, payload))) {
      if (pauses.broken()) return;
      counts.repeated += 1;
      await pauses.wait(parts.world ?? clock, RETRY_MS);
    }
    counts.frames += frames.length;
    counts.historical += frames.filter(({ historical }) => historical).length;
    counts.at = Math.max(counts.at ?? 0, frames.at(-1)!.at);
  }

  async function device(id: string, frames: readonly Frame[]): Promise<void> {
    const link = deviceLink({
      url: mqttUrl,
      clientId: id,
      username: tokens[id]!,
      counters,
      onUp: () => undefined,
      log,
    });
    opened(id, link);
    let past: DueFrame[] = [];
    const settle = async () => {
      if (past.length > 0) await deliver(link, past);
      past = [];
    };
    for (const frame of scheduleOf(frames, options)) {
      if (pauses.broken()) return;
      if (frame.historical) {
        past.push(frame);
        if (past.length >= BATCH) await settle();
        continue;
      }
      await settle();
      passes.set(id, Math.max(0, frame.pass - 1));
      await pauses.wait(clock, frame.at - clock.now());
      if (pauses.broken()) return;
      const late = clock.now() - frame.at > LATE_MS;
      await deliver(link, [late ? { ...frame, historical: true } : frame]);
    }
    await settle();
    passes.set(id, (passes.get(id) ?? 0) + 1);
  }

  return {
    device,
    stop: pauses.end,
    counts: () => ({ ...counts }),
    passes: () => Math.min(...data.devices.map(({ id }) => passes.get(id) ?? 0)),
  };
}

/** Waits on a clock that all end when somebody asks for it. */
function breakablePauses() {
  const open = new Set<() => void>();
  let broken = false;
  return {
    broken: () => broken,
    wait: (clock: Clock, ms: number) =>
      new Promise<void>((resolve) => {
        if (broken || ms <= 0) {
          resolve();
          return;
        }
        const end = () => {
          open.delete(end);
          cancel();
          resolve();
        };
        const cancel = clock.after(ms, end);
        open.add(end);
      }),
    end() {
      broken = true;
      for (const end of [...open]) end();
    },
  };
}

const message = ({ at, values, historical }: DueFrame) => ({ ts: at, values, ...(historical && { historical: true }) });
