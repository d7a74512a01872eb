import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { LedgerBody } from '../../../devices/contract/api.ts';
import { ledgerCsv } from '../../../devices/detectors/ledger-csv.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { ledgerNow } from '../ledger-now.ts';

export const ledgerQuery = z.object({
  kind: z.enum(['expiry', 'calibration']).optional(),
  within: z.coerce.number().int().min(0).max(36_500).optional().describe('days; overdue ones are always among them'),
});

/** The life and calibration ledger: what of which detector ends when. */
export function ledgerRoutes(base: FastifyInstance, context: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const tags = ['registry'];
  app.get(
    '/api/v1/ledger',
    {
      config: { answer: bodies.ledger },
      schema: { tags, summary: 'What expires when, soonest first, the unknown last', querystring: ledgerQuery },
    },
    async ({ query }): Promise<LedgerBody> => ledgerNow(context, query),
  );
  app.get(
    '/api/v1/ledger.csv',
    {
      config: { answer: z.string(), answerType: 'text/csv' },
      schema: { tags, summary: 'The ledger as CSV', querystring: ledgerQuery },
    },
    async ({ query }, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="ledger.csv"')
        .send(ledgerCsv(ledgerNow(context, query).items)),
  );
}
