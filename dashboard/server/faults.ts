import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem } from '../../kit/problem.ts';
import type { ServerContext } from './context.ts';
import { type FieldFault, problem, refusals } from './problem.ts';

/** What fastify and its plugins throw; `validationContext` names the part of the request. */
interface ServerFault extends Error {
  readonly statusCode?: number;
  readonly code?: string;
  readonly retryable?: boolean;
  readonly validation?: readonly Issue[];
  readonly validationContext?: string;
}

/** A zod issue as fastify-type-provider-zod hands it on. */
interface Issue {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Requests that fastify itself turns away, in words for people. */
const turnedAway: Readonly<Record<number, { code: string; zh: string; en: string }>> = {
  400: { code: 'bad-request', zh: '请求无法读取', en: 'the request cannot be read' },
  413: { code: 'too-large', zh: '请求内容太大', en: 'the request is too large' },
  415: {
    code: 'media-type',
    zh: '请求内容须为 JSON（content-type: application/json）',
    en: 'send JSON (content-type: application/json)',
  },
  429: { code: 'too-many', zh: '请求太频繁，请稍后再试', en: 'too many requests: try again later' },
};

const inChinese = z.locales.zhCN().localeError;

/** Answers everything that goes wrong with a problem document in both languages; what is our fault goes to the log. */
export function answerFaults(app: FastifyInstance, { log }: Pick<ServerContext, 'log'>): void {
  app.setErrorHandler((err: ServerFault, request, reply) => {
    if (err.validation) {
      const errors = fieldFaults(err);
      const [first] = errors;
      const where = first ? `${first.in}.${first.field}` : '';
      return problem(
        reply,
        400,
        { code: 'bad-request', zh: `请求有误：${where}：${first?.zh}`, en: `${where}: ${first?.en}` },
        errors,
      );
    }
    const status = err.statusCode ?? 500;
    if (status < 500) {
      const known = turnedAway[status] ?? { code: 'bad-request', zh: '请求被拒绝', en: 'the request was refused' };
      return problem(reply, status, { ...known, en: `${known.en} (${err.message})` });
    }
    if (err instanceof Problem)
      return problem(reply, 503, { code: 'not-possible-now', zh: err.message, en: err.message });
    if (err.retryable) {
      log.warn({ err, url: request.url }, 'another part of the platform did not answer a request');
      reply.header('retry-after', 2);
      return problem(reply, 503, {
        code: 'unavailable',
        zh: `平台的一部分现在没有回应（${err.message}）；请稍后再试`,
        en: `a part of the platform does not answer now (${err.message}); try again`,
      });
    }
    log.error({ err, url: request.url }, 'a request failed');
    return problem(reply, 500, {
      code: 'internal',
      zh: '服务器内部错误，已记入日志',
      en: 'the server failed; it is in the log',
    });
  });
}

function fieldFaults({ validation = [], validationContext }: ServerFault): FieldFault[] {
  const part = validationContext === 'querystring' ? 'query' : (validationContext ?? 'request');
  return validation.map(({ instancePath, keyword, message, params }) => {
    const path = instancePath.split('/').filter((step) => step !== '');
    const chinese = inChinese({ ...params, code: keyword, path, message } as Parameters<typeof inChinese>[0]);
    // A rule of our own says it in both languages; the library only knows that its input is invalid.
    const own = (params as { params?: { zh?: string } } | undefined)?.params?.zh;
    const zh = own ?? (typeof chinese === 'string' ? chinese : chinese?.message);
    return { in: part, field: path.join('.'), zh: zh ?? message, en: message };
  });
}

/**
 * Addresses that are no file and no route. Pages are routes of the single page: a person's address gets that page, a
 * program's gets a problem document. A page that was never built is said to be so.
 */
export function answerUnknown(app: FastifyInstance, { webDir }: Pick<ServerContext, 'webDir'>): void {
  const indexPage = join(webDir, 'index.html');
  app.setNotFoundHandler((request, reply) => {
    if (!isPageAddress(request)) return problem(reply, 404, refusals.notFound('address', request.url.slice(0, 200)));
    if (existsSync(indexPage)) return reply.header('cache-control', 'no-cache').sendFile('index.html');
    return notBuilt(request, reply);
  });
}

function isPageAddress({ method, url }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const path = url.split(/[?#]/, 1)[0] ?? '';
  // A name with an ending is a file, and a missing file must not look like a page.
  return !/^\/(api|geo|assets)(\/|$)/.test(path) && !/\.[a-z0-9]+$/i.test(path);
}

function notBuilt({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!headers.accept?.includes('text/html')) return problem(reply, 503, refusals.notBuilt);
  const { zh, en } = refusals.notBuilt;
  return reply
    .code(503)
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>雁哨</title><h1>${zh}</h1><p>${en}</p></html>`,
    );
}
