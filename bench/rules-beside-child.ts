import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadCity } from '../devices/city/load-city.ts';
import { entryCodec, type JournalEntry } from '../devices/contract/entry.ts';
import { ingestClient } from '../devices/contract/ingest-client.ts';
import { deviceTypes } from '../devices/types/registry.ts';
import { cleanups } from '../kit/cleanups.ts';
import { systemClock } from '../kit/clock.ts';
import { openSqliteJournalReader } from '../kit/journal/sqlite/sqlite-journal.ts';
import { jsonLog } from '../kit/log.ts';
import { rpcClient } from '../kit/rpc/rpc.ts';
import { openSql } from '../kit/sql/open-sql.ts';
import { type Rules, type RulesTables, rulesMigrations, startRules } from '../rules/app.ts';
import type { IngestPlace } from './ingest-child.ts';
import { answering, given, isQuiet, LOOKS } from './measured.ts';

/** Rules in a process of its own, beside ingest: it reads the journal's file, as `yanshao rules` does. */
export interface RulesBesideStart extends IngestPlace {
  readonly citiesDir: string;
  readonly city: string;
}

const start = given<RulesBesideStart>();
const log = jsonLog({ process: 'bench rules' }, 'warn', 2);
const stopping = cleanups(log);
const rpc = rpcClient({ url: start.rpc, secret: start.secret });
stopping.defer('rpc', () => rpc.close());
const ingest = ingestClient(rpc);
let rules: Rules;

async function open(): Promise<void> {
  const state = await openSql<RulesTables>({ url: join(start.dir, 'state.db'), migrations: rulesMigrations });
  stopping.defer('state', () => state.close());
  const reader = await openSqliteJournalReader<JournalEntry>(join(start.dir, 'journal.db'), entryCodec);
  stopping.defer('reader', () => reader.close());
  const city = await loadCity(start.citiesDir, start.city);
  const parts = { state, reader, ingest, city, types: deviceTypes, clock: systemClock, log };
  rules = stopping.add('rules', await startRules(parts));
}

/** Waits until everything that is in the journal is judged, and nothing works on it any more. */
async function settle(): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const { head } = (await ingest.stats()).journal;
    while (rules.stats().position < head) await pause(50);
    if (await isQuiet()) return;
  }
}

answering(
  open().catch(async (err) => {
    await stopping.run();
    throw err;
  }),
  { settle, judged: async () => rules.stats().readings, stop: () => stopping.run() },
);
