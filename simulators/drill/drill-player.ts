import type { Drill, PlayedDrill } from '../../devices/contract/drill.ts';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { DrillDoor } from './drill-door.ts';

export interface DrillPlayerParts {
  /** The drills that run, and what the detector of each reads now. */
  readonly playing: () => Promise<readonly PlayedDrill[]>;
  readonly door: DrillDoor;
  /** Keeps when the first reading of a drill was published and when the door had it in the journal, ms. */
  readonly sent: (drill: Drill, publishedAt: number, journaledAt: number) => Promise<void>;
  /** Platform time: what readings are stamped with. */
  readonly clock: Clock;
  /** The world's, by which the detector reports. */
  readonly world: Clock;
  readonly log: Log;
}

/** World ms between looks at which drills run. */
const LOOK_MS = 1_000;
/** World ms until it is told that a detector cannot report: the door hears of a new one a little later. */
const PATIENCE_MS = 10_000;
/** World ms between two readings of a detector: well within what any silence is called by. */
const EVERY_MS = 5_000;

/**
 * Drives the detectors of the drills that run: each reports at once and then every five seconds, over its limit until somebody has
 * made it safe. It remembers nothing that is not kept: after a restart it finds the drills as they are and goes on.
 */
export function startDrillPlayer({ playing, door, sent, clock, world, log }: DrillPlayerParts): Running {
  const reportedAt = new Map<string, number>();
  /** World time since which it does not work; null while it does, infinite once that was told. */
  let troubled: number | null = null;
  let looking: Promise<void> | null = null;
  const report = async ({ drill, reads }: PlayedDrill): Promise<void> => {
    const publishedAt = clock.now();
    await door.send(drill.id, publishedAt, { [drill.play.measurement]: reads });
    reportedAt.set(drill.id, world.now());
    if (!drill.sent) await sent(drill, publishedAt, clock.now());
  };
  const look = async (): Promise<void> => {
    try {
      const drills = await playing();
      for (const id of [...reportedAt.keys()].filter((one) => drills.every(({ drill }) => drill.id !== one))) {
        reportedAt.delete(id);
        await door.leave(id);
      }
      const due = drills.filter(({ drill }) => world.now() - (reportedAt.get(drill.id) ?? -EVERY_MS) >= EVERY_MS);
      const outcomes = await Promise.allSettled(due.map(report));
      const failed = outcomes.find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
      troubled = null;
    } catch (err) {
      troubled ??= world.now();
      if (world.now() - troubled < PATIENCE_MS) return;
      log.warn({ err }, 'a drill’s detector cannot report; it keeps trying');
      troubled = Number.POSITIVE_INFINITY;
    }
  };
  const stop = world.every(LOOK_MS, () => {
    looking ??= look().finally(() => {
      looking = null;
    });
  });
  return {
    async stop() {
      stop();
      await looking;
      await door.stop();
    },
  };
}
