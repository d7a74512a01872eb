import type { Position } from '../kit/journal/journal.ts';
import type { Sql } from '../kit/sql/sql.ts';
import type { IngestTables } from './tables.ts';

/** A consumer lost the blocks after `from` up to and including `through`. */
export interface CutOff {
  readonly consumer: string;
  readonly at: number;
  readonly from: Position;
  readonly through: Position;
  /** About how much that was. */
  readonly bytes: number;
}

/** Every cut since the data folder was made. */
export interface CutOffs {
  /** Resolves when it is durable. */
  add(cutOff: CutOff): Promise<void>;
  /** Oldest first. */
  readonly list: readonly CutOff[];
}

/** The cuts that `ingest.db` holds. */
export async function openCutOffs({ db }: Sql<IngestTables>): Promise<CutOffs> {
  const list: CutOff[] = (await db.selectFrom('cut_offs').selectAll().orderBy('at').execute()).map((row) => ({
    consumer: row.consumer,
    at: Number(row.at),
    from: Number(row.after),
    through: Number(row.through),
    bytes: Number(row.bytes),
  }));
  return {
    list,
    async add(cutOff) {
      const { consumer, at, from, through, bytes } = cutOff;
      await db.insertInto('cut_offs').values({ consumer, at, after: from, through, bytes }).execute();
      list.push(cutOff);
    },
  };
}
