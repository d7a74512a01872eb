import type { FastifyReply } from 'fastify';
import type { Refusal } from '../../devices/contract/command.ts';

/** Answers with an RFC 9457 problem document that carries a sentence in both languages. */
export function problem(reply: FastifyReply, status: number, refusal: Refusal): FastifyReply {
  const { code, zh, en } = refusal;
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: `about:blank#${code}`, title: en, detail: en, status, code, zh, en });
}

/** Common refusals. */
export const refusals = {
  signIn: { code: 'sign-in', zh: '请先登录', en: 'sign in first' },
  csrf: {
    code: 'csrf',
    zh: '请求缺少本页的校验码，请刷新页面',
    en: 'the request lacks this page’s check value: reload the page',
  },
  notFound: (what: string, id: string): Refusal => ({
    code: 'not-found',
    zh: `没有找到 ${what}“${id}”`,
    en: `there is no ${what} "${id}"`,
  }),
  role: (role: string): Refusal => ({
    code: 'role',
    zh: `角色“${role}”不能做这件事`,
    en: `role "${role}" may not do this`,
  }),
} as const;
