import type { JournalEntry } from '../devices/contract/entry.ts';
import type { Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import type { Intake } from './intake.ts';

/**
 * Writes the time into the journal once a second, so that rules advance their timers by what ingest saw and not by a
 * clock of their own. While one tick waits to become durable no other is written: when ingest is blind, no time passes
 * for the rules, and no device is called silent for it.
 */
export function startTicks({ intake, clock }: { intake: Pick<Intake, 'append'>; clock: Clock }): Running {
  let waiting = false;
  const tick = (): void => {
    if (waiting) return;
    waiting = true;
    const entry: JournalEntry = { kind: 'tick', at: clock.now() };
    // A failed one is reported where it failed; the next second tells the time anyway.
    const done = () => {
      waiting = false;
    };
    intake.append([entry], 'safety').then(done, done);
  };
  tick();
  return { stop: clock.every(1000, tick) };
}
