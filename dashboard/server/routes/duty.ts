import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type {
  DutyGapsBody,
  DutyHistoryBody,
  DutyPostsBody,
  DutyReadBody,
  DutyRecordsBody,
} from '../../../devices/contract/api.ts';
import { dutyPutFields, dutyRefSchema } from '../../../devices/contract/command.ts';
import { type DutyRecords, dutyList, type Person } from '../../../devices/contract/duty.ts';
import { dutyKinds, dutyRecordKinds } from '../../../devices/contract/duty-kinds.ts';
import { asDemo } from '../../../devices/duty/as-demo.ts';
import { askGaps, askWho } from '../../../devices/duty/duty-desk.ts';
import { readDutyFile } from '../../../devices/duty/files/read-duty-file.ts';
import { momentOfText } from '../../../devices/duty/moment-text.ts';
import { dutyHistory } from '../../../devices/duty/read-duty.ts';
import { maskedPhone } from '../../../devices/privacy/mask.ts';
import { maySee } from '../../../devices/privacy/seen-by.ts';
import { zoneOf } from '../../../kit/local-time.ts';
import type { Role } from '../accounts/tables.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { dutyNow } from '../duty-now.ts';
import { problem } from '../problem.ts';

const tags = ['duty'];
/** Who may change who is responsible; `rules` checks it once more. */
const mayChangeDuty: readonly Role[] = ['admin', 'supervisor'];
/** A file of people is larger than other requests, in base64 by a third. */
const bodyLimit = 28 * 1_048_576;
const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Who is responsible: records, dry runs, holes; edited by commands, imported from files. */
export function dutyRoutes(base: FastifyInstance, context: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const now = dutyNow(context);
  readingRoutesOf(app, context, now);
  changingRoutesOf(app, context);
}

type App = ReturnType<typeof withZod>;
const withZod = (base: FastifyInstance) => base.withTypeProvider<ZodTypeProvider>();
type Now = ReturnType<typeof dutyNow>;

function readingRoutesOf(app: App, context: ServerContext, now: Now): void {
  const { city, clock } = context;

  app.get(
    '/api/v1/duty/records',
    {
      config: { answer: bodies.dutyRecords },
      schema: { tags, summary: 'Persons, posts, shifts, rosters, swaps, absences, deputies and assignments' },
    },
    async (request): Promise<DutyRecordsBody> => {
      const { version, book } = await now();
      const persons = book.records.persons.map((person) => shownTo(request, person));
      return { version, records: { ...book.records, persons } };
    },
  );

  app.get(
    '/api/v1/duty/posts',
    {
      config: { answer: bodies.dutyPosts },
      schema: { tags, summary: 'Posts and crews by name, for whoever shows whose something is' },
    },
    async (): Promise<DutyPostsBody> => {
      const posts = (await now()).book.records.posts.map(({ id, name, department }) => ({ id, name, department }));
      const crews = [...context.registry.beside.of('crew').values()].map(({ id, name, nameEn = name, department }) => ({
        ...{ id, department, name: { zh: name, en: nameEn } },
      }));
      return { items: [...posts, ...crews] };
    },
  );

  app.get(
    '/api/v1/duty/who',
    {
      config: { answer: bodies.dutyWho },
      schema: {
        tags,
        summary: 'Who would get this, then and there? With every step of the reasoning',
        querystring: z.object({
          item: z.string().min(1).describe('code of the catalogue, G05-14'),
          area: z.string().optional().describe('code of an area; left out: outside all areas'),
          grid: z.string().optional(),
          duty: z.enum(dutyKinds).default('handle'),
          at: z
            .string()
            .max(40)
            .optional()
            .describe('`2026-12-06T03:00` by the city’s clocks, a time with its offset, or ms; by default now'),
        }),
      },
    },
    async (request, reply) => {
      const { item, area = null, grid = null, duty, at } = request.query;
      const moment = at === undefined ? clock.now() : momentOfText(at, city.city.timeZone);
      if (moment === undefined) return problem(reply, 400, noMoment(at));
      const answer = askWho(await now(), { item, area, grid, duty, at: moment });
      if ('faults' in answer) {
        const errors = answer.faults.map(({ field, zh, en }) => ({ in: 'query', field, zh, en }));
        const { zh = '', en = '' } = errors[0] ?? {};
        return problem(reply, 400, { code: 'unknown-question', zh, en }, errors);
      }
      const persons = answer.persons.map((one) => ({ ...one, person: shownTo(request, one.person) }));
      return { ...answer, persons };
    },
  );

  app.get(
    '/api/v1/duty/holes',
    {
      config: { answer: bodies.dutyHoles },
      schema: {
        tags,
        summary: 'Which items have nobody, for which duty, when and where',
        querystring: z.object({
          from: z.iso.date().optional().describe('local date; by default today'),
          days: z.coerce.number().int().min(1).max(92).default(31),
        }),
      },
    },
    async ({ query }): Promise<DutyGapsBody> => {
      const { days, from = zoneOf(city.city.timeZone).local(clock.now()).date } = query;
      return { from, days, items: askGaps(await now(), { from, days }) };
    },
  );

  app.get(
    '/api/v1/duty/records/:kind/:id/history',
    {
      config: { answer: bodies.dutyHistory, roles: mayChangeDuty },
      schema: { tags, summary: 'Every version of a record, newest first, and who made it', params: dutyRefSchema },
    },
    async ({ params }): Promise<DutyHistoryBody> => ({
      items: await dutyHistory(context.state.db, params.kind, params.id),
    }),
  );

  app.get(
    '/api/v1/duty/records.xlsx',
    {
      config: { answer: z.string(), answerType: xlsx, roles: mayChangeDuty },
      schema: { tags, summary: 'All records as a workbook with a sheet a kind, as the import takes it back' },
    },
    async (_, reply) => {
      const { writeDutyWorkbook } = await import('../../../devices/duty/files/duty-workbook.ts');
      const bytes = await writeDutyWorkbook((await now()).book.records);
      return reply
        .type(xlsx)
        .header('content-disposition', 'attachment; filename="duty.xlsx"')
        .send(Buffer.from(bytes));
    },
  );
}

function changingRoutesOf(app: App, context: ServerContext): void {
  const ask = asking(context);
  const config = { answer: bodies.outcome, roles: mayChangeDuty };
  const marked = (put: DutyRecords): DutyRecords => (context.demo ? asDemo(put) : put);

  app.put(
    '/api/v1/duty/records',
    {
      bodyLimit,
      config,
      schema: {
        tags,
        summary: 'Write records: all of them, or none where one does not hold; `errors` lists every fault',
        body: z.object({ ...dutyPutFields, commandId }),
      },
    },
    (request, reply) => {
      const { commandId, put, ...rest } = request.body;
      return ask(
        request,
        reply,
        (envelope) => ({ ...envelope, type: 'duty.put', put: marked(put), ...rest }),
        commandId,
      );
    },
  );

  app.delete(
    '/api/v1/duty/records/:kind/:id',
    {
      config,
      schema: { tags, summary: 'Take a record away; refused while another one names it', params: dutyRefSchema },
    },
    (request, reply) =>
      ask(request, reply, (envelope) => ({ ...envelope, type: 'duty.remove', records: [request.params] })),
  );

  app.post(
    '/api/v1/duty/read',
    {
      bodyLimit,
      config: { answer: bodies.dutyRead, roles: mayChangeDuty },
      schema: {
        tags,
        summary: 'Read a file of records into a put, or into every fault with its sheet, row and value; writes nothing',
        body: z.object({
          name: z.string().max(200).describe('duty.xlsx, or persons.csv'),
          content: z.base64(),
          kind: z.enum(dutyRecordKinds as [(typeof dutyRecordKinds)[number]]).optional(),
        }),
      },
    },
    async ({ body: { name, content, kind } }): Promise<DutyReadBody> => {
      const file = await readDutyFile(name, Buffer.from(content, 'base64'), kind);
      if ('faults' in file) return { faults: file.faults };
      const refs = dutyRecordKinds.flatMap((of) => dutyList(file.put, of).map(({ id }) => `${of} ${id}`));
      return { put: file.put, places: Object.fromEntries(refs.map((ref) => [ref, file.whereIs(ref)])) };
    },
  );
}

const noMoment = (at = '') => ({
  code: 'no-moment',
  zh: `“${at}” 不是时刻：如 2026-12-06T03:00`,
  en: `"${at}" is no moment: such as 2026-12-06T03:00`,
});

/** A person as the role may see them: numbers and addresses are for whoever sends people out. */
function shownTo(request: FastifyRequest, person: Person): Person {
  if (maySee(request.principal?.role ?? '', 'phone')) return person;
  const { phone, channels, ...rest } = person;
  return {
    ...rest,
    ...(phone !== undefined && { phone: maskedPhone(phone) }),
    channels: channels.map(({ kind, address }) => (address === undefined ? { kind } : { kind, address: '••••' })),
  };
}
