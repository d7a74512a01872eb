import { z } from 'zod';
import { setting } from '../../kit/config.ts';

/** Settings of the gateway's local page. */
export const pageSettings = {
  gatewayPagePort: setting({
    env: 'YANSHAO_GATEWAY_PAGE_PORT',
    schema: z
      .union([z.literal('off'), z.coerce.number().int().min(0).max(65_535)], { error: 'write a port or off' })
      .default(18850),
    help: {
      zh: '网关本地页面的端口；off 为不开；同一台机器上的每个网关须各用一个',
      en: 'Port of the gateway’s local page; off for none; gateways of one machine need one each',
    },
  }),
  gatewayPageHost: setting({
    env: 'YANSHAO_GATEWAY_PAGE_HOST',
    schema: z.string().min(1).default('127.0.0.1'),
    help: {
      zh: '网关本地页面监听的地址；不是本机回环时必须配置证书',
      en: 'Address of the gateway’s local page; anything but loopback needs a certificate',
    },
  }),
  gatewayPageCert: setting({
    env: 'YANSHAO_GATEWAY_PAGE_CERT',
    schema: z.string().min(1).optional(),
    help: { zh: '网关本地页面的 TLS 证书文件（PEM）', en: 'TLS certificate file of the gateway’s local page (PEM)' },
  }),
  gatewayPageKey: setting({
    env: 'YANSHAO_GATEWAY_PAGE_KEY',
    schema: z.string().min(1).optional(),
    help: { zh: '网关本地页面的 TLS 私钥文件（PEM）', en: 'TLS private key file of the gateway’s local page (PEM)' },
  }),
};
