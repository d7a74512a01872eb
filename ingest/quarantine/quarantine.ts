import type { Quarantined } from '../../devices/contract/quarantine.ts';
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

export interface QuarantineQuery {
  readonly device?: string;
  readonly client?: string;
  /** Only rows older than this id. */
  readonly before?: number;
  readonly limit: number;
}

/** How much is kept. The oldest go first, and are counted. */
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
}

/** Bytes of a payload that are kept. */
const PAYLOAD_MAX = 64 * 1024;
/** Rough weight of a row beside its payload. */
const ROW_BYTES = 600;

const weight = (payload: string | null): number => ROW_BYTES + (payload?.length ?? 0);

/** Opens the quarantine in ingest's database, which `ingestMigrations` has prepared. Its only writer. */
export async function openQuarantine({ db }: Sql<IngestTables>, bounds: QuarantineBounds): Promise<Quarantine> {
  const counter = async (name: string) =>
    Number((await db.selectFrom('counters').select('value').where('name', '=', name).executeTakeFirst())?.value ?? 0);
  const held = await db
    .selectFrom('quarantine')
    .select(({ fn }) => [
      fn.countAll<number>().as('rows'),
      fn.max('id').as('newest'),
      fn.sum<number>(fn<number>('length', ['payload'])).as('bytes'),
    ])
    .executeTakeFirstOrThrow();
  let rows = Number(held.rows);
  let bytes = Number(held.bytes ?? 0) + rows * ROW_BYTES;
  let refused = await counter('refused');
  let purged = await counter('purged');
  let nextId = Math.max(Number(held.newest ?? 0), await counter('quarantine-id')) + 1;

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
    }));
  };

  const write = async (messages: readonly RefusedMessage[]): Promise<void> => {
    const fresh = messages.flatMap(rowsOf);
    const parts = messages.reduce(
      (sum, { refusals }) => sum + refusals.reduce((n, refusal) => n + refusal.count, 0),
      0,
    );
    const freshBytes = fresh.reduce((sum, row) => sum + weight(row.payload), 0);
    const after = await db.transaction().execute(async (trx) => {
      for (let i = 0; i < fresh.length; i += 50) {
        await trx
          .insertInto('quarantine')
          .values(fresh.slice(i, i + 50))
          .execute();
      }
      const left = await purge(trx, rows + fresh.length, bytes + freshBytes, bounds);
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
    ({ rows, bytes } = after);
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
  };
}

type Db = Sql<IngestTables>['db'];

/** Deletes whole messages, oldest first, until nine tenths of the bounds are met again. */
async function purge(trx: Db, rows: number, bytes: number, bounds: QuarantineBounds) {
  let purged = 0;
  if (rows <= bounds.rows && bytes <= bounds.bytes) return { rows, bytes, purged };
  while (rows > bounds.rows * 0.9 || bytes > bounds.bytes * 0.9) {
    const oldest = await trx
      .selectFrom('quarantine')
      .select(({ fn }) => [
        'message',
        fn.countAll<number>().as('rows'),
        fn.sum<number>(fn<number>('length', ['payload'])).as('bytes'),
      ])
      .groupBy('message')
      .orderBy('message')
      .limit(100)
      .execute();
    let last: number | undefined;
    for (const message of oldest) {
      if (rows <= bounds.rows * 0.9 && bytes <= bounds.bytes * 0.9) break;
      last = message.message;
      rows -= Number(message.rows);
      bytes -= Number(message.rows) * ROW_BYTES + Number(message.bytes ?? 0);
      purged += Number(message.rows);
    }
    if (last === undefined) break;
    await trx.deleteFrom('quarantine').where('message', '<=', last).execute();
  }
  return { rows, bytes, purged };
}

async function list(db: Db, { device, client, before, limit }: QuarantineQuery): Promise<Quarantined[]> {
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
      'first.payload',
    ])
    .orderBy('row.id', 'desc')
    .limit(Math.max(1, Math.min(limit, 1000)));
  if (device !== undefined) query = query.where('row.device', '=', device);
  if (client !== undefined) query = query.where('row.client', '=', client);
  if (before !== undefined) query = query.where('row.id', '<', before);
  return (await query.execute()).map(({ reason_zh, reason_en, payload, ...row }) => ({
    ...row,
    reason: { zh: reason_zh, en: reason_en },
    payload: payload ?? '',
  }));
}
