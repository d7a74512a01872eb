import { z } from 'zod';
import { type ConfigOf, setting } from '../kit/config.ts';
import { Problem } from '../kit/problem.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const megabytes = (fallback: number, least: number) => z.coerce.number().min(least).default(fallback);
const optional = z.string().min(1).optional();

/** Settings of ingest: its MQTT door, its journal, its store, its quarantine. */
export const ingestSettings = {
  mqttHost: setting({
    env: 'YANSHAO_MQTT_HOST',
    schema: z.string().min(1).default('127.0.0.1'),
    help: {
      zh: 'MQTT 监听地址；除本机回环外必须配置 TLS',
      en: 'address MQTT listens on; anything but loopback needs TLS',
    },
  }),
  mqttPort: setting({
    env: 'YANSHAO_MQTT_PORT',
    schema: port.default(1883),
    help: { zh: 'MQTT 端口', en: 'port of MQTT' },
  }),
  mqttTlsCert: setting({
    env: 'YANSHAO_MQTT_TLS_CERT',
    schema: optional,
    help: { zh: 'MQTT 服务器证书文件（PEM）', en: 'file of the MQTT server certificate (PEM)' },
  }),
  mqttTlsKey: setting({
    env: 'YANSHAO_MQTT_TLS_KEY',
    schema: optional,
    help: { zh: 'MQTT 服务器私钥文件（PEM）', en: 'file of the MQTT server key (PEM)' },
  }),
  mqttTlsCa: setting({
    env: 'YANSHAO_MQTT_TLS_CA',
    schema: optional,
    help: {
      zh: '签发设备证书的机构证书文件；配置后设备可用证书登录',
      en: 'file of the authority that signs device certificates; with it, devices may sign in by certificate',
    },
  }),
  mqttMaxPacketBytes: setting({
    env: 'YANSHAO_MQTT_MAX_PACKET_BYTES',
    schema: z.coerce.number().int().min(1024).max(16_777_216).default(262_144),
    help: { zh: '单个 MQTT 数据包的最大字节数', en: 'largest MQTT packet that is taken, bytes' },
  }),
  mqttMaxClients: setting({
    env: 'YANSHAO_MQTT_MAX_CLIENTS',
    schema: z.coerce.number().int().min(1).default(20_000),
    help: { zh: 'MQTT 最大连接数', en: 'most MQTT connections at a time' },
  }),
  mqttBrokerUrl: setting({
    env: 'YANSHAO_MQTT_BROKER_URL',
    schema: z.url({ protocol: /^(mqtts?|wss?)$/ }).optional(),
    help: {
      zh: '外部 MQTT 代理（Mosquitto、EMQX、NATS）的地址，例如 mqtts://broker:8883；不填则只用内置入口',
      en: 'address of an external MQTT broker (Mosquitto, EMQX, NATS), like mqtts://broker:8883; without it there is the embedded door only',
    },
  }),
  mqttBrokerUsername: setting({
    env: 'YANSHAO_MQTT_BROKER_USERNAME',
    schema: optional,
    help: { zh: '在外部代理的用户名', en: 'user name at the external broker' },
  }),
  mqttBrokerPassword: setting({
    env: 'YANSHAO_MQTT_BROKER_PASSWORD',
    schema: optional,
    help: { zh: '在外部代理的密码', en: 'password at the external broker' },
    secret: true,
  }),
  mqttBrokerCa: setting({
    env: 'YANSHAO_MQTT_BROKER_CA',
    schema: optional,
    help: {
      zh: '签发外部代理证书的机构证书文件（PEM）；不填则用系统信任的机构',
      en: 'file of the authority that signed the external broker’s certificate (PEM); without it, those the system trusts',
    },
  }),
  mqttBrokerCert: setting({
    env: 'YANSHAO_MQTT_BROKER_CERT',
    schema: optional,
    help: {
      zh: '连接外部代理用的客户端证书文件（PEM）',
      en: 'file of our client certificate for the external broker (PEM)',
    },
  }),
  mqttBrokerKey: setting({
    env: 'YANSHAO_MQTT_BROKER_KEY',
    schema: optional,
    help: { zh: '上述客户端证书的私钥文件（PEM）', en: 'file of the key of that certificate (PEM)' },
  }),
  mqttBrokerName: setting({
    env: 'YANSHAO_MQTT_BROKER_NAME',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,40}$/, 'letters, digits, - and _, at most 40 of them')
      .default('ingest'),
    help: {
      zh: '本进程在外部代理的名字，决定会话；每个进程各不相同且保持不变',
      en: 'name of this process at the external broker, which its session hangs on; a different one for each, and always the same',
    },
  }),
  mqttBrokerGroup: setting({
    env: 'YANSHAO_MQTT_BROKER_GROUP',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,40}$/, 'letters, digits, - and _, at most 40 of them')
      .optional(),
    help: {
      zh: '共享订阅组：同组的多个进程分担消息（$share/<组>/…）',
      en: 'group of a shared subscription: the processes of one group share the messages ($share/<group>/…)',
    },
  }),
  mqttBrokerReceiveMaximum: setting({
    env: 'YANSHAO_MQTT_BROKER_RECEIVE_MAXIMUM',
    schema: z.coerce.number().int().min(1).max(65_535).default(1024),
    help: {
      zh: '外部代理在得到确认前最多发来的消息数',
      en: 'messages that the external broker may send before the first is acknowledged',
    },
  }),
  mqttBrokerSessionHours: setting({
    env: 'YANSHAO_MQTT_BROKER_SESSION_HOURS',
    schema: z.coerce.number().min(0).max(8760).default(72),
    help: {
      zh: '本进程离线时外部代理为其保留消息的小时数；0 为不保留',
      en: 'hours for which the external broker keeps what comes while this process is away; 0 keeps nothing',
    },
  }),
  journalCapMb: setting({
    env: 'YANSHAO_JOURNAL_CAP_MB',
    schema: megabytes(512, 16),
    help: {
      zh: '日志（journal）容量上限，MB；写满后发送方等待，不丢数据',
      en: 'cap of the journal, MB; when it is full senders wait, nothing is dropped',
    },
  }),
  journalSafetyPercent: setting({
    env: 'YANSHAO_JOURNAL_SAFETY_PERCENT',
    schema: z.coerce.number().min(1).max(90).default(25),
    help: {
      zh: '为 P1/P2 测点保留的日志容量，百分比',
      en: 'share of the journal kept for what P1 and P2 rules judge, percent',
    },
  }),
  quarantineCapMb: setting({
    env: 'YANSHAO_QUARANTINE_CAP_MB',
    schema: megabytes(128, 1),
    help: {
      zh: '隔离区容量，MB；超出时最旧的先清除并计数',
      en: 'cap of the quarantine, MB; the oldest go first and are counted',
    },
  }),
  quarantineRows: setting({
    env: 'YANSHAO_QUARANTINE_ROWS',
    schema: z.coerce.number().int().min(100).default(100_000),
    help: { zh: '隔离区最多行数', en: 'most rows in the quarantine' },
  }),
  influxUrl: setting({
    env: 'YANSHAO_INFLUX_URL',
    schema: z.url().optional(),
    help: {
      zh: 'InfluxDB 地址；不填则使用内置 DuckDB',
      en: 'address of InfluxDB; without it the embedded DuckDB is used',
    },
  }),
  influxToken: setting({
    env: 'YANSHAO_INFLUX_TOKEN',
    schema: optional,
    help: { zh: 'InfluxDB 令牌（1.x 为 用户名:密码）', en: 'token of InfluxDB (user:password for 1.x)' },
    secret: true,
  }),
  influxOrg: setting({
    env: 'YANSHAO_INFLUX_ORG',
    schema: z.string().default(''),
    help: { zh: 'InfluxDB 组织（2.x）', en: 'organisation in InfluxDB (2.x)' },
  }),
  influxBucket: setting({
    env: 'YANSHAO_INFLUX_BUCKET',
    schema: z.string().min(1).default('yanshao'),
    help: { zh: 'InfluxDB 存储桶（1.x 为数据库）', en: 'bucket in InfluxDB (database in 1.x)' },
  }),
  influxApi: setting({
    env: 'YANSHAO_INFLUX_API',
    schema: z.enum(['v1', 'v2']).default('v2'),
    help: {
      zh: '写入接口：v2（1.8 及以上、2.x、3）或 v1（更旧的 1.x）',
      en: 'write interface: v2 (1.8 and later, 2.x, 3) or v1 (older 1.x)',
    },
  }),
  ingestPort: setting({
    env: 'YANSHAO_INGEST_PORT',
    schema: port.default(7411),
    help: {
      zh: 'ingest 独立运行时供其他进程调用的本机端口',
      en: 'loopback port for the other processes when ingest runs alone',
    },
  }),
};

export type IngestConfig = ConfigOf<typeof ingestSettings>;

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);

/** Refuses, with the reason, an MQTT door that would carry credentials in the clear over a network. */
export function checkMqttDoor(
  config: Pick<IngestConfig, 'mqttHost' | 'mqttTlsCert' | 'mqttTlsKey' | 'mqttTlsCa'>,
): void {
  const { mqttHost, mqttTlsCert, mqttTlsKey, mqttTlsCa } = config;
  if (Boolean(mqttTlsCert) !== Boolean(mqttTlsKey)) {
    throw new Problem('MQTT over TLS needs both YANSHAO_MQTT_TLS_CERT and YANSHAO_MQTT_TLS_KEY; only one is set');
  }
  if (mqttTlsCa && !mqttTlsCert) {
    throw new Problem(
      'YANSHAO_MQTT_TLS_CA is for MQTT over TLS: set YANSHAO_MQTT_TLS_CERT and YANSHAO_MQTT_TLS_KEY too',
    );
  }
  if (!mqttTlsCert && !isLoopback(mqttHost)) {
    throw new Problem(
      `plain MQTT on ${mqttHost} would send tokens and readings in the clear: TLS is required there. Set YANSHAO_MQTT_TLS_CERT and YANSHAO_MQTT_TLS_KEY, or YANSHAO_MQTT_HOST=127.0.0.1`,
    );
  }
}

/** Refuses, with the reason, an external broker that would be spoken to in the clear over a network. */
export function checkBrokerUrl(
  config: Pick<IngestConfig, 'mqttBrokerUrl' | 'mqttBrokerCert' | 'mqttBrokerKey' | 'mqttBrokerGroup'>,
): void {
  const { mqttBrokerUrl: url, mqttBrokerCert, mqttBrokerKey, mqttBrokerGroup } = config;
  if (Boolean(mqttBrokerCert) !== Boolean(mqttBrokerKey)) {
    throw new Problem(
      'a client certificate for the external broker needs both YANSHAO_MQTT_BROKER_CERT and YANSHAO_MQTT_BROKER_KEY; only one is set\n外部代理的客户端证书需同时设置 YANSHAO_MQTT_BROKER_CERT 与 YANSHAO_MQTT_BROKER_KEY；目前只设置了一个',
    );
  }
  if (url === undefined) {
    if (mqttBrokerGroup === undefined) return;
    throw new Problem(
      'YANSHAO_MQTT_BROKER_GROUP is for an external broker: set YANSHAO_MQTT_BROKER_URL too\nYANSHAO_MQTT_BROKER_GROUP 用于外部代理：请同时设置 YANSHAO_MQTT_BROKER_URL',
    );
  }
  const { protocol, hostname } = new URL(url);
  if ((protocol === 'mqtt:' || protocol === 'ws:') && !isLoopback(hostname.replace(/^\[|\]$/g, ''))) {
    throw new Problem(
      `YANSHAO_MQTT_BROKER_URL is ${url}: passwords and readings would cross the network in the clear. Use ${protocol === 'ws:' ? 'wss' : 'mqtts'}://, or a broker on this machine\nYANSHAO_MQTT_BROKER_URL 为 ${url}：密码与读数会以明文经过网络。请使用 ${protocol === 'ws:' ? 'wss' : 'mqtts'}://，或本机上的代理`,
    );
  }
}
