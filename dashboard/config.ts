import { z } from 'zod';
import { setting } from '../kit/config.ts';

const onOff = z
  .union([z.boolean(), z.enum(['on', 'off', 'true', 'false', '1', '0'])], { error: 'write on or off' })
  .default('off')
  .transform((value) => value === true || value === 'on' || value === 'true' || value === '1');
const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);

/** Settings of the dashboard process. */
export const dashboardSettings = {
  httpPort: setting({
    env: 'YANSHAO_HTTP_PORT',
    schema: port(8080),
    help: { zh: '网页与接口的端口', en: 'Port of the pages and the API' },
  }),
  httpHost: setting({
    env: 'YANSHAO_HTTP_HOST',
    schema: z.string().default('127.0.0.1'),
    help: {
      zh: '网页监听的地址；不是本机回环时必须配置 TLS 证书',
      en: 'Address the pages listen on; anything but loopback needs a TLS certificate',
    },
  }),
  tlsCert: setting({
    env: 'YANSHAO_TLS_CERT',
    schema: z.string().optional(),
    help: { zh: 'TLS 证书文件（PEM）', en: 'TLS certificate file (PEM)' },
  }),
  tlsKey: setting({
    env: 'YANSHAO_TLS_KEY',
    schema: z.string().optional(),
    help: { zh: 'TLS 私钥文件（PEM）', en: 'TLS private key file (PEM)' },
  }),
  trustProxy: setting({
    env: 'YANSHAO_TRUST_PROXY',
    schema: onOff,
    help: {
      zh: 'on：本机的反向代理（终结 TLS）转交请求，采信其 X-Forwarded-For / -Proto / -Host',
      en: 'on: a reverse proxy on this machine ends TLS; its X-Forwarded-For, -Proto and -Host are believed',
    },
  }),
  sessionHours: setting({
    env: 'YANSHAO_SESSION_HOURS',
    schema: z.coerce.number().positive().default(720),
    help: {
      zh: '登录保持多少小时；值班席位不因超时而掉线',
      en: 'Hours a sign-in lasts; a staffed seat does not time out by itself',
    },
  }),
  photoDays: setting({
    env: 'YANSHAO_PHOTO_DAYS',
    schema: z.coerce.number().int().min(1).max(36_500).default(365),
    help: {
      zh: '照片原样可见多少天；此后只有管理员可见，其他人看模糊图和约 1 公里的位置',
      en: 'Days that pictures are shown as they are; afterwards only to administrators, blurred and to a kilometre to others',
    },
  }),
};
