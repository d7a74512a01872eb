import { readFileSync } from 'node:fs';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { Problem } from '../../kit/problem.ts';
import type { ServerContext } from './context.ts';
import { answerFaults, answerUnknown } from './faults.ts';
import { openApiDocument } from './openapi.ts';
import { alarmRoutes } from './routes/alarms.ts';
import { auditRoutes } from './routes/audit.ts';
import { biogasRoutes } from './routes/biogas.ts';
import { campaignRoutes } from './routes/campaigns.ts';
import { cityRoutes } from './routes/city.ts';
import { contactRoutes } from './routes/contacts.ts';
import { demoRoutes } from './routes/demo.ts';
import { drillRoutes } from './routes/drills.ts';
import { dutyRoutes } from './routes/duty.ts';
import { hazardRoutes } from './routes/hazards.ts';
import { healthRoutes } from './routes/health.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { kpiRoutes } from './routes/kpis.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { noticeRoutes } from './routes/notices.ts';
import { overrideRoutes } from './routes/overrides.ts';
import { photoRoutes } from './routes/photos.ts';
import { pushRoutes } from './routes/push.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { readingRoutes } from './routes/readings.ts';
import { registryRoutes } from './routes/registry.ts';
import { reportRoutes } from './routes/reports.ts';
import { ruleRoutes } from './routes/rules.ts';
import { sessionRoutes } from './routes/session.ts';
import { standardsRoutes } from './routes/standards.ts';
import { supervisionRoutes } from './routes/supervision.ts';
import { ticketRoutes } from './routes/tickets.ts';
import { verdictRoutes } from './routes/verdicts.ts';
import { watchRoutes } from './routes/watches.ts';
import { requireSignIn } from './sign-in.ts';

/** Files of the certificate and its key, PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** The HTTP server: pages, API, health. Listening is the caller's. */
export async function httpServer(context: ServerContext, tls?: TlsFiles): Promise<FastifyInstance> {
  const app = (await fastify({
    https: tls ? { cert: readTls('YANSHAO_TLS_CERT', tls.cert), key: readTls('YANSHAO_TLS_KEY', tls.key) } : null,
    bodyLimit: 1_048_576,
    // Closing must not wait for browsers that keep their connections open.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 500 },
    // Only a proxy on this machine is believed when it says for whom it asks.
    trustProxy: context.trustProxy ? 'loopback' : false,
  } as object)) as unknown as FastifyInstance;
  app.setValidatorCompiler(validatorCompiler);
  app.removeContentTypeParser('text/plain');
  await app.register(helmet, {
    contentSecurityPolicy: contentSecurityPolicy(context.secure),
    hsts: context.secure,
    crossOriginEmbedderPolicy: false,
  });
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  await openApiDocument(app, context.version);
  answerFaults(app, context);
  answerUnknown(app, context);

  await app.register(async (guarded) => {
    requireSignIn(guarded, context.accounts, context.registry);
    healthRoutes(guarded, context);
    sessionRoutes(guarded, context);
    cityRoutes(guarded, context);
    standardsRoutes(guarded, context);
    dutyRoutes(guarded, context);
    registryRoutes(guarded, context);
    contactRoutes(guarded, context);
    readingRoutes(guarded, context);
    quarantineRoutes(guarded, context);
    alarmRoutes(guarded, context);
    auditRoutes(guarded, context);
    await photoRoutes(guarded, context);
    overrideRoutes(guarded, context);
    verdictRoutes(guarded, context);
    ledgerRoutes(guarded, context);
    incidentRoutes(guarded, context);
    ticketRoutes(guarded, context);
    kpiRoutes(guarded, context);
    noticeRoutes(guarded, context);
    pushRoutes(guarded, context);
    await reportRoutes(guarded, context);
    biogasRoutes(guarded, context);
    ruleRoutes(guarded, context);
    watchRoutes(guarded, context);
    drillRoutes(guarded, context);
    supervisionRoutes(guarded, context);
    hazardRoutes(guarded, context);
    campaignRoutes(guarded, context);
    if (context.demo) demoRoutes(guarded, context, context.demo);
    guarded.get('/api/v1/openapi.json', { config: { public: true }, schema: { hide: true } }, async () =>
      app.swagger(),
    );
    // A city may lay its gas network here: nothing for strangers.
    await guarded.register(fastifyStatic, {
      root: context.city.geoDir,
      prefix: '/geo/',
      index: false,
      decorateReply: false,
      dotfiles: 'ignore',
      setHeaders: (reply) => void reply.header('cache-control', 'private, no-cache'),
    });
  });
  await app.register(fastifyStatic, {
    root: context.webDir,
    prefix: '/',
    dotfiles: 'ignore',
    // Names under assets/ carry a hash of their content; everything else is asked for again each time.
    setHeaders: (reply, path) =>
      void reply.header(
        'cache-control',
        /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      ),
  });
  return app;
}

function readTls(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (err) {
    throw new Problem(
      `${setting} is ${file}, which cannot be read: ${(err as Error).message}. Give the path of a PEM file that this account may read.`,
      err,
    );
  }
}

/** No inline code or style, nothing from elsewhere; the map's worker is a file of ours. */
function contentSecurityPolicy(secure: boolean) {
  return {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      workerSrc: ["'self'"],
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
