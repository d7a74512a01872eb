/**
 * A process that adds one row after another to an audit log and says so on standard output, until somebody kills it.
 * `node auditing-child.ts <url> [schema]`
 */
import type { AuditTables } from '../../devices/contract/audit-tables.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import { says } from './audit-log.ts';

const [url = '', schema] = process.argv.slice(2);
const log = await openSql<AuditTables>({ url, schema });
for (let at = 1; ; at++) {
  const { seq } = await says(log, { at, asks: { device: `k${at}` } });
  process.stdout.write(`${seq}\n`);
}
