import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { linedYaml } from '../devices/city/yaml-lines.ts';
import { idSchema } from '../devices/contract/place.ts';
import { isUnit } from '../devices/model/units.ts';
import { suggestion } from '../devices/registry/did-you-mean.ts';
import { deviceType, deviceTypes } from '../devices/types/registry.ts';
import { setting } from '../kit/config.ts';
import { Problem } from '../kit/problem.ts';
import { filterFault } from './normalise/topic-filter.ts';
import { eventFaults } from './opcua/event-check.ts';
import { type DeviceHint, mappingFaults } from './opcua/mapping-check.ts';
import { type MappingFile, readMappingFile } from './opcua/mapping-file.ts';
import { accessFaults, opcuaAccess } from './opcua/source-schema.ts';
import { pageSettings } from './page/settings.ts';

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
      zh: '网关断网缓存上限，MB；写满后按 docs/gateway.md 的策略处理：MQTT 现场等待，OPC UA 先舍弃最旧的非安全读数并计数',
      en: 'cap of the gateway’s outbox, MB; when it is full, an MQTT field waits, and for OPC UA the oldest readings that no safety rule needs go and are counted (docs/gateway.md)',
    },
  }),
  ...pageSettings,
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

/** The least change worth a message, in the node's own unit (before `scale`), or in percent of its range on the server: `0.5`, `1%`. */
const deadbandSchema = z.union([
  z.number().positive(),
  z.string().regex(/^(100|\d{1,2})(\.\d+)?%$/, 'write a number, or percent of the range such as 1%'),
]);

/** How the conditions of one source become readings of a device. */
const opcuaEventSchema = z.strictObject({
  /** The source's node id or its SourceName. */
  source: z.string().min(1),
  /** ConditionName; any condition of the source unless given, and then one that is active is enough. */
  condition: z.string().min(1).optional(),
  device: idSchema,
  /** Boolean: whether the condition is active. */
  measurement: z.string().min(1),
  /** Number, 1 to 1000 (OPC 10000-5): how urgent the server thinks it is; 0 while nothing is active. */
  severity: z.string().min(1).optional(),
  /** Text, as the server words it. */
  message: z.string().min(1).optional(),
});

const opcuaSchema = z
  .strictObject({
    endpoint: z.string().regex(/^opc\.tcp:\/\/./, 'write opc.tcp://host:port/path'),
    ...opcuaAccess,
    /** Server certificates (DER or PEM files) that are trusted, beside those of `yanshao opcua trust`. */
    trusted: z.array(z.string()).default([]),
    publishingMs: z.number().int().min(50).default(500),
    nodes: z
      .array(
        z.strictObject({
          node: z.string().regex(nodeIdPattern, 'write a node id such as ns=1;s=PT101 or ns=2;i=1042'),
          device: idSchema,
          measurement: z.string().min(1),
          scale: z.number().optional(),
          /** What the node counts in after `scale` (UCUM); the unit the platform expects unless given. */
          unit: z.string().min(1).optional(),
          deadband: deadbandSchema.optional(),
          /** How often the server looks at the node, ms; the publishing interval unless given, 0 the server's fastest. */
          sampling: z.number().int().min(0).optional(),
          /** What the server keeps of the node between two publishes; older ones are overwritten and its status says so. */
          queueSize: z.number().int().min(1).max(10_000).default(10),
        }),
      )
      .min(1),
    /** Whether what the server recorded during a gap is fetched afterwards, and of how long a gap at most. */
    history: z.boolean().default(true),
    historyHours: z.number().positive().max(8760).default(72),
    /** After how long without a change a node is asked for its value, so that a constant one is not taken for silence, ms; 0: never. */
    refreshMs: z
      .number()
      .int()
      .max(3_600_000)
      .refine((ms) => ms === 0 || ms >= 1000, '请写 0（不询问）或至少 1000 / write 0 (never) or at least 1000')
      .default(60_000),
    /** How often a server with nothing to say still says so, ms: a line that is dead is noticed after three of them. */
    keepaliveMs: z.number().int().min(500).max(60_000).default(5_000),
    /** Whose alarms and conditions are heard: the server's, that is all of them, unless another notifier is named. */
    notifier: z.string().regex(nodeIdPattern, 'write a node id such as i=2253').default('i=2253'),
    events: z.array(opcuaEventSchema).default([]),
  })
  .superRefine((source, context) => {
    for (const { path, message } of accessFaults(source)) context.addIssue({ code: 'custom', path, message });
  });

/** A device's type alone, or with the units it is registered with where they are not the usual ones. */
const deviceHintSchema = z
  .union([
    z.string().min(1),
    z.strictObject({
      type: z.string().min(1),
      gas: z.enum(['natural', 'lpg', 'manufactured']).optional(),
      gasUnit: z.enum(['%{LEL}', '%{VOL}', '[ppm]']).optional(),
      units: z.record(z.string(), z.string().refine(isUnit, '单位未知 / no unit that is known')).optional(),
    }),
  ])
  .transform((hint): DeviceHint => (typeof hint === 'string' ? { type: hint } : hint));

/** How this gateway reaches the platform: with its token, with a user of an external broker, or with a certificate. */
const uplinkSchema = z
  .strictObject({
    url: mqttUrl,
    token: z.string().min(20, 'a token has at least 20 characters: `yanshao device add` prints one').optional(),
    username: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
    /** PEM files of a certificate that proves who this gateway is, and of its key. */
    certificate: z.string().min(1).optional(),
    key: z.string().min(1).optional(),
    ca: authority,
    /** An external broker stands between, where topics begin with `yanshao/<id>/`. */
    prefix: z.boolean().optional(),
    /** What an acknowledgement means, for a platform that is too old to say so itself. */
    door: z.enum(['direct', 'relayed']).optional(),
    /** Names a lab, where alone the token may cross a network in the clear. */
    lab: z.boolean().optional(),
  })
  .superRefine(({ token, username, password, certificate, key }, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (token === undefined && username === undefined && certificate === undefined)
      issue(
        'token',
        'how the gateway proves who it is: a token, a username with its password, or a certificate with its key',
      );
    if (token !== undefined && username !== undefined)
      issue('username', 'a token is sent in the place of the user name: give one of the two');
    if (username !== undefined && password === undefined) issue('password', 'a username needs its password');
    if ((certificate === undefined) !== (key === undefined))
      issue(certificate === undefined ? 'certificate' : 'key', 'a certificate and its key stand together');
  });

/** How long readings are kept while the platform is away, and what goes first when there is no more room. */
const outboxSchema = z.strictObject({
  /** Readings that no safety rule needs go after so many days. */
  maxAgeDays: z.number().positive().max(366).optional(),
  /** At the cap: the field waits, or the oldest readings that no safety rule needs go; the latter where OPC UA is heard, unless said. */
  full: z.enum(['wait', 'drop-oldest']).optional(),
});

/** Whom to call on site about urgent alarms while the platform cannot be reached. */
const alarmsSchema = z.strictObject({
  webhook: z
    .strictObject({
      url: z.url({ protocol: /^https?$/, error: '请写 https://… / write https://…' }),
      /** Signs what is sent (HMAC-SHA256). */
      secret: z.string().min(16, '密钥至少 16 个字符 / a secret has at least 16 characters').optional(),
      lab: z.boolean().optional(),
    })
    .refine(({ url, lab }) => lab || url.startsWith('https://') || isLoopback(url), {
      path: ['url'],
      message:
        'http:// 会在网络上明文发送报警：请用 https://，或旁边注明 lab: true / http:// would send alarms in the clear: write https://, or say lab: true beside it',
    }),
});

/** What stands in a gateway's file. It touches neither network nor disk. */
export const gatewayConfigSchema = z
  .strictObject({
    id: idSchema,
    uplink: uplinkSchema,
    /** Measurements that are sent before all others and never let go: names, or beginnings followed by `*`. */
    safety: z.array(z.string().min(1)).optional(),
    outbox: outboxSchema.optional(),
    alarms: alarmsSchema.optional(),
    mqtt: z.array(fieldMqttSchema).default([]),
    opcua: z.array(opcuaSchema).default([]),
    /** What devices are: `rtu-01: gas-rtu`; a name ending in `*` stands for all that begin so. Measurements and units are checked by it. */
    devices: z.record(z.string().min(1), deviceHintSchema).default({}),
  })
  .superRefine(({ uplink, mqtt, opcua, devices }, context) => {
    const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const [name, { type }] of Object.entries(devices)) {
      const meant = suggestion(type, Object.keys(deviceTypes));
      if (!deviceType(type))
        issue(['devices', name], `没有设备类型 ${type}${meant.zh} / there is no device type "${type}"${meant.en}`);
    }
    for (const [i, { nodes, events }] of opcua.entries()) {
      for (const { at, path, message } of mappingFaults(nodes, devices, deviceTypes))
        issue(['opcua', i, 'nodes', at, ...path], message);
      for (const { at, field, message } of eventFaults(events, nodes, devices, deviceTypes))
        issue(['opcua', i, 'events', at, field], message);
    }
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

/** Whether an address stays on this machine. */
export function isLoopback(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host);
}

export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;
export type FieldMqtt = GatewayConfig['mqtt'][number];
export type OpcuaSource = GatewayConfig['opcua'][number];

/** OPC UA servers that are read without security: allowed in a lab only, and shown on every page. */
export const unsecuredOf = ({ opcua }: Pick<GatewayConfig, 'opcua'>): string[] =>
  opcua.filter(({ security }) => security.mode === 'None').map(({ endpoint }) => endpoint);

/** Environment variables that a gateway's file may name for its secrets. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads a gateway's file and the mapping and secret files it names, looked for beside it; every fault of all of them is told
 * at once, with its place.
 */
export function readGatewayConfig(file: string, env: Env = {}): GatewayConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (err) {
    throw unreadable(file, (err as Error).message, err);
  }
  const yaml = linedYaml(text);
  const [broken] = yaml.errors;
  if (broken) throw unreadable(file, `${broken.message} (${file}:${broken.line})`);
  const mapped = withMappings(yaml.data, dirname(file));
  const parsed = gatewayConfigSchema.safeParse(mapped.data);
  const told = new Set(mapped.faults);
  for (const { path, message } of parsed.success ? [] : [...parsed.error.issues, ...meaningFaults(mapped.data)]) {
    const place = mapped.placeOf(path) ?? `${basename(file)}:${yaml.lineOf(path)}`;
    told.add(`${path.join('.') || '(file)'}: ${message} (${place})`);
  }
  const faults = [...told];
  const config = parsed.success ? beside(dirname(file), parsed.data) : undefined;
  const withPasswords = config && passwordsOf(config, env, faults);
  if (faults.length === 0 && withPasswords) return withPasswords;
  throw new Problem(
    `网关配置文件 ${file} 有 ${faults.length} 处错误\nthe gateway configuration ${file} has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
  );
}

/**
 * What is wrong with the meaning of a file whose form is at fault already: a schema looks at the meaning only of what has the
 * right form, and a person wants to mend both in one go.
 */
function meaningFaults(data: unknown): { path: PropertyKey[]; message: string }[] {
  const { opcua, devices } = (data ?? {}) as { opcua?: unknown; devices?: unknown };
  const hints = z.record(z.string(), deviceHintSchema).safeParse(devices ?? {});
  return (Array.isArray(opcua) ? opcua : []).flatMap((source: unknown, i) => {
    const rows = (source as { nodes?: unknown } | null)?.nodes;
    const nodes = z.array(z.unknown()).safeParse(rows).data ?? [];
    const form = z.object({ device: z.string(), measurement: z.string(), unit: z.string().optional() });
    const mapped = nodes.map((node) => form.safeParse(node).data);
    const whole = mapped.flatMap((node, at) => (node ? [{ node, at }] : []));
    const faults = mappingFaults(
      whole.map(({ node }) => node),
      hints.data ?? {},
      deviceTypes,
    );
    return faults.map(({ at, path, message }) => ({
      path: ['opcua', i, 'nodes', whole[at]?.at ?? at, ...path],
      message,
    }));
  });
}

const unreadable = (file: string, why: string, cause?: unknown): Problem =>
  new Problem(`无法读取网关配置文件 ${file}：${why}\ncannot read the gateway configuration ${file}: ${why}`, cause);

/** The file's data with the rows of mapping files (`nodes: mapping/rtu.csv`) put where they are named. */
function withMappings(data: unknown, folder: string) {
  const faults: string[] = [];
  const files = new Map<number, { name: string; file: MappingFile }>();
  const opcua = (data as { opcua?: unknown } | null)?.opcua;
  const sources = Array.isArray(opcua) ? (opcua as unknown[]) : [];
  for (const [i, source] of sources.entries()) {
    const nodes = (source as { nodes?: unknown } | null)?.nodes;
    if (typeof nodes !== 'string') continue;
    const mapping = readMappingFile(resolve(folder, nodes));
    files.set(i, { name: nodes, file: mapping });
    for (const { line, message } of mapping.faults) faults.push(`opcua.${i}.nodes: ${message} (${nodes}:${line || 1})`);
  }
  return {
    faults,
    data:
      files.size === 0
        ? data
        : {
            ...(data as object),
            opcua: sources.flatMap((source, i) => {
              const mapping = files.get(i);
              return [mapping ? { ...(source as object), nodes: rowsOrOne(mapping.file) } : source];
            }),
          },
    placeOf(path: readonly PropertyKey[]): string | undefined {
      const mapping = path[0] === 'opcua' && path[2] === 'nodes' ? files.get(Number(path[1])) : undefined;
      const line = mapping?.file.lines[Number(path[3])];
      return mapping && `${mapping.name}:${line ?? 1}`;
    },
  };
}

/** The rows; one that passes where the file itself is at fault, so that an empty list is not told as well. */
const rowsOrOne = ({ rows, faults }: MappingFile): MappingFile['rows'] =>
  rows.length === 0 && faults.length > 0 ? [{ node: 'i=1', device: 'x', measurement: anyMeasurement }] : rows;
const anyMeasurement = Object.keys(Object.values(deviceTypes)[0]?.measurements ?? {})[0] ?? '';

/** With the passwords that stand in variables and files. */
function passwordsOf(config: GatewayConfig, env: Env, faults: string[]): GatewayConfig {
  const opcua = config.opcua.map((source, i) => {
    const { passwordEnv, passwordFile } = source;
    if (passwordEnv !== undefined) {
      const password = env[passwordEnv];
      if (password === undefined)
        faults.push(
          `opcua.${i}.passwordEnv: 没有设置环境变量 ${passwordEnv} / the environment variable ${passwordEnv} is not set`,
        );
      return { ...source, password };
    }
    if (passwordFile === undefined) return source;
    try {
      return { ...source, password: readFileSync(passwordFile, 'utf8').trimEnd() };
    } catch (err) {
      faults.push(`opcua.${i}.passwordFile: 无法读取 / cannot be read: ${(err as Error).message}`);
      return source;
    }
  });
  return { ...config, opcua };
}

/** With the files it names, as paths from `folder`. */
function beside(folder: string, config: GatewayConfig): GatewayConfig {
  const at = <T extends { ca?: string | undefined }>(part: T): T =>
    part.ca === undefined ? part : { ...part, ca: resolve(folder, part.ca) };
  const from = (path: string) => resolve(folder, path);
  return {
    ...config,
    uplink: uplinkBeside(at(config.uplink), from),
    mqtt: config.mqtt.map(at),
    opcua: config.opcua.map(({ passwordFile, userCertificate, ...source }) => ({
      ...source,
      trusted: source.trusted.map(from),
      ...(passwordFile !== undefined && { passwordFile: from(passwordFile) }),
      ...(userCertificate && {
        userCertificate: { certificate: from(userCertificate.certificate), key: from(userCertificate.key) },
      }),
    })),
  };
}

function uplinkBeside(uplink: GatewayConfig['uplink'], from: (path: string) => string): GatewayConfig['uplink'] {
  const { certificate, key } = uplink;
  return { ...uplink, ...(certificate && { certificate: from(certificate) }), ...(key && { key: from(key) }) };
}
