import type { Quarantined, QuarantineQuery, RefusalCode } from '../../devices/contract/quarantine.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import type { Sql } from '../../kit/sql/sql.ts';
import type { Refusal } from '../admission/refusals.ts';
import type { IngestTables, QuarantineTable } from '../tables.ts';

/** A message of which something was refused. */
export interface RefusedMessage {
  readonly received: number;
  /** Credentialed sender. */
  readonly client: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  /** True length of the payload. */
  readonly size: number;
  readonly refusals: readonly Refusal[];
}

/**
 * How much is kept. Beyond it, the oldest of whoever holds most go first, and are counted: a sender that floods pushes out its
 * own, not its neighbours'.
 */
export interface QuarantineBounds {
  readonly rows: number;
  readonly bytes: number;
}

/** Where refused messages stay readable for their vendors. */
export interface Quarantine {
  /** Resolves when the refusals are durable; what comes at the same time shares one transaction. */
  keep(message: RefusedMessage): Promise<void>;
  /** Newest first. */
  list(query: QuarantineQuery): Promise<readonly Quarantined[]>;
  /** Refused parts since the data folder was made; purged ones included. */
  readonly refused: number;
  /** Rows that were purged to stay within the bounds, since the data folder was made. */
  readonly purged: number;
  /** Rows that were let in after a fix, since the data folder was made. */
  readonly readmitted: number;
  readonly rows: number;
  readonly bytes: number;
  /** Whole messages, oldest first: those of the rows with these ids, or those of a device or sender that are refused still. */
  messages(
    which: { readonly ids: readonly number[] } | { readonly device: string },
    limit: number,
  ): Promise<readonly HeldMessage[]>;
  /** Writes what became of a message that was judged again; resolves when it is durable. */
  judgedAgain(verdicts: readonly Verdict[], at: number): Promise<void>;
}

/** A row of a held message. */
export interface HeldRow {
  readonly id: number;
  readonly device: string | null;
  readonly code: RefusalCode;
  readonly reason: Bilingual;
  readonly readmitted: number | null;
}

/** A refused message as it is held. */
export interface HeldMessage {
  readonly received: number;
  readonly client: string;
  readonly topic: string;
  readonly payload: Buffer;
  readonly size: number;
  readonly rows: readonly HeldRow[];
}

/** What became of one row: let in, or refused with today's reason. */
export type Verdict = { readonly id: number } & (
  | { readonly readmitted: true }
  | { readonly code: RefusalCode; readonly reason: Bilingual }
);

/** Bytes of a payload that are kept. */
const PAYLOAD_MAX = 64 * 1024;
/** Rough weight of a row beside its payload. */
const ROW_BYTES = 600;

const weight = (payload: string | null): number => ROW_BYTES + (payload?.length ?? 0);

/** Opens the quarantine in ingest's database, which `ingestMigrations` has prepared. Its only writer. */
export async function openQuarantine({ db }: Sql<IngestTables>, bounds: QuarantineBounds): Promise<Quarantine> {
  const counter = async (name: string) =>
    Number((await db.selectFrom('counters').select('value').where('name', '=', name).executeTakeFirst())?.value ?? 0);
  const shares = await sharesOf(db);
  let refused = await counter('refused');
  let purged = await counter('purged');
  let readmitted = await counter('readmitted');
  const { newest } = await db
    .selectFrom('quarantine')
    .select(({ fn }) => fn.max('id').as('newest'))
    .executeTakeFirstOrThrow();
  let nextId = Math.max(Number(newest ?? 0), await counter('quarantine-id')) + 1;

  const waiting: { message: RefusedMessage; resolve: () => void; reject: (err: unknown) => void }[] = [];
  let busy = false;

  const rowsOf = (message: RefusedMessage): QuarantineTable[] => {
    const first = nextId;
    return message.refusals.map(({ device, code, reason }, index) => ({
      id: nextId++,
      message: first,
      received: message.received,
      client: message.client,
      // What a gateway wrote where an id belongs may be of any length.
      device: device === null ? null : device.slice(0, 64),
      topic: message.topic.slice(0, 256),
      code,
      reason_zh: reason.zh,
      reason_en: reason.en,
      payload: index === 0 ? Buffer.from(message.payload.subarray(0, PAYLOAD_MAX)).toString('base64') : null,
      size: message.size,
      readmitted: null,
      tried: null,
    }));
  };

  const write = async (messages: readonly RefusedMessage[]): Promise<void> => {
    const fresh = messages.flatMap(rowsOf);
    const parts = messages.reduce(
      (sum, { refusals }) => sum + refusals.reduce((n, refusal) => n + refusal.count, 0),
      0,
    );
    const grown = withRows(shares, fresh);
    const after = await db.transaction().execute(async (trx) => {
      for (let i = 0; i < fresh.length; i += 50) {
        await trx
          .insertInto('quarantine')
          .values(fresh.slice(i, i + 50))
          .execute();
      }
      const left = await purge(trx, grown, bounds);
      const values = [
        { name: 'refused', value: refused + parts },
        { name: 'purged', value: purged + left.purged },
        { name: 'quarantine-id', value: nextId - 1 },
      ];
      await trx
        .insertInto('counters')
        .values(values)
        .onConflict((conflict) => conflict.column('name').doUpdateSet(({ ref }) => ({ value: ref('excluded.value') })))
        .execute();
      return left;
    });
    shares.clear();
    for (const [client, share] of after.shares) shares.set(client, share);
    refused += parts;
    purged += after.purged;
  };

  const drain = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 200);
      try {
        await write(batch.map(({ message }) => message));
        for (const { resolve } of batch) resolve();
      } catch (err) {
        for (const { reject } of batch) reject(err);
      }
    }
    busy = false;
  };

  return {
    keep: (message) =>
      new Promise((resolve, reject) => {
        waiting.push({ message, resolve, reject });
        void drain();
      }),
    list: (query) => list(db, query),
    get refused() {
      return refused;
    },
    get purged() {
      return purged;
    },
    get readmitted() {
      return readmitted;
    },
    get rows() {
      return total(shares).rows;
    },
    get bytes() {
      return total(shares).bytes;
    },
    messages: (which, limit) => messagesOf(db, which, limit),
    async judgedAgain(verdicts, at) {
      const letIn = verdicts.filter((verdict) => 'readmitted' in verdict).length;
      await db.transaction().execute(async (trx) => {
        for (const verdict of verdicts) {
          const change =
            'readmitted' in verdict
              ? { readmitted: at, tried: at }
              : { tried: at, code: verdict.code, reason_zh: verdict.reason.zh, reason_en: verdict.reason.en };
          await trx.updateTable('quarantine').set(change).where('id', '=', verdict.id).execute();
        }
        await trx
          .insertInto('counters')
          .values({ name: 'readmitted', value: readmitted + letIn })
          .onConflict((conflict) =>
            conflict.column('name').doUpdateSet(({ ref }) => ({ value: ref('excluded.value') })),
          )
          .execute();
      });
      readmitted += letIn;
    },
  };
}

type Db = Sql<IngestTables>['db'];

/** What one sender holds. */
interface Share {
  readonly rows: number;
  readonly bytes: number;
}

type Shares = ReadonlyMap<string, Share>;

async function sharesOf(db: Db): Promise<Map<string, Share>> {
  const held = await db
    .selectFrom('quarantine')
    .select(({ fn }) => [
      'client',
      fn.countAll<number>().as('rows'),
      fn.sum<number>(fn<number>('length', ['payload'])).as('bytes'),
    ])
    .groupBy('client')
    .execute();
  return new Map(
    held.map(({ client, rows, bytes }) => [
      client,
      { rows: Number(rows), bytes: Number(bytes ?? 0) + Number(rows) * ROW_BYTES },
    ]),
  );
}

function withRows(shares: Shares, fresh: readonly QuarantineTable[]): Map<string, Share> {
  const grown = new Map(shares);
  for (const { client, payload } of fresh) {
    const { rows = 0, bytes = 0 } = grown.get(client) ?? {};
    grown.set(client, { rows: rows + 1, bytes: bytes + weight(payload) });
  }
  return grown;
}

function total(shares: Shares): Share {
  let rows = 0;
  let bytes = 0;
  for (const share of shares.values()) {
    rows += share.rows;
    bytes += share.bytes;
  }
  return { rows, bytes };
}

/** Deletes whole messages, the oldest of whoever holds most, until nine tenths of the bounds are met again. */
async function purge(trx: Db, shares: Map<string, Share>, bounds: QuarantineBounds) {
  const fraction = ({ rows, bytes }: Share): number => Math.max(rows / bounds.rows, bytes / bounds.bytes);
  let purged = 0;
  if (fraction(total(shares)) <= 1) return { shares, purged };
  while (fraction(total(shares)) > 0.9) {
    const [heaviest, next] = [...shares].sort(([, a], [, b]) => fraction(b) - fraction(a));
    if (!heaviest) break;
    let [client, share] = heaviest;
    // Down to the next one's share and no further: then it is that one's turn as well.
    const floor = next ? fraction(next[1]) : 0;
    const oldest = await oldestOf(trx, client);
    let last: number | undefined;
    for (const message of oldest) {
      if (last !== undefined && (fraction(total(shares)) <= 0.9 || fraction(share) < floor)) break;
      last = message.message;
      share = { rows: share.rows - message.rows, bytes: share.bytes - message.bytes };
      shares.set(client, share);
      purged += message.rows;
    }
    if (last === undefined) shares.delete(client);
    else {
      if (share.rows <= 0) shares.delete(client);
      await trx.deleteFrom('quarantine').where('client', '=', client).where('message', '<=', last).execute();
    }
  }
  return { shares, purged };
}

async function oldestOf(trx: Db, client: string): Promise<readonly (Share & { readonly message: number })[]> {
  const oldest = await trx
    .selectFrom('quarantine')
    .select(({ fn }) => [
      'message',
      fn.countAll<number>().as('rows'),
      fn.sum<number>(fn<number>('length', ['payload'])).as('bytes'),
    ])
    .where('client', '=', client)
    .groupBy('message')
    .orderBy('message')
    .limit(100)
    .execute();
  return oldest.map(({ message, rows, bytes }) => ({
    message: Number(message),
    rows: Number(rows),
    bytes: Number(bytes ?? 0) + Number(rows) * ROW_BYTES,
  }));
}

async function messagesOf(
  db: Db,
  which: { readonly ids: readonly number[] } | { readonly device: string },
  limit: number,
): Promise<readonly HeldMessage[]> {
  const found = db.selectFrom('quarantine').select('message').distinct().orderBy('message').limit(limit);
  const messages =
    'ids' in which
      ? found.where('id', 'in', [...which.ids])
      : found
          .where('readmitted', 'is', null)
          .where(({ eb, or }) => or([eb('device', '=', which.device), eb('client', '=', which.device)]));
  const numbers = (await messages.execute()).map(({ message }) => message);
  if (numbers.length === 0) return [];
  const rows = await db.selectFrom('quarantine').selectAll().where('message', 'in', numbers).orderBy('id').execute();
  const byMessage = new Map<number, QuarantineTable[]>();
  for (const row of rows) byMessage.set(row.message, [...(byMessage.get(row.message) ?? []), row]);
  return [...byMessage.values()].map((all) => {
    const first = all[0] as QuarantineTable;
    return {
      received: Number(first.received),
      client: first.client,
      topic: first.topic,
      payload: Buffer.from(first.payload ?? '', 'base64'),
      size: Number(first.size),
      rows: all.map(({ id, device, code, reason_zh, reason_en, readmitted }) => ({
        id: Number(id),
        device,
        code,
        reason: { zh: reason_zh, en: reason_en },
        readmitted: readmitted === null ? null : Number(readmitted),
      })),
    };
  });
}

async function list(db: Db, { id, device, client, subject, before, limit }: QuarantineQuery): Promise<Quarantined[]> {
  let query = db
    .selectFrom('quarantine as row')
    .innerJoin('quarantine as first', 'first.id', 'row.message')
    .select([
      'row.id',
      'row.received',
      'row.client',
      'row.device',
      'row.topic',
      'row.code',
      'row.reason_zh',
      'row.reason_en',
      'row.size',
      'row.readmitted',
      'row.tried',
      'first.payload',
    ])
    .orderBy('row.id', 'desc')
    .limit(Math.max(1, Math.min(limit, 1000)));
  if (id !== undefined) query = query.where('row.id', '=', id);
  if (subject !== undefined) {
    query = query.where(({ eb, or }) => or([eb('row.client', '=', subject), eb('row.device', '=', subject)]));
  }
  if (device !== undefined) query = query.where('row.device', '=', device);
  if (client !== undefined) query = query.where('row.client', '=', client);
  if (before !== undefined) query = query.where('row.id', '<', before);
  return (await query.execute()).map(({ reason_zh, reason_en, payload, ...row }) => ({
    ...row,
    reason: { zh: reason_zh, en: reason_en },
    // A gateway's message may speak of other devices too: their bytes are not for the one that asks.
    payload: subject !== undefined && row.client !== subject ? '' : (payload ?? ''),
  }));
}
