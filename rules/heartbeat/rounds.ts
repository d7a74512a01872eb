import { type HeartbeatStage, heartbeatStages } from '../../devices/contract/heartbeat.ts';

const order = Object.keys(heartbeatStages) as HeartbeatStage[];

/** One beat on its way. */
export interface Beat {
  readonly number: number;
  /** World time, ms. */
  readonly sentAt: number;
  readonly passed: readonly HeartbeatStage[];
  /** What went wrong, in words, where something did. */
  readonly why: string | null;
}

/** How the rounds stand. */
export interface Rounds {
  /** World time since which no beat has come round, ms: the last whole round, or the start. */
  readonly since: number;
  readonly lastRoundMs: number | null;
  readonly count: number;
  readonly beat: Beat | null;
  /** Where the newest beat stopped that was given up; null where the newest that ended came round. */
  readonly stopped: { readonly stage: HeartbeatStage; readonly why: string | null } | null;
}

export const noRounds = (now: number): Rounds => ({
  since: now,
  lastRoundMs: null,
  count: 0,
  beat: null,
  stopped: null,
});

/** Without a whole round for so long the path is silent, ms. */
export const SILENT_MS = 180_000;

/** The first stage that a beat has not reached; null for one that came round. Whoever reached a stage was at those before it. */
export function stoppedAt({ passed }: Pick<Beat, 'passed'>): HeartbeatStage | null {
  const furthest = Math.max(-1, ...passed.map((stage) => order.indexOf(stage)));
  return order[furthest + 1] ?? null;
}

/** A new beat goes out; the one before is given up where it has not come round. */
export function beatSent(rounds: Rounds, number: number, now: number): Rounds {
  const { beat } = rounds;
  const stage = beat && stoppedAt(beat);
  const stopped = beat && stage ? { stage, why: beat.why } : rounds.stopped;
  return { ...rounds, stopped, beat: { number, sentAt: now, passed: [], why: null } };
}

/** A beat reached a stage. One that was given up counts no more. */
export function beatPassed(rounds: Rounds, number: number, stage: HeartbeatStage, now: number): Rounds {
  const { beat } = rounds;
  if (beat?.number !== number || beat.passed.includes(stage)) return rounds;
  // News of an earlier stage may come after the receipt.
  if (stoppedAt(beat) === null) return rounds;
  const passed = { ...beat, passed: [...beat.passed, stage] };
  if (stoppedAt(passed) !== null) return { ...rounds, beat: passed };
  return {
    since: now,
    lastRoundMs: now - beat.sentAt,
    count: rounds.count + 1,
    beat: passed,
    stopped: null,
  };
}

/** Something went wrong with a beat. */
export function beatFailed(rounds: Rounds, number: number, why: string): Rounds {
  const { beat } = rounds;
  return beat?.number === number ? { ...rounds, beat: { ...beat, why } } : rounds;
}

/** True once no beat came round for three minutes. */
export const isSilent = ({ since }: Rounds, now: number): boolean => now - since >= SILENT_MS;

/** Where the path stops now: where the last beat that was given up did, else where the one under way waits. */
export const stageNow = ({ beat, stopped }: Rounds): { stage: HeartbeatStage; why: string | null } =>
  stopped ?? { stage: (beat && stoppedAt(beat)) ?? 'door', why: beat?.why ?? null };
