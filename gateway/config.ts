import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { idSchema } from '../devices/contract/registry.ts';
import { setting } from '../kit/config.ts';
import { Problem } from '../kit/problem.ts';

/** Settings of the gateway process; what it reads in the field stands in the file they name. */
export const gatewaySettings = {
  gatewayConfig: setting({
    env: 'YANSHAO_GATEWAY_CONFIG',
    schema: z.string().min(1).optional(),
    help: { zh: '网关配置文件（YAML）', en: 'configuration file of the gateway (YAML)' },
  }),
  gatewayOutboxMb: setting({
    env: 'YANSHAO_GATEWAY_OUTBOX_MB',
    schema: z.coerce.number().min(1).default(256),
    help: {
      zh: '网关断网缓存上限，MB；写满后现场等待，不丢数据',
      en: 'cap of the gateway’s outbox, MB; when it is full the field waits, nothing is dropped',
    },
  }),
};

/** How a field name becomes a measurement: `{ measurement: 'rtu.outletPressure', scale: 0.001 }`. */
const mappedSchema = z.strictObject({ measurement: z.string().min(1), scale: z.number().optional() });

const fieldMqttSchema = z.strictObject({
  url: z.string().regex(/^mqtts?:\/\//, 'write mqtt://host:port or mqtts://host:port'),
  username: z.string().optional(),
  password: z.string().optional(),
  topics: z
    .array(
      z.strictObject({
        filter: z.string().min(1),
        /** The device: a fixed id, or which level of the topic names it (0 is the first). */
        device: z.union([idSchema, z.number().int().min(0)]),
        /** Field names that are not measurement names; unlisted names pass as they are. */
        map: z.record(z.string(), mappedSchema).default({}),
      }),
    )
    .min(1),
});

const opcuaSchema = z.strictObject({
  endpoint: z.string().regex(/^opc\.tcp:\/\//, 'write opc.tcp://host:port/path'),
  security: z
    .strictObject({
      policy: z
        .enum(['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss', 'None'])
        .default('Basic256Sha256'),
      mode: z.enum(['SignAndEncrypt', 'None']).default('SignAndEncrypt'),
    })
    .default({ policy: 'Basic256Sha256', mode: 'SignAndEncrypt' }),
  /** Names a lab, where alone security may be None. */
  lab: z.boolean().default(false),
  username: z.string().optional(),
  password: z.string().optional(),
  /** Server certificates (DER or PEM files) that are trusted; no other is. */
  trusted: z.array(z.string()).default([]),
  publishingMs: z.number().int().min(50).default(500),
  nodes: z
    .array(
      z.strictObject({
        node: z.string().min(1),
        device: idSchema,
        measurement: z.string().min(1),
        scale: z.number().optional(),
      }),
    )
    .min(1),
});

export const gatewayConfigSchema = z
  .strictObject({
    id: idSchema,
    uplink: z.strictObject({
      url: z.string().regex(/^mqtts?:\/\//, 'write mqtt://host:port or mqtts://host:port'),
      token: z.string().min(20),
    }),
    mqtt: z.array(fieldMqttSchema).default([]),
    opcua: z.array(opcuaSchema).default([]),
  })
  .superRefine(({ opcua }, context) => {
    for (const [i, { security, lab }] of opcua.entries()) {
      if (!lab && (security.policy === 'None' || security.mode === 'None')) {
        context.addIssue({
          code: 'custom',
          path: ['opcua', i, 'security'],
          message: 'None is for a lab only: use SignAndEncrypt with Basic256Sha256 or better, or say lab: true',
        });
      }
    }
  });

export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;
export type FieldMqtt = GatewayConfig['mqtt'][number];
export type OpcuaSource = GatewayConfig['opcua'][number];

/** Reads a gateway's file; every fault of it is told at once, with its path. */
export function readGatewayConfig(file: string): GatewayConfig {
  let raw: unknown;
  try {
    raw = parse(readFileSync(file, 'utf8'));
  } catch (err) {
    throw new Problem(`cannot read the gateway configuration ${file}: ${(err as Error).message}`, err);
  }
  const parsed = gatewayConfigSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  - ${issue.path.join('.') || '(file)'}: ${issue.message}`);
  throw new Problem(`the gateway configuration ${file} has ${faults.length} faults:\n${faults.join('\n')}`);
}
