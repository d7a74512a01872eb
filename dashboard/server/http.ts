import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, validatorCompiler } from 'fastify-type-provider-zod';
import type { ServerContext } from './context.ts';
import { problem, refusals } from './problem.ts';
import { alarmRoutes } from './routes/alarms.ts';
import { cityRoutes } from './routes/city.ts';
import { healthRoutes } from './routes/health.ts';
import { readingRoutes } from './routes/readings.ts';
import { registryRoutes } from './routes/registry.ts';
import { sessionRoutes } from './routes/session.ts';
import { requireSignIn } from './sign-in.ts';

/** The HTTP server: pages, API, health. Listening is the caller's. */
export async function httpServer(
  context: ServerContext,
  tls?: { cert: string; key: string },
): Promise<FastifyInstance> {
  const https = tls ? { cert: readFileSync(tls.cert), key: readFileSync(tls.key) } : null;
  // Closing must not wait for browsers that keep their connections open.
  const app = (await fastify({
    https,
    bodyLimit: 1_048_576,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 500 },
  } as object)) as unknown as FastifyInstance;
  app.setValidatorCompiler(validatorCompiler);
  // Answers are built by typed code: checking them again would halve the throughput of lists (measured).
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  await app.register(helmet, {
    contentSecurityPolicy: contentSecurityPolicy(context.secure),
    hsts: context.secure,
    crossOriginEmbedderPolicy: false,
  });
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  await app.register(swagger, {
    openapi: {
      openapi: '3.0.3',
      info: {
        title: 'Yanshao',
        version: context.version,
        description: 'City devices, readings, standards and alarms.',
      },
    },
    transform: jsonSchemaTransform,
  });
  requireSignIn(app, context.accounts);
  answerFaults(app, context);

  await app.register(async (routes) => {
    healthRoutes(routes, context);
    sessionRoutes(routes, context);
    cityRoutes(routes, context);
    registryRoutes(routes, context);
    readingRoutes(routes, context);
    alarmRoutes(routes, context);
    routes.get('/api/v1/openapi.json', { config: { public: true }, schema: { hide: true } }, async () => app.swagger());
  });
  await app.register(fastifyStatic, { root: context.city.geoDir, prefix: '/geo/', decorateReply: false });
  await app.register(fastifyStatic, {
    root: context.webDir,
    prefix: '/',
    cacheControl: true,
    immutable: false,
    maxAge: 0,
  });
  return app;
}

/** No inline code or style, nothing from elsewhere; the map's worker is a file of ours. */
function contentSecurityPolicy(secure: boolean) {
  return {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      workerSrc: ["'self'", 'blob:'],
      styleSrc: ["'self'"],
      fontSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      ...(secure ? { upgradeInsecureRequests: [] } : {}),
    },
  };
}

function answerFaults(app: FastifyInstance, { log, webDir }: ServerContext): void {
  const indexPage = join(webDir, 'index.html');
  app.setErrorHandler((err: Error & { statusCode?: number; validation?: unknown[] }, request, reply) => {
    if (err.validation) {
      return problem(reply, 400, {
        code: 'bad-request',
        zh: `请求有误：${err.message}`,
        en: `the request cannot be used: ${err.message}`,
      });
    }
    const status = err.statusCode ?? 500;
    if (status < 500)
      return problem(reply, status, {
        code: status === 429 ? 'too-many' : 'bad-request',
        zh: `请求被拒绝：${err.message}`,
        en: err.message,
      });
    log.error({ err, url: request.url }, 'a request failed');
    return problem(reply, 500, {
      code: 'internal',
      zh: '服务器内部错误，已记入日志',
      en: 'the server failed; it is in the log',
    });
  });
  app.setNotFoundHandler((request, reply) => {
    // Pages are routes of the single page: any address of a person gets it, any address of a program an answer.
    if (request.method === 'GET' && !/^\/(api|geo|assets)\//.test(request.url)) {
      return reply.type('text/html; charset=utf-8').send(readFileSync(indexPage));
    }
    return problem(reply, 404, refusals.notFound('address', request.url.slice(0, 200)));
  });
}
