import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { csvExport, parquetBytes } from '../../../devices/readings/export.ts';
import { groupsOf, selectSeries } from '../../../devices/readings/selection.ts';
import type { ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';

/** Exports that run at a time: they share the store with everybody's curves. */
const mostExports = 4;

const time = z.coerce.number().int();
/** A list as `a,b` or as a parameter that is repeated. */
export const names = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => (typeof given === 'string' ? given.split(',') : given).filter((name) => name !== ''))
  .pipe(z.array(z.string()).min(1));

const query = z
  .object({
    format: z.enum(['csv', 'parquet']).default('csv'),
    devices: names.optional().describe('separated by commas or repeated; default all of `type`'),
    type: z.string().optional().describe('all devices of this type; with `devices` those of them that are'),
    measurements: names.optional().describe('default all that the types have'),
    from: time.describe('inclusive, ms since 1970'),
    to: time.describe('exclusive, ms since 1970'),
    bom: z.stringbool().default(false).describe('CSV begins with a byte-order mark, for spreadsheet programs'),
  })
  .superRefine(({ from, to, devices, type }, fault) => {
    const refuse = (field: string, zh: string, message: string) =>
      fault.addIssue({ code: 'custom', path: [field], message, params: { zh } });
    if (from >= to) refuse('from', 'from 必须早于 to', '`from` must lie before `to`');
    if (devices === undefined && type === undefined) {
      const en = 'give `devices`, or a `type` for all devices of it';
      refuse('devices', '请给出 devices，或以 type 指定该类全部设备', en);
    }
  });

/** Readings as a file, by stream: millions of them need no more memory than a page, and whoever hangs up ends the work. */
export function exportRoutes(base: FastifyInstance, { ingest, registry, types, log }: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  let running = 0;
  app.get(
    '/api/v1/readings/export',
    {
      config: { answer: z.string(), answerType: 'text/csv', finds: true },
      schema: {
        tags: ['readings'],
        summary: 'Every reading of a range as CSV or Parquet, by stream, in the order of time',
        querystring: query,
      },
    },
    async ({ query }, reply) => {
      const known = { device: registry.device, devices: registry.devices, types };
      const series = selectSeries(query, known);
      if ('missing' in series) return problem(reply, 404, refusals.notFound(series.missing, series.name));
      if (running >= mostExports) return problem(reply, 503, busy);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const parts = {
        store: ingest,
        query: { groups: groupsOf(series), from: query.from, to: query.to },
        names: {
          nameOf: (id: string) => registry.device(id)?.name ?? '',
          unitOf: (type: string, name: string) => types[type]?.measurements[name]?.unit ?? '',
        },
        signal: gone.signal,
      };
      running += 1;
      const bytes: AsyncGenerator<string | Buffer> =
        query.format === 'csv' ? csvExport(parts, { bom: query.bom }) : parquetBytes(parts);
      const done = () => {
        running -= 1;
        gone.abort();
      };
      // A store that is away is said in words: nothing has been sent yet.
      const first = await bytes.next().catch((err: unknown) => {
        done();
        throw err;
      });
      const stream = Readable.from(following(first, bytes), { objectMode: false, highWaterMark: 262_144 });
      stream.once('close', done);
      stream.on('error', (err) => log.warn({ err }, 'an export broke off; its receiver sees a cut connection'));
      return reply
        .type(query.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/vnd.apache.parquet')
        .header('content-disposition', `attachment; filename="readings.${query.format}"`)
        .header('cache-control', 'no-store')
        .send(stream);
    },
  );
}

async function* following<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (!first.done) yield first.value;
  yield* rest;
}

const busy = {
  code: 'exports-busy',
  zh: `已有 ${mostExports} 个导出在进行，请稍后再试`,
  en: `${mostExports} exports are running: try again when one of them is done`,
};
