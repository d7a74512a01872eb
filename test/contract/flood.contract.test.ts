import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kpis } from '../../dashboard/server/kpi/kpis.ts';
import { catalogueSchema } from '../../devices/contract/catalogue.ts';
import type { StateTables } from '../../devices/contract/state-tables.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import type { Sql } from '../../kit/sql/sql.ts';
import { triedRule } from '../../rules/backtest/report.ts';
import { stateTables } from '../support/state-tables.ts';

const from = Date.parse('2026-11-23T08:00:00Z');
const to = from + 4 * 3_600_000;
const both = (en: string) => ({ zh: en, en });
const catalogue = catalogueSchema.parse({ title: both('c'), version: '1', warning: both('d'), domains: [] });

interface Ring {
  readonly device: string;
  readonly at: number;
}
/** Rings in bursts and pauses, so that floods begin, go on and end. */
const rings = fc
  .array(
    fc.record({ gap: fc.constantFrom(0, 1000, 20_000, 45_000, 200_000, 700_000), device: fc.constantFrom('a', 'b') }),
    { maxLength: 120, size: 'max' },
  )
  .map((told) => {
    const stream: Ring[] = [];
    for (const { gap, device } of told) stream.push({ device, at: (stream.at(-1)?.at ?? from) + gap });
    return stream.filter(({ at }) => at < to);
  });

describe('one stream of alarms', () => {
  let sql: Sql<StateTables>;
  beforeAll(async () => {
    sql = await openSql<StateTables>({ url: ':memory:', migrations: stateTables });
  });
  beforeEach(async () => {
    await sql.db.deleteFrom('annunciations').execute();
  });
  afterAll(() => sql.close());

  /** As the figures of the seats show it. */
  async function asHeard(stream: readonly Ring[]) {
    await sql.db.deleteFrom('annunciations').execute();
    const rows = stream.map(({ device, at }, i) => ({
      ...{ seq: i + 1, at, alarm: `${device}/G05-14.l1/${i}`, device, rule: 'G05-14.l1', priority: 'P3' },
      ...{ categories: ',G05,', area: null, acked_at: null, returned_at: null },
    }));
    if (rows.length > 0) await sql.db.insertInto('annunciations').values(rows).execute();
    const found = (await kpis({ db: sql.db, city: {}, catalogue }, { seat: null, from, to, now: to }))!;
    return {
      alarms: found.total,
      perTenMinutes: found.rate.perTenMinutes,
      worst: found.rate.peakTenMinutes?.count ?? 0,
      floods: found.flood.count,
      inFlood: found.flood.share,
      chattering: found.chattering.items.map(({ device, count }) => ({ device, times: count })),
    };
  }

  /** As a back-test shows it. */
  function asTried(stream: readonly Ring[]) {
    const alarms = stream.map(({ device, at }) => ({
      ...{ device, since: at, raisedAt: at, returnedAt: null, value: 1, hidden: null },
    }));
    const found = triedRule(alarms, 0, { from, to }, { device: () => undefined, site: () => undefined });
    const { perTenMinutes, worst, floods, inFlood, chattering } = found;
    return { alarms: found.alarms, perTenMinutes, worst: worst?.alarms ?? 0, floods, inFlood, chattering };
  }

  it('is the same load, the same floods and the same chatter for the seats and in a back-test', async () => {
    let floods = 0;
    await fc.assert(
      fc.asyncProperty(rings, async (stream) => {
        const tried = asTried(stream);
        expect(tried).toEqual(await asHeard(stream));
        floods += tried.floods;
      }),
      { numRuns: 60 },
    );
    expect(floods).toBeGreaterThan(0);
  });
});
