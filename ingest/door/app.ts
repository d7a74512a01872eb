import type { RegistryChange } from '../../devices/contract/registry.ts';
import type { DoorProcessStats } from '../../devices/contract/stats.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import { cleanups, type Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { Problem } from '../../kit/problem.ts';
import { wait } from '../../kit/retry.ts';
import { type AdmissionParts, admission } from '../admission/admission.ts';
import type { ClockLimits } from '../admission/clock-check.ts';
import { deviceApi } from '../api/device-api.ts';
import { type ExternalOptions, startExternalDoor } from '../external/external-door.ts';
import type { FollowedRegistry } from '../registry-feed.ts';
import type { JudgedMessage } from './judged-message.ts';
import { remoteIntake } from './remote-intake.ts';

/** What a door needs of the ingest that owns the journal. */
export interface JournalOwner {
  /** Resolves when all of them are durable; sending them twice is harmless. */
  settle(messages: readonly JudgedMessage[]): Promise<void>;
  /** Tells how this door does. */
  report(door: DoorProcessStats): Promise<void>;
}

export interface DoorParts {
  readonly owner: JournalOwner;
  readonly external: ExternalOptions;
  readonly registry: FollowedRegistry & AdmissionParts['registry'];
  /** Changes of the registry after a version, oldest first. */
  readonly changesAfter: (version: number) => Promise<readonly RegistryChange[]>;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly isSafety: AdmissionParts['isSafety'];
  readonly isJudged?: AdmissionParts['isJudged'];
  readonly clockLimits?: Partial<ClockLimits>;
  readonly maxPacketBytes: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often the registry is asked for changes, and a report goes out, ms. */
const followEveryMs = 250;
const reportEveryMs = 2000;

/**
 * A second kind of ingest process: takes its share of an external broker's messages, judges them, and has the one ingest
 * that owns the journal make them durable. Refuses to start where the broker refuses it: there is nothing else for it to do.
 */
export async function startDoor(
  parts: DoorParts,
): Promise<Running & { stats(): DoorProcessStats; safetyChanged(): void }> {
  const { owner, registry, clock, log } = parts;
  const stopping = cleanups(log);
  try {
    const judge = admission({
      registry,
      types: parts.types,
      isSafety: parts.isSafety,
      isJudged: parts.isJudged,
      limits: parts.clockLimits,
    });
    const follow = async () => {
      for (const change of await parts.changesAfter(registry.version)) {
        registry.apply(change);
        const id = 'put' in change ? change.record.id : change.id;
        if (('put' in change ? change.put : change.remove) === 'device') judge.deviceChanged(id);
      }
    };
    await follow();
    stopping.add('registry', every(followEveryMs, follow, log));
    const gate = stopping.add('intake', remoteIntake({ admission: judge, settle: owner.settle, log }));
    const api = deviceApi({
      intake: gate,
      admission: judge,
      registry,
      maxPacketBytes: parts.maxPacketBytes,
      now: clock.now,
    });
    const door = stopping.add(
      'external broker',
      startExternalDoor({ ...parts.external, api, maxPacketBytes: parts.maxPacketBytes, clock, log }),
    );
    const problem = await door.settled();
    if (problem) throw new Problem(`${problem.zh}\n${problem.en}`);
    const stats = (): DoorProcessStats => ({
      name: parts.external.name,
      at: clock.now(),
      pending: gate.pending,
      ignored: { ...api.ignored },
      external: door.stats(),
    });
    stopping.add(
      'reports',
      every(reportEveryMs, () => owner.report(stats()), log),
    );
    return { stats, safetyChanged: judge.safetyChanged, stop: stopping.run };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

/** Does something again and again, never twice at a time; a failure is told once and tried again. */
function every(ms: number, task: () => Promise<void>, log: Log): Running {
  const stopping = new AbortController();
  let failing = false;
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await task();
        failing = false;
      } catch (err) {
        if (!failing) log.warn({ err }, 'this door could not reach the rest of the platform; it tries again');
        failing = true;
      }
      await wait(ms, stopping.signal);
    }
  })();
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}
