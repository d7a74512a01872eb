import { setTimeout as pause } from 'node:timers/promises';
import type { Goal } from '../report.ts';
import type { Random } from './random.ts';
import type { Senders } from './senders.ts';
import type { Town } from './town.ts';

/** A detector over its limit for one reading. */
export interface Spike {
  readonly device: string;
  readonly ts: number;
  /** Id of the one alarm that follows. */
  readonly alarm: string;
}

/** What a fault is given. */
export interface Scene {
  readonly town: Town;
  readonly senders: Senders;
  readonly random: Random;
  /**
   * Lets a detector that has not alarmed yet report one value over its limit: exactly one alarm must follow from it, whatever
   * happens meanwhile.
   */
  spike(): Spike;
  /** How long until an alarm is in the API, ms. */
  rings(spike: Spike, withinMs?: number): Promise<number>;
  /** Adds a goal of the fault's own to the report. */
  goal(goal: Goal): void;
}

/** Something that goes wrong, on purpose. */
export interface Fault {
  readonly zh: string;
  readonly en: string;
  /** How often it happens in a full run, and in the short one of CI. */
  readonly times: readonly [full: number, short: number];
  /** Lets it happen once, and puts right what it broke. */
  act(scene: Scene, round: number): Promise<void>;
}

/** Sends until messages are on their way, so that what comes next finds some. */
export async function inFlight({ senders, town, random }: Scene): Promise<number> {
  for (;;) {
    for (const device of town.direct.keys()) for (let i = 0; i < 5; i++) senders.send(device, 2);
    await pause(random.between(0, 12));
    if (senders.inFlight > 0) return senders.inFlight;
  }
}
