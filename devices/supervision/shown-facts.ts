import type { Kysely } from 'kysely';
import type { Alarm } from '../contract/alarm.ts';
import type { Visit } from '../contract/campaign.ts';
import type { HazardEntry } from '../contract/hazard.ts';
import type { NumberBody, NumberFact, ScoreNumber, ShownFact } from '../contract/score.ts';
import type { ScoreTables } from '../contract/score-tables.ts';
import type { StateTables } from '../contract/state-tables.ts';
import type { Ticket } from '../contract/ticket.ts';
import type { Bilingual } from '../model/device-type.ts';
import { appealsOf, numberIn, runOf } from './read-scores.ts';
import { leftOutBy } from './run.ts';
import { keyOf } from './score.ts';

/** Facts that a page lists. */
const SHOWN = 1000;
const PORTION = 400;

type Names = ReadonlyMap<string, Named>;
type Db = Kysely<StateTables & ScoreTables>;

/** What a number is made of, as people find it again; undefined where the run has no such number. */
export async function shownFacts(
  db: Db,
  run: string,
  unit: string,
  indicator: string,
): Promise<NumberBody | undefined> {
  const number = await numberIn(db, run, unit, indicator);
  const found = await runOf(db, run);
  if (!number || !found) return undefined;
  const out = leftOutBy(await appealsOf(db, run)).get(keyOf(unit, indicator));
  const better = found.content.kind === 'score' ? moreIsBetter(found.content.basis.indicators, indicator) : true;
  const sorted = [...number.facts].sort((a, b) => (better ? a.value - b.value : b.value - a.value));
  const facts = sorted.slice(0, SHOWN);
  const names = await namesOf(db, number.kind, facts);
  const shown = facts.map(
    ({ id, value }): ShownFact => ({
      ...{ id, value, no: names.get(id)?.no ?? id, title: names.get(id)?.title ?? null },
      leftOut: out?.has(id) ?? false,
    }),
  );
  return { run, unit, indicator, kind: number.kind, total: number.facts.length, facts: shown };
}

const moreIsBetter = (
  indicators: readonly { readonly id: string; readonly full: number; readonly zero: number }[],
  id: string,
): boolean => {
  const found = indicators.find((one) => one.id === id);
  return !found || found.full > found.zero;
};

/** Numbers and titles of tickets, hazards, visits and alarms; all else is named by its id. */
async function namesOf(db: Db, kind: ScoreNumber['kind'], facts: readonly NumberFact[]): Promise<Names> {
  const names = new Map<string, Named>();
  const table = tableOf[kind];
  if (!table) return names;
  for (let at = 0; at < facts.length; at += PORTION) {
    const ids = facts.slice(at, at + PORTION).map(({ id }) => id);
    const rows = await db.selectFrom(table.name).select(['id', 'body']).where('id', 'in', ids).execute();
    for (const { id, body } of rows) names.set(id, table.named(JSON.parse(body) as never));
  }
  return names;
}

interface Named {
  readonly no: string;
  readonly title: Bilingual | null;
}
interface Table {
  readonly name: 'tickets' | 'alarms' | 'hazards' | 'visits';
  /** What a row's body is called. */
  readonly named: (body: never) => Named;
}
const tableOf: Readonly<Partial<Record<ScoreNumber['kind'], Table>>> = {
  ticket: { name: 'tickets', named: ({ no, title }: Ticket) => ({ no, title }) },
  hazard: { name: 'hazards', named: ({ no, title }: HazardEntry) => ({ no, title }) },
  alarm: { name: 'alarms', named: ({ deviceName, explanation }: Alarm) => ({ no: deviceName, title: explanation }) },
  visit: { name: 'visits', named: ({ name }: Visit) => ({ no: name, title: null }) },
};
