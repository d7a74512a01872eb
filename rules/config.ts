import { z } from 'zod';
import { LEAST_MONTHS } from '../devices/audit/keep-audit.ts';
import { type ConfigOf, setting } from '../kit/config.ts';

/** Settings of the rules process. */
export const rulesSettings = {
  databaseUrl: setting({
    env: 'YANSHAO_DATABASE_URL',
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\//, { error: 'give an address that begins with postgres://' })
      .optional(),
    help: {
      zh: '状态库（登记、报警、审计）用的 PostgreSQL 地址；不填则用数据目录里的 SQLite',
      en: 'PostgreSQL for the state (registry, alarms, audit); left out, SQLite in the data folder',
    },
    secret: true,
  }),
  rulesPort: setting({
    env: 'YANSHAO_RULES_PORT',
    schema: z.coerce.number().int().min(0).max(65_535).default(0),
    help: {
      zh: '规则进程单独运行时，在回环地址上供其他进程下达指令的端口；0 为任选',
      en: 'loopback port on which a rules process of its own takes commands from the others; 0 takes any',
    },
  }),
  reAlarmMinutes: setting({
    env: 'YANSHAO_REALARM_MINUTES',
    schema: z.coerce.number().min(0).max(10_080).default(0),
    help: {
      zh: '已确认但一直未恢复的报警，隔多少分钟再次响铃；0 为不再响',
      en: 'minutes after which an acknowledged alarm that still stands rings again; 0 never',
    },
  }),
  auditMonths: setting({
    env: 'YANSHAO_AUDIT_MONTHS',
    schema: z.coerce
      .number()
      .int()
      .min(LEAST_MONTHS, {
        error: `审计至少保留 ${LEAST_MONTHS} 个月 / the audit is kept for ${LEAST_MONTHS} months at least`,
      })
      .max(1200)
      .default(12),
    help: {
      zh: '审计（含登录与账号变更）保留多少个月，至少 6 个月',
      en: 'months that the audit is kept, sign-ins and changes of accounts included; at least 6',
    },
  }),
  publicUrl: setting({
    env: 'YANSHAO_PUBLIC_URL',
    schema: z.url({ protocol: /^https?$/, error: '请写 https://… / write https://…' }).optional(),
    help: {
      zh: '人们打开页面所用的地址，通知里的链接以它开头；不填则通知不带链接',
      en: 'address by which people open the pages: links in notices begin with it; without it they have none',
    },
  }),
  notifyConfig: setting({
    env: 'YANSHAO_NOTIFY_CONFIG',
    schema: z.string().optional(),
    help: {
      zh: '通知渠道的配置文件（YAML）；不填则用数据目录里的 notify.yaml，没有该文件就只通知已打开的页面',
      en: 'file of the channels by which people are told (YAML); by default notify.yaml in the data folder, and without it only open pages are told',
    },
  }),
  notifyHosts: setting({
    env: 'YANSHAO_NOTIFY_HOSTS',
    schema: z
      .string()
      .default('')
      .transform((text) => text.split(/[\s,]+/).filter((host) => host !== '')),
    help: {
      zh: '除各机器人与浏览器推送服务外，通知还可发往的主机，以逗号分隔：sms.example.com、*.example.com；内网地址须列出地址或网段',
      en: 'hosts that notices may go to beside those of robots and browsers, between commas: sms.example.com, *.example.com; private addresses need the address or net',
    },
  }),
  notifySecrets: setting({
    env: 'YANSHAO_NOTIFY_SECRETS',
    schema: z.string().default(''),
    help: {
      zh: '通知配置文件按名称引用的密钥：名称=值，以分号或换行分隔',
      en: 'secrets that the file of the channels refers to by name: name=value, between semicolons or on lines',
    },
    secret: true,
  }),
};

export type RulesConfig = ConfigOf<typeof rulesSettings>;
