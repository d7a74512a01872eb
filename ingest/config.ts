import { z } from 'zod';
import { type ConfigOf, setting } from '../kit/config.ts';
import { Problem } from '../kit/problem.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const megabytes = (fallback: number, least: number) => z.coerce.number().min(least).default(fallback);
const optional = z.string().min(1).optional();
const days = z.coerce.number().int().min(0).max(36_500);
/** A port, 0 for any free one, or null for a door that stays closed. */
const doorPort = (fallback: number) =>
  z.preprocess((raw) => (raw === 'off' || raw === false ? null : raw), port.nullable()).default(fallback);
const perSecond = (fallback: number) => z.coerce.number().positive().default(fallback);

/** Settings of ingest: its MQTT door, its journal, its store, its quarantine. */
export const ingestSettings = {
  mqttHost: setting({
    env: 'YANSHAO_MQTT_HOST',
    schema: z.string().min(1).default('127.0.0.1'),
    help: {
      zh: '设备连接的地址；除本机回环外必须配置 TLS，明文 MQTT 只在本机回环提供',
      en: 'address that devices reach; anything but loopback needs TLS, and plain MQTT stays on loopback',
    },
  }),
  mqttPort: setting({
    env: 'YANSHAO_MQTT_PORT',
    schema: doorPort(1883),
    help: { zh: '明文 MQTT 端口，仅本机回环；off 关闭', en: 'port of plain MQTT, loopback only; off closes it' },
  }),
  mqttTlsPort: setting({
    env: 'YANSHAO_MQTT_TLS_PORT',
    schema: doorPort(8883),
    help: {
      zh: 'MQTT over TLS 端口，配置证书后打开；off 关闭',
      en: 'port of MQTT over TLS, open once there is a certificate; off closes it',
    },
  }),
  mqttWssPort: setting({
    env: 'YANSHAO_MQTT_WSS_PORT',
    schema: doorPort(8884),
    help: {
      zh: 'MQTT over WebSocket（TLS，路径 /mqtt）端口，配置证书后打开；off 关闭',
      en: 'port of MQTT over WebSocket with TLS (path /mqtt), open once there is a certificate; off closes it',
    },
  }),
  mqttTlsCert: setting({
    env: 'YANSHAO_MQTT_TLS_CERT',
    schema: optional,
    help: {
      zh: 'MQTT 服务器证书文件（PEM）；yanshao tls 可生成，更换后自动重新读取',
      en: 'file of the MQTT server certificate (PEM); yanshao tls makes one, a changed file is read anew',
    },
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
  mqttDeviceMessages: setting({
    env: 'YANSHAO_MQTT_DEVICE_MESSAGES',
    schema: perSecond(200),
    help: {
      zh: '一台设备每秒的消息数；超出后平台放慢读取，不丢弃、不断开',
      en: 'messages a second of one device; beyond, it is read more slowly, nothing is dropped',
    },
  }),
  mqttDeviceKb: setting({
    env: 'YANSHAO_MQTT_DEVICE_KB',
    schema: perSecond(1024),
    help: { zh: '一台设备每秒的 KB 数，超出同上', en: 'KB a second of one device; beyond, as above' },
  }),
  mqttGatewayMessages: setting({
    env: 'YANSHAO_MQTT_GATEWAY_MESSAGES',
    schema: perSecond(5000),
    help: { zh: '一个网关每秒的消息数，超出同上', en: 'messages a second of one gateway; beyond, as above' },
  }),
  mqttGatewayKb: setting({
    env: 'YANSHAO_MQTT_GATEWAY_KB',
    schema: perSecond(32_768),
    help: { zh: '一个网关每秒的 KB 数，超出同上', en: 'KB a second of one gateway; beyond, as above' },
  }),
  mqttIdentityConnections: setting({
    env: 'YANSHAO_MQTT_IDENTITY_CONNECTIONS',
    schema: z.coerce.number().int().min(1).default(16),
    help: {
      zh: '一台设备或网关的最大同时连接数',
      en: 'most connections at a time of one device or gateway',
    },
  }),
  mqttIdentityConnects: setting({
    env: 'YANSHAO_MQTT_IDENTITY_CONNECTS',
    schema: perSecond(10),
    help: {
      zh: '一台设备或网关每秒的登录次数，超出则被拒绝（CONNACK 3）',
      en: 'sign-ins a second of one device or gateway; beyond, they are refused (CONNACK 3)',
    },
  }),
  mqttAddressConnections: setting({
    env: 'YANSHAO_MQTT_ADDRESS_CONNECTIONS',
    schema: z.coerce.number().int().min(1).default(10_000),
    help: { zh: '一个来源地址的最大同时连接数', en: 'most connections at a time from one source address' },
  }),
  mqttAddressConnects: setting({
    env: 'YANSHAO_MQTT_ADDRESS_CONNECTS',
    schema: perSecond(300),
    help: {
      zh: '一个来源地址每秒的新连接数，超出则被断开',
      en: 'new connections a second from one source address; beyond, they are cut',
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
  journalRoutinePercent: setting({
    env: 'YANSHAO_JOURNAL_ROUTINE_PERCENT',
    schema: z.coerce.number().min(10).max(100).default(80),
    help: {
      zh: '保留份额以外的容量中，无规则或仅 P4 规则的测点最多可用的百分比；日志渐满时它们先等待',
      en: 'of what that share leaves, the part that measurements judged by no rule above P4 may fill, percent; they wait first',
    },
  }),
  journalCutPercent: setting({
    env: 'YANSHAO_JOURNAL_CUT_PERCENT',
    schema: z.coerce.number().min(10).max(100).default(80),
    help: {
      zh: '保留份额用到这一百分比时，切断最慢的消费者（规则除外）最旧的未读部分并报警',
      en: 'when so much of that share is used, the slowest consumer but the rules loses its oldest unread part, with an alarm; percent',
    },
  }),
  clockToleranceSeconds: setting({
    env: 'YANSHAO_CLOCK_TOLERANCE_SECONDS',
    schema: z.coerce.number().min(10).max(300).default(120),
    help: {
      zh: '设备时钟允许的偏差，秒；超过则告知平台值守人',
      en: 'by how much a device’s clock may be off before an alarm says so, seconds',
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
    schema: z.enum(['v1', 'v2', 'v3']).default('v2'),
    help: {
      zh: '写入接口：v2（1.8 及以上、2.x、3）、v1（更旧的 1.x）或 v3（仅 3，写入其磁盘日志后才应答）',
      en: 'write interface: v2 (1.8 and later, 2.x, 3), v1 (older 1.x), or v3 (3 only: answers once the write is in its log on disk)',
    },
  }),
  storeRawDays: setting({
    env: 'YANSHAO_STORE_RAW_DAYS',
    schema: days.default(400),
    help: {
      zh: '原始读数保留天数，0 为永久；DuckDB 按整天删除，InfluxDB 由 yanshao store init 设置',
      en: 'days that readings are kept, 0 for ever; DuckDB deletes whole days, InfluxDB is set up by `yanshao store init`',
    },
  }),
  storeMinuteDays: setting({
    env: 'YANSHAO_STORE_MINUTE_DAYS',
    schema: days.default(1100),
    help: {
      zh: '1 分钟汇总（最小、最大、平均、条数、最后质量）保留天数，0 为永久',
      en: 'days that rollups of 1 min (lowest, highest, mean, count, last quality) are kept, 0 for ever',
    },
  }),
  storeHourDays: setting({
    env: 'YANSHAO_STORE_HOUR_DAYS',
    schema: days.default(3660),
    help: { zh: '1 小时汇总保留天数，0 为永久', en: 'days that rollups of 1 h are kept, 0 for ever' },
  }),
  sparkplugMapping: setting({
    env: 'YANSHAO_SPARKPLUG_MAPPING',
    schema: optional,
    help: {
      zh: 'Sparkplug B 映射文件（YAML）；不填则用数据目录里的 sparkplug.yaml，没有该文件就不接收 Sparkplug',
      en: 'mapping file of Sparkplug B (YAML); by default sparkplug.yaml in the data folder, and without it no Sparkplug is taken',
    },
  }),
  sparkplugHostId: setting({
    env: 'YANSHAO_SPARKPLUG_HOST_ID',
    schema: z
      .string()
      .regex(/^[^/+#]+$/, 'a Sparkplug host id has no / + #')
      .default('yanshao'),
    help: {
      zh: '本平台作为 Sparkplug 主机应用的编号（STATE 主题），在代理上须唯一',
      en: 'id of this Sparkplug host application (its STATE topic), unique at its broker',
    },
  }),
  sparkplugReorderMs: setting({
    env: 'YANSHAO_SPARKPLUG_REORDER_MS',
    schema: z.coerce.number().int().min(0).max(60_000).default(2000),
    help: {
      zh: '乱序的 Sparkplug 消息等待前面消息的时间，毫秒；到时请求重新出生',
      en: 'how long a Sparkplug message out of order waits for those before it, ms; then a rebirth is requested',
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

/** Whether an address never leaves the machine. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);

type DoorSettings = Pick<
  IngestConfig,
  'mqttHost' | 'mqttPort' | 'mqttTlsPort' | 'mqttWssPort' | 'mqttTlsCert' | 'mqttTlsKey' | 'mqttTlsCa'
>;

/** Refuses, with all reasons at once, MQTT doors that cannot be opened or that would show credentials to a network. */
export function checkMqttDoor(config: DoorSettings): void {
  const { mqttHost, mqttPort, mqttTlsPort, mqttWssPort, mqttTlsCert, mqttTlsKey, mqttTlsCa } = config;
  const faults: string[] = [];
  if (Boolean(mqttTlsCert) !== Boolean(mqttTlsKey)) {
    faults.push(
      'TLS 需要同时设置 YANSHAO_MQTT_TLS_CERT 与 YANSHAO_MQTT_TLS_KEY，现在只有其一\nMQTT over TLS needs both YANSHAO_MQTT_TLS_CERT and YANSHAO_MQTT_TLS_KEY; only one is set',
    );
  }
  if (mqttTlsCa && !mqttTlsCert) {
    faults.push(
      'YANSHAO_MQTT_TLS_CA 用于 TLS：请同时设置 YANSHAO_MQTT_TLS_CERT 与 YANSHAO_MQTT_TLS_KEY\nYANSHAO_MQTT_TLS_CA is for MQTT over TLS: set YANSHAO_MQTT_TLS_CERT and YANSHAO_MQTT_TLS_KEY too',
    );
  }
  if (!mqttTlsCert && !isLoopback(mqttHost)) {
    faults.push(
      `在 ${mqttHost} 上提供明文 MQTT 会把令牌与读数暴露在网络上：必须使用 TLS。用 yanshao tls 生成证书并设置 YANSHAO_MQTT_TLS_CERT 与 YANSHAO_MQTT_TLS_KEY，或设 YANSHAO_MQTT_HOST=127.0.0.1\n` +
        `plain MQTT on ${mqttHost} would send tokens and readings in the clear: TLS is required there. Make a certificate with yanshao tls and set YANSHAO_MQTT_TLS_CERT and YANSHAO_MQTT_TLS_KEY, or YANSHAO_MQTT_HOST=127.0.0.1`,
    );
  }
  if (mqttTlsCert && mqttTlsPort === null && mqttWssPort === null) {
    faults.push(
      '已配置证书，但 YANSHAO_MQTT_TLS_PORT 与 YANSHAO_MQTT_WSS_PORT 都为 off：至少打开一个，或去掉证书\nthere is a certificate, but YANSHAO_MQTT_TLS_PORT and YANSHAO_MQTT_WSS_PORT are both off: open one, or take the certificate away',
    );
  }
  if (!mqttTlsCert && mqttPort === null) {
    faults.push(
      'YANSHAO_MQTT_PORT 为 off 且没有证书：设备无门可入\nYANSHAO_MQTT_PORT is off and there is no certificate: no door is left for devices',
    );
  }
  const taken = (mqttTlsCert ? [mqttPort, mqttTlsPort, mqttWssPort] : [mqttPort]).filter((at) => at !== null && at > 0);
  if (new Set(taken).size < taken.length) {
    faults.push(
      'YANSHAO_MQTT_PORT、YANSHAO_MQTT_TLS_PORT、YANSHAO_MQTT_WSS_PORT 必须各不相同\nYANSHAO_MQTT_PORT, YANSHAO_MQTT_TLS_PORT and YANSHAO_MQTT_WSS_PORT must differ from each other',
    );
  }
  if (faults.length > 0) throw new Problem(faults.join('\n'));
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
