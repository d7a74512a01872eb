import type { Notice } from '../../devices/contract/notice.ts';
import type { ChannelKind } from '../../devices/contract/notify-policy.ts';
import { handClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import { commits as commitsOf } from '../store/commits.ts';
import { takeLease } from '../store/lease.ts';
import { type RulesTables, rulesMigrations } from '../store/migrations.ts';
import { type ActedOn, actOnNotices, deliveriesOf, writeNotices } from '../store/notice-store.ts';
import type { Channel, Message } from './channel.ts';
import type { NotifyCondition } from './lines.ts';
import { memoryChannel } from './memory/memory-channel.ts';
import { benchRules, clockOf, TEN } from './notice-bench.ts';
import { type Notifier, startNotifier } from './outbox.ts';

/**
 * The outbox over a database and a clock set by hand. `dies` ends the process as `kill -9` does: what it had not committed is never
 * written. `starts` begins a new one on the same database.
 */
export async function outboxBench(
  given: readonly Channel[] = [],
  database: { url: string; schema?: string } = { url: ':memory:' },
) {
  const clock = handClock(TEN);
  const state = await openSql<RulesTables>({ ...database, migrations: rulesMigrations });
  const log: string[] = [];
  const conditions: NotifyCondition[] = [];
  const memory = Object.fromEntries(
    (['page', 'web-push', 'wecom', 'sms', 'voice', 'mail'] as const).map((kind) => [kind, memoryChannel(kind)]),
  ) as Record<'page' | 'web-push' | 'wecom' | 'sms' | 'voice' | 'mail', ReturnType<typeof memoryChannel>>;
  const channels = new Map<ChannelKind, Channel>(Object.values(memory).map((channel) => [channel.kind, channel]));
  for (const channel of given) channels.set(channel.kind, channel);
  const noted: Channel[] = [...channels.values()].map((channel) => ({
    ...channel,
    send(message: Message, signal: AbortSignal) {
      log.push(`${clockOf(clock.now() - TEN)} ${message.channel} ${message.title}`);
      return channel.send(message, signal);
    },
  }));
  let stopped = new AbortController();
  let notifier!: Notifier;
  let writing!: ReturnType<typeof commitsOf>;
  const starts = async () => {
    stopped = new AbortController();
    const lease = await takeLease(state.db, clock, silentLog, stopped.signal);
    writing = commitsOf({
      db: state.db,
      lease,
      clock,
      log: silentLog,
      stopped: stopped.signal,
      route: () => ({ notices: [], acted: [] }),
    });
    notifier = await startNotifier({
      db: state.db,
      transaction: writing.transaction,
      channels: new Map(noted.map((channel) => [channel.kind, channel])),
      rules: benchRules,
      origin: 'https://yanshao.example',
      clock,
      log: silentLog,
      onCondition: (condition) => conditions.push(condition),
      random: () => 0,
    });
  };
  const commits = (...notices: Notice[]) => writing.transaction((trx) => writeNotices(trx, notices));
  const settles = async () => {
    await notifier.look();
    await notifier.idle();
  };
  await starts();
  return {
    clock,
    state,
    /** What left, as `mm:ss channel title`. */
    log,
    conditions,
    memory,
    starts,
    settles,
    get notifier() {
      return notifier;
    },
    /** Something causes these notices; the process has not come to them yet. */
    commits,
    async write(...notices: Notice[]) {
      await commits(...notices);
      await settles();
    },
    async acts(which: ActedOn, by = 'mira') {
      await writing.transaction((trx) => actOnNotices(trx, which, clock.now(), by));
      await settles();
    },
    /** Lets time pass, a second at a time, as the outbox looks. */
    async passes(ms: number) {
      const until = clock.now() + ms;
      while (clock.now() < until) {
        clock.pass(Math.min(1000, until - clock.now()));
        await settles();
      }
    },
    /** The process is gone: its lease is taken away, so that the database refuses whatever it would still write. */
    async dies() {
      await state.db
        .updateTable('lease')
        .set(({ eb }) => ({ until: 0, fence: eb('fence', '+', 1) }))
        .execute();
      stopped.abort(new Error('killed'));
    },
    async deliveries(...notices: string[]) {
      const rows = await deliveriesOf(state.db, notices);
      return rows.sort((a, b) => a.due - b.due || a.step - b.step);
    },
    async stop() {
      await notifier.stop();
      stopped.abort(new Error('stopped'));
      await state.close();
    },
  };
}
