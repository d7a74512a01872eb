import type { HeartbeatStage, HeartbeatStats } from '../../devices/contract/heartbeat.ts';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { ConditionReporter } from '../presence/condition-reporter.ts';
import { beatFailed, beatPassed, beatSent, isSilent, noRounds, type Rounds, stageNow } from './rounds.ts';

/** The way in for the heartbeat: the door that devices use. */
export interface HeartbeatDoor {
  /** Sends a beat; resolves when the door has acknowledged it. Rejects with why not. */
  send(number: number): Promise<void>;
}

export interface HeartbeatParts {
  readonly door: HeartbeatDoor;
  readonly conditions: Pick<ConditionReporter, 'say' | 'waiting'>;
  /** Tells people without the journal, where that takes nothing; resolves when it is committed. */
  readonly tellDirectly: (facts: Readonly<Record<string, number | string>>) => Promise<void>;
  /** Platform time; beats are numbered by it. */
  readonly clock: Clock;
  /** The world's: a demonstration's may run too fast for a network. */
  readonly world: Clock;
  readonly log: Log;
}

/** The pulse of the alarm path, and what is heard of it on its way. */
export interface Heartbeat extends Running {
  /** A beat reached a stage. */
  passed(number: number, stage: HeartbeatStage): void;
  stats(): HeartbeatStats;
}

const EVERY_MS = 60_000;
const LOOK_MS = 1000;
/** The first beat waits for the doors of a platform that has just started. */
const FIRST_MS = 15_000;
/** So long the journal may take nothing before people are told without it, ms. */
const WITHOUT_JOURNAL_MS = 10_000;

/**
 * Sends a beat a minute by the door that devices use, hears of it at every stage, and says so when none comes round for three
 * minutes: by the journal as every alarm, and where that takes nothing as a notice of its own.
 */
export function startHeartbeat(parts: HeartbeatParts): Heartbeat {
  const { door, conditions, clock, world, log } = parts;
  let rounds: Rounds = noRounds(world.now());
  /** Platform time of the last whole round, ms. */
  let lastAt: number | null = null;
  let waitingSince: number | null = null;
  let told = false;
  let last = 0;

  const passed = (number: number, stage: HeartbeatStage): void => {
    const before = rounds.count;
    rounds = beatPassed(rounds, number, stage, world.now());
    if (rounds.count === before) return;
    lastAt = clock.now();
    conditions.say('alarm-path-silent', 'platform', false);
  };
  const send = (): void => {
    last = Math.max(last + 1, clock.now());
    const number = last;
    rounds = beatSent(rounds, number, world.now());
    door.send(number).then(
      () => passed(number, 'door'),
      (err: unknown) => {
        const why = err instanceof Error ? err.message : String(err);
        rounds = beatFailed(rounds, number, why);
        log.warn({ err }, 'the heartbeat of the alarm path was not taken at the door');
      },
    );
  };
  const look = (): void => {
    const now = world.now();
    if (!isSilent(rounds, now)) {
      told = false;
      return;
    }
    const { stage, why } = stageNow(rounds);
    const seconds = Math.round((now - rounds.since) / 60_000) * 60;
    const facts = { stage, seconds, ...(why !== null && { why: why.slice(0, 200) }) };
    conditions.say('alarm-path-silent', 'platform', true, facts);
    waitingSince = conditions.waiting ? (waitingSince ?? now) : null;
    if (told || waitingSince === null || now - waitingSince < WITHOUT_JOURNAL_MS) return;
    told = true;
    parts.tellDirectly(facts).catch((err: unknown) => {
      told = false;
      log.error({ err }, 'that the alarm path is silent could not be told');
    });
  };
  const stops = [world.every(EVERY_MS, send), world.every(LOOK_MS, look), world.after(FIRST_MS, send)];
  return {
    passed,
    stats: () => ({
      lastAt,
      roundMs: rounds.lastRoundMs,
      rounds: rounds.count,
      stoppedAt: rounds.stopped?.stage ?? null,
      silent: isSilent(rounds, world.now()),
    }),
    stop() {
      for (const stop of stops) stop();
    },
  };
}
