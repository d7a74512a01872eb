import type { Kysely, Transaction } from 'kysely';
import type { Notice, Receipt } from '../../devices/contract/notice.ts';
import type { ChannelKind } from '../../devices/contract/notify-policy.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { wait } from '../../kit/retry.ts';
import { deliveriesDue, recentMessages, releaseAttempts, startAttempt } from '../store/attempt-store.ts';
import { LeaseLost } from '../store/lease.ts';
import type { RulesTables } from '../store/migrations.ts';
import { noticeCounts, noticesToLookAt, untold, writeClimbed } from '../store/notice-store.ts';
import { type ReceiptMore, type ReceiptOf, writeReceipt } from '../store/receipt-store.ts';
import type { Channel, SendResult } from './channel.ts';
import { compose, type Waiting } from './compose.ts';
import { conditionTeller } from './conditions.ts';
import { type Batch, gather } from './gather.ts';
import { resultKeeper } from './keep-results.ts';
import { advance, type LadderRules } from './ladder.ts';
import { lines, type NotifyCondition } from './lines.ts';
import { settle, waitAfter } from './settle.ts';

export interface NotifierParts {
  readonly db: Kysely<RulesTables>;
  /** A fenced transaction (`store/commits.ts`): tried again until the database takes it; rejects when stopped or the lease is lost. */
  readonly transaction: <T>(fn: (trx: Transaction<RulesTables>) => Promise<T>) => Promise<T>;
  readonly channels: ReadonlyMap<ChannelKind, Channel>;
  readonly rules: Pick<LadderRules, 'policy' | 'offset'>;
  /** The platform's own address, for links in messages; empty where it is not known. */
  readonly origin: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onCondition: (condition: NotifyCondition) => void;
  readonly random?: () => number;
}

/** Carries notices to people until somebody acts. */
export interface Notifier {
  /**
   * Something was committed: looks at ladders and sends what is due. Resolves when everything due now has left or waits for its
   * turn, not when it has arrived.
   */
  look(): Promise<void>;
  /** Resolves when nothing is on its way and what became of it is kept. */
  idle(): Promise<void>;
  /** Keeps a receipt; true where it speaks of something known. `by` names who accepted, where that is known. */
  receipt(of: ReceiptOf, what: Receipt, at: number, more?: ReceiptMore): Promise<boolean>;
  stats(): Promise<NotifierStats>;
  /** Nothing more leaves. What is on its way has two seconds to arrive; what became of it is kept. */
  stop(): Promise<void>;
}

export type NotifierStats = Awaited<ReturnType<typeof noticeCounts>> & {
  /** Lines that do not work. */
  readonly stuck: readonly string[];
  /** Why nothing is carried any more; null while it is. */
  readonly problem: string | null;
};

const LOOK_MS = 1000;
/** Ladders that one transaction climbs: alarms wait for no more. */
const MOST_LADDERS = 500;
/** Deliveries of one channel that one look takes. */
const MOST = 2000;
const SEND_MS = 10_000;
const GRACE_MS = 2000;
const HOUR_MS = 3_600_000;

/**
 * Starts carrying notices; what an earlier process had on its way goes again, and says that it may be a repeat. A step is committed
 * before it is attempted, and its result before anything follows from it.
 */
export async function startNotifier(parts: NotifierParts): Promise<Notifier> {
  const { db, transaction, channels, clock, log } = parts;
  const random = parts.random ?? Math.random;
  const rules: LadderRules = { ...parts.rules, channels: new Set(channels.keys()) };
  const road = lines(rules.policy.gather, random);
  const keep = resultKeeper(transaction, clock.now);
  const tell = conditionTeller(parts.onCondition);
  const stopped = new AbortController();
  const cut = new AbortController();
  const onTheWay = new Set<Promise<void>>();
  let problem: string | null = null;
  let nobody = 0;

  const released = await transaction((trx) => releaseAttempts(trx, clock.now()));
  if (released > 0)
    log.warn({ deliveries: released }, 'messages were on their way when the process ended; they go again');
  for (const { channel, address, at } of await recentMessages(db, clock.now() - HOUR_MS))
    road.went(channel, address, at);

  /** Ladders that are to be looked at. True where more are. */
  const climb = async (): Promise<boolean> => {
    const now = clock.now();
    const steps = await transaction(async (trx) => {
      const open = await noticesToLookAt(trx, now, MOST_LADDERS);
      const climbed = open.map(({ notice, deliveries }) => {
        const { send, lookAt, held, unreachable } = advance(notice, deliveries, rules, now);
        return { notice, send, lookAt, held: held.length, unreachable: unreachable.length };
      });
      await writeClimbed(trx, climbed, now);
      return climbed;
    });
    if (steps.length > 0) nobody = await untold(db);
    return steps.length === MOST_LADDERS || steps.some(({ lookAt }) => lookAt !== null && lookAt <= now);
  };

  const carry = async (batch: Batch) => {
    const result = await attemptOnce(batch, parts.origin, cut.signal);
    const now = clock.now();
    road.ended(batch, result, now);
    if (result.kind !== 'sent')
      log.warn({ line: batch.line, deliveries: batch.waiting.length, ...result }, 'a message was not taken');
    await keep(settled(batch, result, now, rules, random));
    void look();
  };

  /** Sends what is due and may go. True where something was given up for now, so that ladders must be looked at again. */
  const send = async (): Promise<boolean> => {
    const now = clock.now();
    const due: Waiting[] = [];
    for (const channel of channels.keys())
      due.push(...(await deliveriesDue(db, channel, now, MOST)).flatMap(withRecipient));
    const batches = gather(due, ({ delivery }) => channels.get(delivery.channel)!);
    const { leave, wait: waiting, down } = road.sort(batches, now);
    for (const { batch, reason, until } of down)
      await keep(settled(batch, { kind: 'limited', reason, afterMs: until - now }, now, rules, random));
    for (const batch of await startAll(transaction, leave, now)) {
      if (batch.waiting.length === 0) {
        road.ended(batch, null, now);
        continue;
      }
      const carrying: Promise<void> = carry(batch)
        .catch(ended)
        .finally(() => onTheWay.delete(carrying));
      onTheWay.add(carrying);
    }
    const untoldNow = nobody > 0 ? [{ kind: 'nobody-reachable' as const, of: '*', facts: { notices: nobody } }] : [];
    tell([...road.stuck(waiting, now), ...untoldNow]);
    return down.length > 0;
  };

  const ended = (err: unknown) => {
    if (stopped.signal.aborted) return;
    stopped.abort(err);
    problem = err instanceof Error ? err.message : String(err);
    const why = err instanceof LeaseLost ? 'another worker has taken over' : 'something is wrong with it';
    log.error({ err, why }, 'notices are no longer carried');
  };
  let looking: Promise<void> | null = null;
  let again = false;
  const lookUntilDone = async () => {
    do {
      again = false;
      while (!stopped.signal.aborted && (await climb()));
      if (!stopped.signal.aborted && (await send())) again = true;
    } while (again && !stopped.signal.aborted);
  };
  const look = (): Promise<void> => {
    again = true;
    if (stopped.signal.aborted) return Promise.resolve();
    looking ??= lookUntilDone()
      .catch(ended)
      .finally(() => {
        looking = null;
        if (again) void look();
      });
    return looking;
  };
  const idle = async () => {
    while (looking || onTheWay.size > 0) await Promise.all([looking, ...onTheWay]);
  };

  const cancel = clock.every(LOOK_MS, () => void look());
  await look();
  return {
    look,
    idle,
    async receipt(of, what, at, more) {
      const known = await transaction((trx) => writeReceipt(trx, of, what, at, more));
      void look();
      return known;
    },
    async stats() {
      const stuck = road.stuck([], clock.now()).map(({ of }) => of);
      return { ...(await noticeCounts(db)), stuck: [...new Set(stuck)], problem };
    },
    async stop() {
      cancel();
      stopped.abort(new Error('the platform is stopping'));
      const done = new AbortController();
      void wait(GRACE_MS, done.signal).then(() => cut.abort(new Error('the platform is stopping')));
      await idle();
      done.abort();
    },
  };
}

/** Whom a delivery is for; none where the recipient is no longer named, which a notice never does. */
function withRecipient({ delivery, notice }: Pick<Waiting, 'delivery' | 'notice'>): Waiting[] {
  const to = notice.to.find(({ id }) => id === delivery.person);
  return to ? [{ delivery, notice, to }] : [];
}

/** Marks messages as on their way, in one transaction, and gives them with what was still waiting: nothing else may be sent. */
async function startAll(
  transaction: NotifierParts['transaction'],
  batches: readonly Batch[],
  now: number,
): Promise<Batch[]> {
  if (batches.length === 0) return [];
  return transaction(async (trx) => {
    const started: Batch[] = [];
    for (const batch of batches) {
      const keys = new Set(
        await startAttempt(
          trx,
          batch.waiting.map(({ delivery }) => delivery.key),
          batch.key,
          now,
        ),
      );
      const waiting = batch.waiting
        .filter(({ delivery }) => keys.has(delivery.key))
        .map((one) => ({
          ...one,
          delivery: { ...one.delivery, message: batch.key, attempts: one.delivery.attempts + 1 },
        }));
      started.push({ ...batch, waiting });
    }
    return started;
  });
}

/** One attempt. Whatever goes wrong with it is a result; what ignores its time is not waited for. */
async function attemptOnce(batch: Batch, origin: string, cut: AbortSignal): Promise<SendResult> {
  const signal = AbortSignal.any([cut, AbortSignal.timeout(SEND_MS)]);
  const late = new Promise<never>((_, reject) => {
    const end = () => reject(new Error('no answer in time'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([batch.channel.send(compose(batch.waiting, batch.key, origin), signal), late]);
  } catch (err) {
    return { kind: 'trouble', reason: err instanceof Error ? err.message : String(err), uncertain: true };
  }
}

function settled(batch: Batch, result: SendResult, now: number, rules: LadderRules, random: () => number) {
  return batch.waiting.map(({ delivery, notice }) =>
    settle(delivery, result, now, giveUpMs(rules, notice), waitAfter(delivery.attempts, random)),
  );
}

/** A step is tried until the ladder would be begun again: then the next step takes its place. */
const giveUpMs = ({ policy }: LadderRules, { priority }: Notice): number => policy[priority].againMin * 60_000;
