import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isChange } from './sign-in.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * What the route answers when all is well, for the document only: answers are built by typed code, and checking them
     * again would halve the throughput of lists (measured).
     */
    answer?: z.ZodType;
    /** 200 unless given. */
    answerCode?: 201 | 204;
    /** `application/json` unless given. */
    answerType?:
      | 'text/plain'
      | 'text/csv'
      | 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
      | 'image/jpeg';
    /** Looks up something by its name, which may not be there. */
    finds?: true;
  }
}

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    detail: z.string(),
    status: z.number().int(),
    code: z.string().describe('for programs'),
    zh: z.string().describe('for people, Chinese'),
    en: z.string().describe('for people, English'),
    errors: z
      .array(z.object({ in: z.string(), field: z.string(), zh: z.string(), en: z.string() }))
      .optional()
      .describe('what cannot be used, field by field'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem document, with a sentence in both languages' });

const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** Serves nothing by itself: collects the routes that follow into the document that `app.swagger()` gives. */
export async function openApiDocument(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Yanshao',
        version: version || '0',
        description:
          'City devices, readings, standards and alarms. Times are ms since 1970 UTC. Errors are RFC 9457 problem documents with a sentence in Chinese and English.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'made by `yanshao user token`' },
          device: {
            type: 'http',
            scheme: 'bearer',
            description:
              'the access token of a device or gateway; its MQTT user name and password are taken as Basic as well',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'yanshao_session',
            description: 'set by signing in; changes also need the header x-yanshao-csrf with the `csrf` of /api/v1/me',
          },
        },
      },
    },
    transform: (document) => {
      const { schema, route } = document;
      return jsonSchemaTransform({ ...document, schema: documented(schema, route) });
    },
    transformObject: jsonSchemaTransformObject,
  });
}

/** A route's schema with what follows from its configuration: answers, refusals, who may use it. */
function documented(schema: FastifySchema | undefined, { method, config = {} }: RouteOptions): FastifySchema {
  const change = isChange(String(method));
  const { answer, answerCode = 200, answerType = 'application/json', finds } = config;
  const input = schema?.querystring ?? schema?.body ?? schema?.params;
  const response: Record<string, unknown> = {
    ...(answer && { [answerCode]: { description: 'done', content: { [answerType]: { schema: answer } } } }),
    ...(input !== undefined && { 400: problemAnswer('the request cannot be used; `errors` names the fields') }),
    ...(!config.public && { 401: problemAnswer('not signed in') }),
    ...((change || config.roles) && !config.public && { 403: problemAnswer('the role may not do this') }),
    ...(finds && { 404: problemAnswer('there is no such thing') }),
    ...(config.rateLimit && { 429: problemAnswer('too many requests') }),
  };
  const security = config.public ? [] : config.device ? [{ device: [] }] : [{ token: [] }, { session: [] }];
  return Object.assign({}, schema, { response, security });
}
