import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { until } from '../../test/support/until.ts';
import { type Fault, inFlight, type Scene } from './fault.ts';
import type { ProcessName } from './town.ts';

/** `kill -9` of one process at a random moment, with publishes on their way; what rings meanwhile must ring afterwards, once. */
export const killOf = (name: ProcessName, times: Fault['times']): Fault => ({
  zh: `kill -9 ${name}`,
  en: `kill -9 of ${name}`,
  times,
  async act(scene) {
    const { town, random, spike, rings } = scene;
    await pause(random.between(50, 700));
    const before = random.between(0, 1) < 0.5 ? spike() : null;
    await inFlight(scene);
    await town.kill(name);
    const during = name === 'ingest' ? null : spike();
    await pause(random.between(0, 500));
    await town.start(name);
    for (const alarm of [before, during]) if (alarm) await rings(alarm, 60_000);
  },
});

/**
 * The moment between two commits: what the journal has durably, its consumer is kept from noting. Another program holds the
 * consumer's database, so it stands at its commit; then it is killed there.
 */
const heldAtCommit = (
  name: 'ingest' | 'rules',
  file: string,
  cursor: string,
  words: Pick<Fault, 'zh' | 'en'>,
): Fault => ({
  ...words,
  times: [5, 2],
  async act(scene) {
    const { town, spike, rings } = scene;
    const db = new Database(join(town.liveDir, file));
    const journal = new Database(join(town.liveDir, 'journal.db'), { readonly: true });
    const position = () => Number(db.prepare(cursor).pluck().get());
    const head = () => Number(journal.prepare('SELECT max(position) FROM blocks').pluck().get());
    try {
      db.pragma('busy_timeout = 20000');
      db.exec('BEGIN IMMEDIATE');
      const held = position();
      const from = head();
      const alarm = spike();
      // What came is durable and acknowledged; its consumer cannot have noted it.
      await until('the journal has gone on', () => head() > from + 10);
      await scene.senders.heard(alarm.device, alarm.ts);
      await pause(300);
      if (position() !== held) throw new Error(`${name} moved its cursor while its database was held`);
      await town.kill(name);
      db.exec('ROLLBACK');
      await town.start(name);
      await rings(alarm, 60_000);
    } finally {
      db.close();
      journal.close();
    }
  },
});

export const heldAtStoreCursor = heldAtCommit(
  'ingest',
  'ingest.db',
  "SELECT coalesce(max(position), 0) FROM cursors WHERE name = 'store'",
  { zh: 'kill -9 ingest，停在日志与时序库游标之间', en: 'kill -9 of ingest, held between journal and store cursor' },
);

export const heldAtRulesCursor = heldAtCommit(
  'rules',
  'state.db',
  'SELECT coalesce(max(position), 0) FROM judge_cursor',
  { zh: 'kill -9 rules，停在日志与规则游标之间', en: 'kill -9 of rules, held between journal and rules cursor' },
);

/** Processes stopped (SIGSTOP) rather than ended: they hold their sockets and say nothing. */
export const frozen = (name: ProcessName): Fault => ({
  zh: `${name} 停住 2 秒`,
  en: `${name} stands still for 2 s`,
  times: [3, 1],
  async act(scene: Scene) {
    const { town, spike, rings } = scene;
    const { pid } = town.program(name);
    await inFlight(scene);
    process.kill(-pid, 'SIGSTOP');
    const alarm = spike();
    await pause(2000);
    process.kill(-pid, 'SIGCONT');
    await rings(alarm, 60_000);
  },
});
