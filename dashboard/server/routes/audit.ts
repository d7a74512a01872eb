import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { auditOf } from '../../../devices/audit/append-audit.ts';
import { auditCsv, auditCsvHeader } from '../../../devices/audit/audit-csv.ts';
import { auditHead } from '../../../devices/audit/audit-head.ts';
import { auditPages, searchAudit } from '../../../devices/audit/search-audit.ts';
import type { AuditBody, AuditHeadsBody } from '../../../devices/contract/api.ts';
import type { AuditRow } from '../../../devices/contract/audit-tables.ts';
import { withoutPhones } from '../../../devices/privacy/mask.ts';
import { maySee } from '../../../devices/privacy/seen-by.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';
import { mayChange } from '../sign-in.ts';

const name = z.string().trim().min(1).max(300).optional();
const time = z.coerce.number().int().optional();
const filters = {
  log: z
    .enum(['commands', 'accounts'])
    .default('commands')
    .describe('commands: all that was asked of rules; accounts: sign-ins and changes of accounts, for administrators'),
  person: name.describe('account id, or a part of the name'),
  device: name.describe('rows that name this device, or an alarm of it'),
  incident: name.describe('rows that name this incident, or an alarm that is part of it now'),
  ticket: name,
  type: name.describe('a type of command, or all that begin with it: `registry.`'),
  from: time.describe('at or after, ms since 1970'),
  to: time.describe('before, ms since 1970'),
};
/** Accounts have to do with no incident, and their database knows none. */
const noIncident = {
  error: 'accounts have no incidents: leave `incident` out',
  params: { zh: '账号日志不涉及事件：请去掉 incident' },
  path: ['incident'],
};
const fits = ({ log, incident }: { log: string; incident?: string | undefined }) =>
  log !== 'accounts' || incident === undefined;
const paged = z
  .object({
    ...filters,
    before: z.coerce.number().int().optional().describe('only rows before this number: the next page'),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
  })
  .refine(fits, noIncident);
const whole = z.object(filters).refine(fits, noIncident);

/** Who asked for what, when, and what came of it: searched, exported, and the head to keep elsewhere. */
export function auditRoutes(base: FastifyInstance, { state, accounts }: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const tags = ['audit'];
  const logs = { commands: auditOf(state.db), accounts: accounts.audit };
  /** Accounts and sign-ins are the administrator's. */
  const refused = (request: FastifyRequest, log: keyof typeof logs) => {
    const role = request.principal?.role ?? '';
    return log === 'accounts' && role !== 'admin' ? refusals.role(role) : null;
  };

  app.get(
    '/api/v1/audit',
    {
      config: { answer: bodies.audit },
      schema: { tags, summary: 'Every command, carried out or refused, newest first', querystring: paged },
    },
    async (request, reply) => {
      const { log, ...query } = request.query;
      const no = refused(request, log);
      if (no) return problem(reply, 403, no);
      const rows = await searchAudit(logs[log], query);
      const masked = !maySee(request.principal?.role ?? '', 'phone');
      return { items: rows.map((row) => lineOf(row, masked)) } satisfies AuditBody;
    },
  );

  app.get(
    '/api/v1/audit.csv',
    {
      config: { answer: z.string(), answerType: 'text/csv', roles: mayChange },
      schema: { tags, summary: 'The same as CSV, all of it, by stream', querystring: whole },
    },
    async (request, reply) => {
      const { log, ...query } = request.query;
      const no = refused(request, log);
      if (no) return problem(reply, 403, no);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="audit.csv"')
        .send(Readable.from(csvOf(auditPages(logs[log], { ...query, limit: Number.POSITIVE_INFINITY }))));
    },
  );

  app.get(
    '/api/v1/audit/head',
    {
      config: { answer: bodies.auditHeads, roles: ['admin'] },
      schema: { tags, summary: 'Where both chains end: keep it elsewhere, and check with `yanshao audit verify`' },
    },
    async (): Promise<AuditHeadsBody> => ({
      commands: await auditHead(logs.commands),
      accounts: await auditHead(logs.accounts),
    }),
  );
}

function lineOf({ seq, at, type, actor_name, actor_id, via, body, outcome, hash }: AuditRow, masked: boolean) {
  const asked: unknown = JSON.parse(body);
  return {
    ...{ seq, at, type, actor: actor_name, actorId: actor_id, via },
    body: masked ? withoutPhones(asked) : asked,
    outcome: JSON.parse(outcome) as unknown,
    hash,
  };
}

async function* csvOf(pages: AsyncGenerator<readonly AuditRow[]>): AsyncGenerator<string> {
  yield auditCsvHeader;
  for await (const rows of pages) yield auditCsv(rows);
}
