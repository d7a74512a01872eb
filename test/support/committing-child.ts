/**
 * A process that commits one row after another and says so on standard output, until somebody kills it.
 * `node committing-child.ts <url> <schema>`
 */
import { openSql } from '../../kit/sql/open-sql.ts';

const [url = '', schema] = process.argv.slice(2);
const { db } = await openSql<{ committed: { n: number } }>({ url, schema });
for (let n = 1; ; n++) {
  await db.transaction().execute(async (trx) => {
    await trx.insertInto('committed').values({ n }).execute();
  });
  // Only now is it ours to promise.
  process.stdout.write(`${n}\n`);
}
