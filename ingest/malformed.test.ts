import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../devices/contract/entry.ts';
import { memoryJournal } from '../kit/journal/memory/memory-journal.ts';
import { silentLog } from '../kit/log.ts';
import { openSql } from '../kit/sql/open-sql.ts';
import type { Sql } from '../kit/sql/sql.ts';
import { admissionBench, TEN, testDevice } from './admission/admission-bench.ts';
import { type Intake, intake } from './intake.ts';
import { ledger } from './ledger.ts';
import { openQuarantine } from './quarantine/quarantine.ts';
import { type IngestTables, ingestMigrations } from './tables.ts';

/** How many malformed payloads; each is followed by a good one. */
const MALFORMED = 10_000;

const names = fc.constantFrom(
  'alarm.ch4',
  'alarm.valve',
  'alarm.fan',
  'ts',
  'values',
  'seq',
  'quality',
  'historical',
  '__proto__',
  'constructor',
  'toString',
  '',
);
const odd = fc.oneof(
  fc.double(),
  fc.bigInt().map(Number),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(null, true, -0, 1e308, '1e999', '\u0000', '\u202e', { ts: 1 }),
);
const tree = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, odd, fc.array(tie('value'), { maxLength: 5 }), tie('object')),
  object: fc.dictionary(fc.oneof(names, fc.string({ unit: 'binary' })), tie('value'), {
    maxKeys: 6,
    noNullPrototype: false,
  }),
})).object;
const element = fc.record(
  {
    ts: fc.oneof(fc.integer(), fc.double(), odd),
    values: fc.oneof(fc.dictionary(names, odd, { maxKeys: 5 }), odd),
    seq: odd,
    quality: fc.oneof(fc.dictionary(names, odd), odd),
    historical: odd,
  },
  { requiredKeys: [] },
);
const json = fc.oneof(
  tree,
  element,
  fc.array(element, { maxLength: 5 }),
  fc.dictionary(fc.oneof(fc.constantFrom('d-1', 'd-2', 'nobody'), names), fc.oneof(fc.array(element), odd)),
);
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  json.map((body) => Buffer.from(JSON.stringify(body) ?? 'undefined')),
  // Cut somewhere, or with a byte turned round: what a bad line makes of a good message.
  fc.tuple(json, fc.nat()).map(([body, at]) => {
    const text = Buffer.from(JSON.stringify(body) ?? '');
    return text.subarray(0, text.length === 0 ? 0 : at % text.length);
  }),
  fc.tuple(json, fc.nat(), fc.integer({ min: 1, max: 255 })).map(([body, at, by]) => {
    const text = Buffer.from(JSON.stringify(body) ?? ' ');
    text[at % text.length]! ^= by;
    return text;
  }),
  fc.integer({ min: 1, max: 5000 }).map((depth) => Buffer.from('['.repeat(depth))),
);
const topic = fc.constantFrom(
  'v1/devices/me/telemetry',
  'v1/devices/me/attributes',
  'v1/gateway/telemetry',
  'v1/gateway/attributes',
  'v1/gateway/connect',
  'v1/gateway/disconnect',
  'no/such/topic',
);

let sql: Sql<IngestTables>;
let gate: Intake;
afterEach(async () => {
  await gate.stop();
  await sql.close();
});

describe('ten thousand malformed messages among good ones', () => {
  it('each have an ending, and no good reading is lost, doubled or changed', async () => {
    const { judge } = admissionBench([testDevice('d-1'), testDevice('d-2', { gateway: 'gw-1' })]);
    const journal = memoryJournal<JournalEntry>({ capBytes: 512e6, safetyBytes: 64e6 });
    await journal.register('test');
    sql = await openSql<IngestTables>({ url: ':memory:', migrations: ingestMigrations });
    const quarantine = await openQuarantine(sql, { rows: 5000, bytes: 64e6 });
    gate = intake({ admission: judge, journal, quarantine, ledger: ledger(0), log: silentLog });
    const take = (message: { topic: string; client: string; payload: Buffer }): Promise<number> =>
      new Promise((resolve, reject) =>
        gate.take({ ...message, received: TEN }, (err, { entries, refusals }) =>
          err ? reject(err) : resolve(entries.length + refusals.length),
        ),
      );

    const seed = Number(process.env.YANSHAO_FUZZ_SEED ?? 20261122);
    const bad = fc.sample(fc.record({ topic, payload, client: fc.constantFrom('d-1', 'gw-1') }), {
      numRuns: MALFORMED,
      seed,
    });
    const endings: Promise<number>[] = [];
    for (const [n, message] of bad.entries()) {
      endings.push(take(message));
      // A measurement that none of the malformed ones carries, at a time that none of them can have.
      const good = Buffer.from(JSON.stringify({ ts: TEN - 50_000 + n, values: { 'alarm.pressure': n % 400 }, seq: n }));
      endings.push(take({ topic: 'v1/devices/me/telemetry', client: 'd-1', payload: good }));
      if (n % 500 === 499) await Promise.all(endings);
    }
    await Promise.all(endings);

    const kept = (await journal.read(0, 1e7)).flatMap(({ entries }) => entries);
    const good = kept.flatMap((entry) =>
      entry.kind === 'telemetry' && Object.hasOwn(entry.values, 'alarm.pressure')
        ? [[entry.at - TEN + 50_000, entry.values['alarm.pressure']]]
        : [],
    );
    expect(good).toEqual(Array.from({ length: MALFORMED }, (_, n) => [n, n % 400]));
    // What was kept can be written and read again, and nothing but what the types allow is in it.
    for (const entry of kept) {
      if (entry.kind !== 'telemetry') continue;
      for (const value of Object.values(entry.values)) {
        expect(['number', 'boolean', 'string']).toContain(typeof value);
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      }
      expect(Number.isSafeInteger(entry.at)).toBe(true);
    }
    expect(quarantine.refused).toBeGreaterThan(MALFORMED / 2);
    expect(quarantine.rows).toBeLessThanOrEqual(5000);
    expect(({} as Record<string, unknown>).ts).toBeUndefined();
  }, 120_000);
});
