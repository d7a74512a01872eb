import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { PhotoBody } from '../../../devices/contract/api.ts';
import type { Refusal } from '../../../devices/contract/command.ts';
import { ticketRoles } from '../../../devices/contract/roles.ts';
import { bodies } from '../bodies.ts';
import { actorOf, type ServerContext } from '../context.ts';
import type { PhotoFile } from '../photos/photo-files.ts';
import type { Photo } from '../photos/photo-store.ts';
import { MOST_BYTES, photoRefusals } from '../photos/refusals.ts';
import { photoShownTo } from '../photos/shown-to.ts';
import { problem, refusals } from '../problem.ts';

const statusOf: Readonly<Record<string, number>> = {
  'photo-missing': 400,
  'photo-too-large': 413,
  'key-reused': 409,
  'photos-busy': 503,
};
const byHash = z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/, 'a picture is named by the SHA-256 of its bytes') });
const uploadHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{8,100}$/, '8 to 100 printable characters')
    .optional()
    .describe('chosen by the sender; sent again, it gives the same picture and doubles nothing'),
});

/** Pictures of the field: sent once, kept without metadata, shown as the role may see them. */
export async function photoRoutes(base: FastifyInstance, context: ServerContext): Promise<void> {
  const { photos } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();
  const tags = ['photos'];
  const shownTo = (request: FastifyRequest, photo: Photo) =>
    photoShownTo(actorOf(request), photo, { now: context.worldNow(), days: context.photoDays });

  // A scope of its own: no other route takes multipart.
  await base.register(async (scope) => {
    await scope.register(multipart, { limits: { files: 1, fileSize: MOST_BYTES, fields: 4, parts: 5 } });
    scope.withTypeProvider<ZodTypeProvider>().post(
      '/api/v1/photos',
      {
        config: { answer: bodies.photo, roles: ticketRoles, rateLimit: { max: 60, timeWindow: '1 minute' } },
        schema: {
          tags,
          summary: 'Send a picture: one file of a multipart/form-data body, in the field `photo`',
          description:
            'JPEG, PNG or WebP up to 15 MB. Time and place are read from it, then it is encoded anew without metadata.',
          consumes: ['multipart/form-data'],
          headers: uploadHeaders,
        },
      },
      async (request, reply) => {
        const sent = await bytesOf(request);
        if ('refused' in sent) return refuse(reply, sent.refused);
        const { id, name, via } = actorOf(request);
        const by = { id, name, via: via === 'token' ? via : 'page' } as const;
        const kept = await photos.put(sent.bytes, by, request.headers['idempotency-key']);
        if ('refused' in kept) return refuse(reply, kept.refused);
        return bodyOf(kept, shownTo(request, kept).place);
      },
    );
  });

  app.get(
    '/api/v1/photos/:hash/info',
    {
      config: { answer: bodies.photo, finds: true },
      schema: { tags, summary: 'When and where a picture was taken; the place by role', params: byHash },
    },
    async (request, reply) => {
      const photo = await photos.find(request.params.hash);
      if (!photo) return problem(reply, 404, refusals.notFound('photo', request.params.hash));
      return bodyOf(photo, shownTo(request, photo).place);
    },
  );

  const serve = async (request: FastifyRequest, reply: FastifyReply, hash: string, wanted: PhotoFile) => {
    const photo = await photos.find(hash);
    const which = photo && (shownTo(request, photo).sharp ? wanted : 'blurred');
    const bytes = which && (await photos.read(hash, which));
    if (!bytes) return problem(reply, 404, refusals.notFound('photo', hash));
    // Whoever signs in next at this browser may see less: it must ask each time.
    const tag = `"${hash}.${which}"`;
    reply.header('cache-control', 'private, no-cache').header('etag', tag).header('vary', 'cookie, authorization');
    if (request.headers['if-none-match'] === tag) return reply.code(304).send();
    return reply
      .type('image/jpeg')
      .header('content-disposition', `inline; filename="${hash.slice(0, 12)}.jpg"`)
      .header('x-photo-shown', which)
      .send(bytes);
  };
  const answer = { answer: z.string().meta({ format: 'binary' }), answerType: 'image/jpeg', finds: true } as const;
  app.get(
    '/api/v1/photos/:hash',
    {
      config: answer,
      schema: { tags, summary: 'The picture, blurred as a whole for whoever may not see faces', params: byHash },
    },
    (request, reply) => serve(request, reply, request.params.hash, 'picture'),
  );
  app.get(
    '/api/v1/photos/:hash/thumb',
    { config: answer, schema: { tags, summary: 'The picture at 320 px, likewise', params: byHash } },
    (request, reply) => serve(request, reply, request.params.hash, 'thumb'),
  );
}

const refuse = (reply: FastifyReply, refused: Refusal) => {
  const status = statusOf[refused.code] ?? 422;
  if (status === 503) reply.header('retry-after', 3);
  return problem(reply, status, refused);
};

/** The one file of the request, whole. */
async function bytesOf(request: FastifyRequest): Promise<{ readonly bytes: Buffer } | { readonly refused: Refusal }> {
  if (!request.isMultipart()) return { refused: photoRefusals.none };
  try {
    const file = await request.file();
    return file ? { bytes: await file.toBuffer() } : { refused: photoRefusals.none };
  } catch (err) {
    if ((err as { code?: string }).code === 'FST_REQ_FILE_TOO_LARGE') return { refused: photoRefusals.tooLarge };
    throw err;
  }
}

const bodyOf = ({ hash, width, height, bytes, taken_at, at }: Photo, place: PhotoBody['place']): PhotoBody => ({
  ...{ hash, width, height, bytes, takenAt: taken_at, at },
  place,
});
