import type { FastifyReply } from 'fastify';
import type { Refusal } from '../../devices/contract/command.ts';

/** A part of a request that cannot be used. */
export interface FieldFault {
  /** Where it stands: `query`, `body`, `params` or `headers`; or the record of the body, `<kind> <id>`. */
  readonly in: string;
  /** Its name, dotted where it is nested; empty when the whole part is wrong. */
  readonly field: string;
  readonly zh: string;
  readonly en: string;
}

/** Answers with an RFC 9457 problem document that carries a sentence in both languages. */
export function problem(
  reply: FastifyReply,
  status: number,
  { code, zh, en }: Refusal,
  errors?: readonly FieldFault[],
): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: `about:blank#${code}`, title: en, detail: en, status, code, zh, en, ...(errors && { errors }) });
}

/** What may be looked for and not be there. */
const things = {
  device: { zh: '设备', en: 'device' },
  type: { zh: '设备类型', en: 'device type' },
  measurement: { zh: '该类设备的测点', en: 'measurement of this device type' },
  alarm: { zh: '告警', en: 'alarm' },
  backtest: { zh: '试算', en: 'back-test' },
  fault: { zh: '演示故障', en: 'fault of the demonstration' },
  seat: { zh: '席位', en: 'seat' },
  site: { zh: '场所', en: 'site' },
  version: { zh: '标准版本', en: 'version of the standards' },
  address: { zh: '地址', en: 'address' },
  drill: { zh: '演练', en: 'drill' },
  handover: { zh: '交班单', en: 'hand-over' },
  incident: { zh: '事件', en: 'incident' },
  run: { zh: '核算', en: 'run of supervision' },
  hazard: { zh: '隐患', en: 'hazard' },
  visit: { zh: '走访（或时段未开始）', en: 'visit, or its window has not opened:' },
  photo: { zh: '照片', en: 'picture' },
  ticket: { zh: '工单', en: 'ticket' },
} as const;

/** Common refusals. */
export const refusals = {
  signIn: { code: 'sign-in', zh: '请先登录', en: 'sign in first' },
  csrf: {
    code: 'csrf',
    zh: '请求缺少本页的校验码，请刷新页面',
    en: 'the request lacks this page’s check value: reload the page',
  },
  notFound: (thing: keyof typeof things, id: string): Refusal => ({
    code: 'not-found',
    zh: `没有找到${things[thing].zh}“${id}”`,
    en: `there is no ${things[thing].en} "${id}"`,
  }),
  role: (role: string): Refusal => ({
    code: 'role',
    zh: `角色“${role}”不能做这件事`,
    en: `role "${role}" may not do this`,
  }),
  notBuilt: {
    code: 'page-not-built',
    zh: '网页还没有构建：运行 npm run build，然后刷新',
    en: 'the page has not been built: run `npm run build`, then reload',
  },
} as const;
