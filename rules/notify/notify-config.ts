import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { Problem } from '../../kit/problem.ts';
import { gatewaySchema } from './gateway/template.ts';

const webhook = z.url({ protocol: /^https?$/, error: '请写 https://… / write https://…' });
const robotName = z.string().regex(/^[a-z0-9-]+$/, { error: '只用 a–z、0–9 和 - / use a–z, 0–9 and - only' });
const robot = z.strictObject({ url: webhook });
const signedRobot = robot.extend({ secret: z.string().min(1).optional() });

/** `notify.yaml`: by which means this platform reaches people. What is left out is not there, and its rungs are passed over. */
export const notifyFileSchema = z.strictObject({
  /** Robots by the names that recipients' addresses give. */
  wecom: z.record(robotName, robot).default({}),
  dingtalk: z.record(robotName, signedRobot).default({}),
  feishu: z.record(robotName, signedRobot).default({}),
  sms: gatewaySchema.optional(),
  voice: gatewaySchema.optional(),
  mail: z
    .strictObject({
      host: z.string().min(1),
      port: z.number().int().min(1).max(65_535).default(465),
      security: z.enum(['tls', 'starttls', 'none']).default('tls'),
      user: z.string().optional(),
      password: z.string().optional(),
      from: z.string().min(3),
      /** Path of a PEM file. */
      ca: z.string().optional(),
    })
    .optional(),
  webPush: z
    .strictObject({
      contact: z
        .string()
        .regex(/^(mailto:|https:\/\/)/, { error: '请写 mailto:… 或 https://… / write mailto:… or https://…' }),
    })
    .optional(),
});
export type NotifyFile = z.infer<typeof notifyFileSchema>;

/** Secrets by name, as `YANSHAO_NOTIFY_SECRETS` holds them: `name=value`, one a line or between semicolons. */
export function parseSecrets(text: string): Map<string, string> {
  const lines = text.split(/[;\n]/).map((line) => line.trim());
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const split = line.indexOf('=');
      return split > 0 ? [[line.slice(0, split).trim(), line.slice(split + 1).trim()]] : [];
    }),
  );
}

const secretName = /\$\{([\w-]+)\}/g;

/** Puts secrets where the file names them (`${sms-password}`). @returns names that stand for nothing */
function withSecrets(value: unknown, secrets: ReadonlyMap<string, string>, missing: Set<string>): unknown {
  if (typeof value === 'string') {
    return value.replace(secretName, (_, name: string) => {
      const secret = secrets.get(name);
      if (secret === undefined) missing.add(name);
      return secret ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((one) => withSecrets(one, secrets, missing));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withSecrets(one, secrets, missing)]));
}

/**
 * Reads `notify.yaml`; without one there are no channels but open pages. Every fault is told at once, none with the value that may be
 * a secret.
 */
export async function readNotifyFile(path: string, secrets: ReadonlyMap<string, string>): Promise<NotifyFile> {
  if (!existsSync(path)) return notifyFileSchema.parse({});
  const raw = await readFile(path, 'utf8')
    .then((text): unknown => parse(text))
    .catch((err: Error) => {
      // Only the first line: the parser goes on to quote the file, where a secret may stand.
      throw new Problem(`${path} 无法读取 / ${path} cannot be read: ${err.message.split('\n', 1)[0]}`);
    });
  const missing = new Set<string>();
  const read = notifyFileSchema.safeParse(withSecrets(raw ?? {}, secrets, missing));
  const faults = [
    ...[...missing].map(
      (name) =>
        `没有名为 ${name} 的密钥，请写入 YANSHAO_NOTIFY_SECRETS / no secret is named ${name}: add it to YANSHAO_NOTIFY_SECRETS`,
    ),
    ...(read.error?.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`) ?? []),
  ];
  if (read.success && faults.length === 0) return read.data;
  throw new Problem(`${path} 无法使用 / ${path} cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
}
