import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Condition, ConditionEntry } from '../../devices/contract/entry.ts';
import type { IngestPort } from '../../devices/contract/ports.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';

/** Conditions of the way to people, which rules sees by itself: told to the journal as they begin and end. */
export interface ConditionReporter {
  /** What holds now of a subject. Saying the same again is nothing. */
  say(condition: Condition, subject: string, active: boolean, facts?: ConditionEntry['facts']): void;
  holds(condition: Condition, subject: string): boolean;
  /** Subjects for which a condition holds. */
  subjects(condition: Condition): readonly string[];
  /** True while something said is not in the journal yet. */
  readonly waiting: boolean;
}

export interface ReporterParts {
  readonly ingest: Pick<IngestPort, 'append'>;
  /** The open alarms at the start: what held when the process ended is found in them. */
  readonly open: Iterable<Pick<Alarm, 'rule' | 'device' | 'active'>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly stopped: AbortSignal;
}

/** Those that rules reports; all others are ingest's or a gateway's. */
const ours: readonly Condition[] = ['seat-unstaffed', 'alarm-path-silent', 'channel-stuck', 'nobody-reachable'];
const RETRY_MS = 1000;

/** What begins and ends while the journal takes nothing is told in its order once it does. */
export function conditionReporter({ ingest, open, clock, log, stopped }: ReporterParts): ConditionReporter {
  const held = new Set<string>();
  for (const { rule, device, active } of open) {
    const condition = ours.find((one) => rule === `platform.${one}`);
    if (active && condition) held.add(keyOf(condition, device));
  }
  const queue: ConditionEntry[] = [];
  let sending = false;

  const send = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    let told = false;
    while (queue.length > 0 && !stopped.aborted) {
      const batch = [...queue];
      try {
        await ingest.append(batch);
        queue.splice(0, batch.length);
      } catch (err) {
        if (!told) log.warn({ err }, 'a condition of the alarm path could not be journaled and is tried until it can');
        told = true;
        await new Promise<void>((resolve) => {
          clock.after(RETRY_MS, resolve);
          stopped.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    }
    sending = false;
  };

  return {
    say(condition, subject, active, facts = {}) {
      const key = keyOf(condition, subject);
      if (held.has(key) === active) return;
      if (active) held.add(key);
      else held.delete(key);
      queue.push({ kind: 'condition', subject, condition, active, at: clock.now(), facts });
      void send();
    },
    holds: (condition, subject) => held.has(keyOf(condition, subject)),
    subjects: (condition) =>
      [...held].flatMap((key) => (key.startsWith(`${condition} `) ? [key.slice(condition.length + 1)] : [])),
    get waiting() {
      return queue.length > 0;
    },
  };
}

const keyOf = (condition: Condition, subject: string): string => `${condition} ${subject}`;
