import { afterFailure, type Breaker, isStuck, rests, whole } from './breaker.ts';
import type { SendResult } from './channel.ts';
import type { Batch } from './gather.ts';
import { freeAt, type SharedLimit } from './rate-window.ts';

/** Something that the platform must raise about its own voice, told once when it begins and once when it ends. */
export interface NotifyCondition {
  /**
   * `channel-stuck`: a line (`wecom:gas-group`, `sms`, …) fails again and again, or messages wait long for it.
   * `nobody-reachable`: people are to be told and none of them has an address that this platform can use.
   */
  readonly kind: 'channel-stuck' | 'nobody-reachable';
  /** The line; `*` for {@link kind} `nobody-reachable`. */
  readonly of: string;
  readonly active: boolean;
  /** The figures that explain it, in the order they are shown. */
  readonly facts: Readonly<Record<string, number | string>>;
}

/** A condition that holds now. */
export type HoldingCondition = Omit<NotifyCondition, 'active'>;

/** How many messages of one channel are on their way at a time: the slow do not hold up the rest. */
const mostAtOnce = 8;
/** Times of messages are remembered so long: the longest limit there is. */
const rememberedMs = 3_600_000;
const minuteMs = 60_000;
/** A message that waits so long for its turn, and an address that the far side shut out for longer, are an alarm. */
const lateMs = 120_000;

export interface LineRules {
  readonly perMinute: number;
  readonly keptForP1: number;
}

/**
 * What is known of the far sides, in memory: what is on its way, when messages went, who fails. After a start the times come from the
 * database ({@link Lines.went}); a line that failed before is simply tried again.
 */
export interface Lines {
  /** What leaves now, and counts as on its way; what waits for its turn; what need not wait, because its line or address rests. */
  sort(batches: readonly Batch[], now: number): Sorted;
  /** It is no longer on its way; without a result it never left. */
  ended(batch: Batch, result: SendResult | null, now: number): void;
  /** Remembers a message that went before this process began. */
  went(channel: string, address: string, at: number): void;
  /** Lines that do not work, or not fast enough for what waits. */
  stuck(wait: readonly Batch[], now: number): HoldingCondition[];
}

export interface Sorted {
  readonly leave: readonly Batch[];
  readonly wait: readonly Batch[];
  readonly down: readonly { readonly batch: Batch; readonly reason: string; readonly until: number }[];
}

export function lines({ perMinute, keptForP1 }: LineRules, random: () => number): Lines {
  const breakers = new Map<string, Breaker>();
  const times = new Map<string, number[]>();
  const onTheWay = new Map<string, number>();
  const paused = new Map<string, { readonly line: string; readonly until: number; readonly reason: string }>();
  const laneOf = (batch: Batch) => `${batch.channel.kind} ${batch.address}`;
  const count = (name: string, by: number) => onTheWay.set(name, (onTheWay.get(name) ?? 0) + by);
  const busy = (name: string) => onTheWay.get(name) ?? 0;

  /** A robot keeps to its own limits; any other address to what one person can take. */
  const limitsOf = ({ channel, address }: Batch): SharedLimit[] => {
    if (!channel.gathers) return [];
    const own = channel.limits(address);
    const limits = own.length > 0 ? own : [{ count: perMinute, perMs: minuteMs }];
    return limits.map((limit) => ({ ...limit, keptForP1: Math.min(keptForP1, limit.count - 1) }));
  };
  const mayLeave = (batch: Batch, now: number): boolean => {
    if (batch.channel.gathers && busy(laneOf(batch)) > 0) return false;
    if (busy(batch.channel.kind) >= mostAtOnce && batch.channel.gathers) return false;
    // A line that rested is tried by one message first.
    if (isStuck(breakers.get(batch.line) ?? whole) && busy(batch.line) > 0) return false;
    const urgent = batch.waiting.some(({ notice }) => notice.priority === 'P1');
    return freeAt(times.get(laneOf(batch)) ?? [], limitsOf(batch), urgent, now) <= now;
  };
  const track = (batch: Batch, by: number) => {
    for (const name of new Set([laneOf(batch), batch.channel.kind, batch.line])) count(name, by);
  };
  const remember = (lane: string, at: number) => {
    const kept = (times.get(lane) ?? []).filter((time) => time > at - rememberedMs);
    times.set(lane, [...kept, at]);
  };
  /** Why a batch need not wait, and until when its line or address rests. */
  const resting = (batch: Batch, now: number): { until: number; reason: string } | null => {
    const breaker = breakers.get(batch.line) ?? whole;
    if (rests(breaker, now)) return { until: breaker.restsUntil, reason: breaker.reason ?? '' };
    const pause = paused.get(laneOf(batch));
    return pause && now < pause.until && pause.until - now <= rememberedMs ? pause : null;
  };
  return {
    sort(batches, now) {
      const leave: Batch[] = [];
      const wait: Batch[] = [];
      const down: { batch: Batch; reason: string; until: number }[] = [];
      for (const batch of batches) {
        const rest = resting(batch, now);
        if (rest) down.push({ batch, ...rest });
        else if (mayLeave(batch, now)) {
          leave.push(batch);
          track(batch, 1);
          if (batch.channel.gathers) remember(laneOf(batch), now);
        } else wait.push(batch);
      }
      return { leave, wait, down };
    },
    ended(batch, result, now) {
      track(batch, -1);
      if (!result) return;
      const failed = result.kind === 'trouble' || (result.kind === 'refused' && result.whose === 'channel');
      if (failed) {
        const breaker = breakers.get(batch.line) ?? whole;
        breakers.set(batch.line, afterFailure(breaker, result.reason, now, random()));
      }
      // A limit says that the line works; it only asks for patience.
      else breakers.delete(batch.line);
      if (result.kind !== 'limited' && result.kind !== 'trouble') return;
      const { afterMs = 0, reason } = result;
      if (afterMs > 0) paused.set(laneOf(batch), { line: batch.line, until: now + afterMs, reason });
    },
    went: (channel, address, at) => remember(`${channel} ${address}`, at),
    stuck(wait, now) {
      const late = wait
        .map(({ line, waiting }) => ({ line, count: waiting.length, since: Math.min(...waiting.map(dueOf)) }))
        .filter(({ since }) => now - since >= lateMs)
        .map(({ line, count, since }) => stuckLine(line, { waiting: count, oldestS: secondsSince(since, now) }));
      const shut = [...paused.values()]
        .filter(({ until }) => until - now >= lateMs)
        .map(({ line, until, reason }) => stuckLine(line, { reason, shutS: secondsSince(now, until) }));
      const failing = [...breakers]
        .filter(([, breaker]) => isStuck(breaker))
        .map(([line, { failures, reason, since }]) =>
          stuckLine(line, { failures, reason: reason ?? '', sinceS: secondsSince(since ?? now, now) }),
        );
      return [...late, ...shut, ...failing];
    },
  };
}

const dueOf = ({ delivery }: Batch['waiting'][number]): number => delivery.due;
const secondsSince = (since: number, now: number): number => Math.round((now - since) / 1000);
const stuckLine = (of: string, facts: HoldingCondition['facts']): HoldingCondition => ({
  kind: 'channel-stuck',
  of,
  facts,
});
