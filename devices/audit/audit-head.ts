import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { AuditTables } from '../contract/audit-tables.ts';
import type { ExportedHead } from './verify-audit.ts';

/** Where a chain ends now. */
export const auditHead = (db: Kysely<AuditTables>): Promise<ExportedHead> =>
  db.selectFrom('audit_head').select(['seq', 'at', 'hash']).where('id', '=', 1).executeTakeFirstOrThrow();

const head = z.object({
  seq: z.number().int().min(0),
  at: z.number(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The file that `yanshao audit head` writes and `yanshao audit verify --from-head` reads: the heads of both chains. */
export const headsSchema = z.object({ commands: head, accounts: head });
