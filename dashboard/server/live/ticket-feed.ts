import { type ExpressionBuilder, type SelectQueryBuilder, sql } from 'kysely';
import type { StateTables } from '../../../devices/contract/state-tables.ts';
import type { Ticket, TicketStage, TicketStep } from '../../../devices/contract/ticket.ts';
import type { TicketLine, TicketRef } from '../../../devices/contract/ticket-line.ts';
import { toTicketLine, toTicketRef } from '../../../devices/tickets/ticket-line.ts';
import type { Sql } from '../../../kit/sql/sql.ts';
import { changedRows } from './changed-rows.ts';
import { openRows } from './open-rows.ts';

/** `due`: the next deadline first, so what is overdue longest leads. `priority`: the gravest first, then by deadline. */
export type TicketSort = 'due' | 'priority' | 'newest';

export interface TicketQuery {
  readonly openOnly: boolean;
  readonly stages?: readonly TicketStage[] | undefined;
  readonly priorities?: readonly string[] | undefined;
  readonly department?: string | undefined;
  readonly crew?: string | undefined;
  readonly area?: string | undefined;
  readonly item?: string | undefined;
  /** Account id of whoever has it. */
  readonly owner?: string | undefined;
  /** What lies with this account, or with this person of the duty list. */
  readonly mine?: { readonly account: string; readonly person: string | undefined } | undefined;
  /** Only what has a deadline before this moment, ms. */
  readonly overdueAt?: number | undefined;
  /** Words that number, title, place, device or item must hold. */
  readonly q?: string | undefined;
  readonly sort: TicketSort;
  readonly after?: TicketCursor | undefined;
  readonly limit: number;
}

/** Where a page of a list ended: the sort's figures of its last row. */
export interface TicketCursor {
  readonly priority: string;
  readonly due: number;
  readonly openedAt: number;
  readonly id: string;
}

/** A ticket in full. */
export interface WholeTicket {
  readonly ticket: Ticket;
  /** Oldest first. */
  readonly steps: readonly TicketStep[];
}

/** Reads the tickets that `rules` wrote; writes nothing. */
export interface TicketFeed {
  open(): Promise<{ tickets: TicketLine[]; seq: number }>;
  /** Tickets that changed after step `seq`, oldest change first. */
  since(seq: number): Promise<{ tickets: TicketLine[]; seq: number; more: boolean }>;
  /** `total` counts all that fit; `next` is where to go on, null at the end. */
  find(query: TicketQuery): Promise<{ total: number; items: TicketLine[]; next: TicketCursor | null }>;
  /** By its id, or by the number that people say. */
  one(id: string): Promise<WholeTicket | null>;
  /** Which tickets these alarms are on. */
  ofAlarms(alarms: readonly string[]): Promise<Record<string, TicketRef>>;
}

type Db = Sql<StateTables>['db'];
type Tickets = SelectQueryBuilder<StateTables, 'tickets', object>;

const parse = ({ body }: { body: string }): Ticket => JSON.parse(body) as Ticket;

/** The tickets of the state database, for lists and for the live stream. */
export function ticketFeed({ db }: Sql<StateTables>): TicketFeed {
  return {
    async open() {
      const { rows, seq } = await openRows<Ticket>(db, 'tickets');
      return { tickets: rows.map(toTicketLine), seq };
    },
    async since(after) {
      const { rows, seq, more } = await changedRows<Ticket>(db, 'tickets', after);
      return { tickets: rows.map(toTicketLine), seq, more };
    },
    async find(query) {
      const all = filtered(db, query);
      const { total } = await all.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const rows = await sorted(all, query)
        .select(['id', 'priority', 'due_at', 'opened_at', 'body'])
        .limit(query.limit + 1)
        .execute();
      const shown = rows.slice(0, query.limit);
      const last = rows.length > query.limit ? shown.at(-1) : undefined;
      return {
        total: Number(total),
        items: shown.map((row) => toTicketLine(parse(row))),
        next: last
          ? { priority: last.priority, due: Number(last.due_at), openedAt: Number(last.opened_at), id: last.id }
          : null,
      };
    },
    async one(id) {
      const row = await db
        .selectFrom('tickets')
        .select('body')
        .where((e) => e.or([e('id', '=', id), e('no', '=', id)]))
        .executeTakeFirst();
      if (!row) return null;
      const ticket = parse(row);
      const steps = await db
        .selectFrom('ticket_steps')
        .select('body')
        .where('ticket', '=', ticket.id)
        .orderBy('seq')
        .execute();
      return { ticket, steps: steps.map(({ body }) => JSON.parse(body) as TicketStep) };
    },
    async ofAlarms(alarms) {
      if (alarms.length === 0) return {};
      const rows = await db
        .selectFrom('ticket_alarms as a')
        .innerJoin('tickets as t', 't.id', 'a.ticket')
        .select(['a.alarm', 't.body'])
        .where('a.alarm', 'in', [...alarms])
        .execute();
      return Object.fromEntries(rows.map(({ alarm, body }) => [alarm, toTicketRef(JSON.parse(body) as Ticket)]));
    },
  };
}

function filtered(db: Db, query: TicketQuery): Tickets {
  const { stages, priorities, department, crew, area, item, owner, mine, overdueAt, q } = query;
  let rows: Tickets = db.selectFrom('tickets');
  if (query.openOnly) rows = rows.where('open', '=', 1);
  if (stages?.length) rows = rows.where('stage', 'in', [...stages]);
  if (priorities?.length) rows = rows.where('priority', 'in', [...priorities]);
  if (department !== undefined) rows = rows.where('department', '=', department);
  if (crew !== undefined) rows = rows.where('crew', '=', crew);
  if (area !== undefined) rows = rows.where('area', '=', area);
  if (item !== undefined) rows = rows.where('item', '=', item);
  if (owner !== undefined) rows = rows.where('owner', '=', owner);
  if (overdueAt !== undefined) rows = rows.where('open', '=', 1).where('due_at', '<', overdueAt);
  if (mine) {
    const { account, person } = mine;
    rows = rows.where((e) =>
      e.or([
        e('owner', '=', account),
        ...(person === undefined ? [] : [e('owner', 'is', null).and(holds(e, 'persons', `,${person},`))]),
      ]),
    );
  }
  for (const word of q?.toLowerCase().split(/\s+/).filter(Boolean) ?? [])
    rows = rows.where((e) => holds(e, 'words', word));
  return rows;
}

/** True where a column holds a text; no character of it is a wildcard. */
const holds = (e: ExpressionBuilder<StateTables, 'tickets'>, column: 'persons' | 'words', text: string) =>
  sql<boolean>`${e.ref(column)} like ${`%${text.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`;

function sorted(rows: Tickets, { sort, after }: TicketQuery): Tickets {
  switch (sort) {
    case 'due': {
      const from = after
        ? rows.where((e) =>
            e.or([e('due_at', '>', after.due), e.and([e('due_at', '=', after.due), e('id', '>', after.id)])]),
          )
        : rows;
      return from.orderBy('due_at').orderBy('id');
    }
    case 'priority': {
      const from = after
        ? rows.where((e) =>
            e.or([
              e('priority', '>', after.priority),
              e.and([e('priority', '=', after.priority), e('due_at', '>', after.due)]),
              e.and([e('priority', '=', after.priority), e('due_at', '=', after.due), e('id', '>', after.id)]),
            ]),
          )
        : rows;
      return from.orderBy('priority').orderBy('due_at').orderBy('id');
    }
    case 'newest': {
      const from = after
        ? rows.where((e) =>
            e.or([
              e('opened_at', '<', after.openedAt),
              e.and([e('opened_at', '=', after.openedAt), e('id', '>', after.id)]),
            ]),
          )
        : rows;
      return from.orderBy('opened_at', 'desc').orderBy('id');
    }
  }
}
