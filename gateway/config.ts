import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { idSchema } from '../devices/contract/registry.ts';
import { setting } from '../kit/config.ts';
import { Problem } from '../kit/problem.ts';
import { filterFault } from './normalise/topic-filter.ts';

/** Settings of the gateway process; what it reads in the field stands in the file they name. */
export const gatewaySettings = {
  gatewayConfig: setting({
    env: 'YANSHAO_GATEWAY_CONFIG',
    schema: z.string().min(1).optional(),
    help: { zh: '网关配置文件（YAML）', en: 'configuration file of the gateway (YAML)' },
  }),
  gatewayOutboxMb: setting({
    env: 'YANSHAO_GATEWAY_OUTBOX_MB',
    schema: z.coerce.number().min(4).default(256),
    help: {
      zh: '网关断网缓存上限，MB；写满后现场等待，不丢数据',
      en: 'cap of the gateway’s outbox, MB; when it is full the field waits, nothing is dropped',
    },
  }),
};

const nodeIdPattern = /^(ns=\d+;)?[isgb]=.+/;

/** How a field name becomes a measurement: `{ measurement: 'rtu.outletPressure', scale: 0.001 }`. */
const mappedSchema = z.strictObject({ measurement: z.string().min(1), scale: z.number().optional() });

const mqttUrl = z.string().regex(/^mqtts?:\/\/./, 'write mqtt://host:port or mqtts://host:port');
/** A PEM file with the authority that vouches for an mqtts:// server; the public ones unless given. */
const authority = z.string().min(1).optional();

const fieldTopicSchema = z
  .strictObject({
    filter: z.string().min(1),
    /** The device: a fixed id, or which level of the topic names it (0 is the first). */
    device: z.union([idSchema, z.number().int().min(0)]),
    /** Field names that are not measurement names; unlisted names pass as they are. */
    map: z.record(z.string(), mappedSchema).default({}),
  })
  .superRefine(({ filter, device, map }, context) => {
    const fault = filterFault(filter, typeof device === 'number' ? device : undefined);
    if (fault) context.addIssue({ code: 'custom', path: ['filter'], message: fault });
    for (const [at, measurement] of repeated(Object.values(map).map((mapped) => mapped.measurement))) {
      const message = `two fields become "${measurement}": only one can`;
      context.addIssue({ code: 'custom', path: ['map', Object.keys(map)[at] ?? ''], message });
    }
  });

const fieldMqttSchema = z.strictObject({
  url: mqttUrl,
  username: z.string().optional(),
  password: z.string().optional(),
  ca: authority,
  topics: z.array(fieldTopicSchema).min(1),
});

const opcuaSchema = z
  .strictObject({
    endpoint: z.string().regex(/^opc\.tcp:\/\/./, 'write opc.tcp://host:port/path'),
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
          node: z.string().regex(nodeIdPattern, 'write a node id such as ns=1;s=PT101 or ns=2;i=1042'),
          device: idSchema,
          measurement: z.string().min(1),
          scale: z.number().optional(),
        }),
      )
      .min(1),
  })
  .superRefine(({ security, lab, nodes }, context) => {
    const none = [security.policy, security.mode].filter((word) => word === 'None').length;
    const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (none > 0 && !lab)
      issue(['security'], 'None is for a lab only: use SignAndEncrypt with Basic256Sha256 or better, or say lab: true');
    else if (none === 1) issue(['security'], 'policy and mode are None together or not at all');
    for (const [i, name] of repeated(nodes.map(({ device, measurement }) => `${measurement} of ${device}`)))
      issue(['nodes', i], `${name} has two nodes: only one can be right`);
  });

/** What stands in a gateway's file. It touches neither network nor disk. */
export const gatewayConfigSchema = z
  .strictObject({
    id: idSchema,
    uplink: z.strictObject({
      url: mqttUrl,
      token: z.string().min(20, 'a token has at least 20 characters: `yanshao device add` prints one'),
      ca: authority,
      /** Names a lab, where alone the token may cross a network in the clear. */
      lab: z.boolean().optional(),
    }),
    mqtt: z.array(fieldMqttSchema).default([]),
    opcua: z.array(opcuaSchema).default([]),
  })
  .superRefine(({ uplink, mqtt, opcua }, context) => {
    const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (!uplink.lab && uplink.url.startsWith('mqtt://') && !isLoopback(uplink.url))
      issue(
        ['uplink', 'url'],
        'mqtt:// would show the token to the network: write mqtts://, or say lab: true beside it',
      );
    if (mqtt.length + opcua.length === 0)
      issue([], 'nothing to hear: list a broker under mqtt or a server under opcua');
    // A gateway's session at a broker is one: a second client of the same name would end the first, and so on.
    for (const [i, url] of repeated(mqtt.map((source) => source.url)))
      issue(['mqtt', i, 'url'], `${url} is listed twice: put its topics together`);
  });

/** Positions of what was there before, with what it is. */
function repeated(names: readonly string[]): [number, string][] {
  const seen = new Set<string>();
  return [...names.entries()].filter(([, name]) => seen.size === seen.add(name).size);
}

function isLoopback(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host);
}

export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;
export type FieldMqtt = GatewayConfig['mqtt'][number];
export type OpcuaSource = GatewayConfig['opcua'][number];

/**
 * Reads a gateway's file; every fault of it is told at once, with its path. Files that it names are looked for beside it.
 */
export function readGatewayConfig(file: string): GatewayConfig {
  let raw: unknown;
  try {
    raw = parse(readFileSync(file, 'utf8'));
  } catch (err) {
    const why = (err as Error).message;
    throw new Problem(
      `无法读取网关配置文件 ${file}：${why}\ncannot read the gateway configuration ${file}: ${why}`,
      err,
    );
  }
  const parsed = gatewayConfigSchema.safeParse(raw);
  if (parsed.success) return beside(dirname(file), parsed.data);
  const faults = parsed.error.issues.map(({ path, message }) => `  - ${path.join('.') || '(file)'}: ${message}`);
  throw new Problem(
    `网关配置文件 ${file} 有 ${faults.length} 处错误\nthe gateway configuration ${file} has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.join('\n')}`,
  );
}

/** With the files it names, as paths from `folder`. */
function beside(folder: string, config: GatewayConfig): GatewayConfig {
  const at = <T extends { ca?: string | undefined }>(part: T): T =>
    part.ca === undefined ? part : { ...part, ca: resolve(folder, part.ca) };
  return {
    ...config,
    uplink: at(config.uplink),
    mqtt: config.mqtt.map(at),
    opcua: config.opcua.map((source) => ({ ...source, trusted: source.trusted.map((one) => resolve(folder, one)) })),
  };
}
