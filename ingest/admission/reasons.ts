import type { Bilingual, Measurement } from '../../devices/model/device-type.ts';

/**
 * The sentences a vendor reads under a refused message: what was wrong, with which value, and what to do about it.
 */

/** A foreign value as it may stand in a sentence: JSON, at most 60 characters. */
export function shown(value: unknown): string {
  const text = typeof value === 'number' && !Number.isFinite(value) ? String(value) : json(value);
  return cut(text);
}

/** At most 60 letters, and none that is not seen or turns round what follows: a reason is read in terminals too. */
const cut = (text: string): string =>
  (text.length > 60 ? `${text.slice(0, 57)}…` : text).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu,
    (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`,
  );

/** A foreign name as it may stand in a sentence: senders have put whole pages into one. */
const word = cut;

/** Values nested thousands deep come over the wire, and older V8s write JSON by recursion. */
function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return Array.isArray(value) ? '[…]' : '{…}';
  }
}

const kindWords: Record<string, Bilingual> = {
  number: { zh: '数值', en: 'a number' },
  boolean: { zh: 'true 或 false', en: 'true or false' },
  text: { zh: '文本', en: 'a text' },
};

/** What a JSON value is called in both languages. */
function kindOf(value: unknown): Bilingual {
  if (value === null) return { zh: 'null', en: 'null' };
  if (Array.isArray(value)) return { zh: '数组', en: 'an array' };
  switch (typeof value) {
    case 'string':
      return { zh: `文本 ${shown(value)}`, en: `the text ${shown(value)}` };
    case 'number':
      return { zh: `数值 ${shown(value)}`, en: `the number ${shown(value)}` };
    case 'boolean':
      return { zh: String(value), en: String(value) };
    default:
      return { zh: '对象', en: 'an object' };
  }
}

/** NaN and Infinity are what most vendors' JSON writers get wrong, so they are named. */
const notANumberWord = /(^|[^"\w])(-?(NaN|nan|Infinity|inf))\b/;

export const reasons = {
  notUtf8: (): Bilingual => ({
    zh: '负载不是 UTF-8 编码的文本（可能是 GBK 或二进制）。请以 UTF-8 发送 JSON。',
    en: 'The payload is not UTF-8 text (GBK or binary, perhaps). Send JSON in UTF-8.',
  }),
  notJson(text: string, detail: string): Bilingual {
    const word = notANumberWord.exec(text)?.[2];
    if (word) {
      return {
        zh: `负载不是 JSON：JSON 里没有 ${word}。传感器没有有效值时，请省略该测点，或发送最后的值并在 quality 中标记 "bad"。`,
        en: `The payload is not JSON: JSON has no ${word}. Where a sensor has no value, leave the measurement out, or send its last one with quality "bad".`,
      };
    }
    if (text.length === 0) {
      return {
        zh: '负载是空的。请发送 JSON 对象，例如 {"alarm.ch4": 3.2}。',
        en: 'The payload is empty. Send a JSON object such as {"alarm.ch4": 3.2}.',
      };
    }
    return {
      zh: `负载不是 JSON（${detail}），开头是 ${shown(text.slice(0, 40))}。请发送例如 {"alarm.ch4": 3.2}。`,
      en: `The payload is not JSON (${detail}); it begins ${shown(text.slice(0, 40))}. Send something like {"alarm.ch4": 3.2}.`,
    };
  },
  notAnObject: (value: unknown): Bilingual => ({
    zh: `应为对象，收到${kindOf(value).zh}。请发送 {"测点": 值}，或 {"ts": 毫秒, "values": {…}}，或二者的数组。`,
    en: `An object was expected, this is ${kindOf(value).en}. Send {"measurement": value}, or {"ts": ms, "values": {…}}, or an array of either.`,
  }),
  notAttributes: (value: unknown): Bilingual => ({
    zh: `属性应为对象，收到${kindOf(value).zh}。请发送例如 {"firmware": "1.4.2"}。`,
    en: `Attributes are an object, this is ${kindOf(value).en}. Send something like {"firmware": "1.4.2"}.`,
  }),
  attributesTooDeep: (most: number): Bilingual => ({
    zh: `属性嵌套超过 ${most} 层。请发送平铺的属性，例如 {"firmware": "1.4.2"}。`,
    en: `The attributes are nested more than ${most} deep. Send flat ones, like {"firmware": "1.4.2"}.`,
  }),
  notGatewayBatch: (value: unknown): Bilingual => ({
    zh: `网关消息应为 {"设备号": [{"ts": 毫秒, "values": {…}}]}，收到${kindOf(value).zh}。`,
    en: `A gateway sends {"<deviceId>": [{"ts": ms, "values": {…}}]}; this is ${kindOf(value).en}.`,
  }),
  notConnect: (value: unknown): Bilingual => ({
    zh: `网关的 connect/disconnect 消息应为 {"device": "设备号"}，收到 ${shown(value)}。`,
    en: `A gateway's connect or disconnect is {"device": "<deviceId>"}; this is ${shown(value)}.`,
  }),
  empty: (): Bilingual => ({
    zh: '消息里没有任何测点值。请至少发送一个。',
    en: 'The message holds no values. Send at least one.',
  }),
  badTs: (ts: unknown): Bilingual => ({
    zh: `ts 应为 1970 年以来的毫秒数（数值），收到${kindOf(ts).zh}。没有时钟的设备请省略 ts。`,
    en: `ts is a number, milliseconds since 1970; this is ${kindOf(ts).en}. A device without a clock leaves ts out.`,
  }),
  tsAlone: (): Bilingual => ({
    zh: 'ts 旁边没有 values：带时间的消息请写成 {"ts": 毫秒, "values": {…}}。其余测点已按接收时间保留。',
    en: 'ts stands without values: with a time, send {"ts": ms, "values": {…}}. The other measurements were kept at the receive time.',
  }),
  strayKey: (key: string): Bilingual => ({
    zh: `不认识 values 旁边的 "${word(key)}"。测点请放进 values；values 旁边只用 ts、seq、quality、historical。`,
    en: `"${word(key)}" beside values is not understood. Measurements go inside values; beside it stand ts, seq, quality and historical only.`,
  }),
  badSeq: (seq: unknown): Bilingual => ({
    zh: `seq 应为不小于 0 的整数，收到${kindOf(seq).zh}；读数已保留。`,
    en: `seq is a whole number from 0; this is ${kindOf(seq).en}. The readings were kept.`,
  }),
  badHistorical: (value: unknown): Bilingual => ({
    zh: `historical 应为 true 或 false，收到${kindOf(value).zh}；读数已保留。`,
    en: `historical is true or false; this is ${kindOf(value).en}. The readings were kept.`,
  }),
  badQuality: (name: string, value: unknown): Bilingual => ({
    zh: `${word(name)} 的 quality 应为 "good"、"uncertain"、"bad" 或 OPC UA 状态码（0 到 4294967295），收到 ${shown(value)}；该值按"可疑"保留。`,
    en: `quality of ${word(name)} is "good", "uncertain", "bad" or an OPC UA status code (0 to 4294967295), not ${shown(value)}; the value was kept as uncertain.`,
  }),
  strayQuality: (name: string): Bilingual => ({
    zh: `quality 提到 ${word(name)}，但 values 里没有它。`,
    en: `quality speaks of ${word(name)}, which is not among the values.`,
  }),
  unknownDevice: (id: string): Bilingual => ({
    zh: `设备 ${word(id)} 未注册。请先注册设备，再重新发送。`,
    en: `Device ${word(id)} is not registered. Register it, then send again.`,
  }),
  gatewaySelf: (id: string): Bilingual => ({
    zh: `${id} 是网关，没有自己的测点。请把设备读数发到 v1/gateway/telemetry。`,
    en: `${id} is a gateway and has no measurements of its own. Send its devices' readings to v1/gateway/telemetry.`,
  }),
  unknownType: (id: string, type: string): Bilingual => ({
    zh: `设备 ${id} 注册的类型 "${type}" 本平台没有。请改正注册信息。`,
    en: `Device ${id} is registered as type "${type}", which this platform does not have. Correct its registration.`,
  }),
  notBehind: (id: string, gateway: string): Bilingual => ({
    zh: `设备 ${id} 没有登记在 ${gateway} 之下，${gateway} 不能代它发言。请改正该设备的 gateway 登记。`,
    en: `Device ${id} is not registered behind ${gateway}, which cannot speak for it. Correct the gateway in the device's registration.`,
  }),
  unknownMeasurement(name: string, type: string, nearest: string | undefined): Bilingual {
    const zh = nearest ? `是否想发 "${nearest}"？` : '请对照设备类型的测点表。';
    const en = nearest ? `Did you mean "${nearest}"?` : "Compare the device type's list of measurements.";
    return {
      zh: `类型 ${type} 没有测点 "${word(name)}"。${zh}`,
      en: `Type ${type} has no measurement "${word(name)}". ${en}`,
    };
  },
  wrongType(name: string, measurement: Measurement, value: unknown): Bilingual {
    const want = kindWords[measurement.kind] as Bilingual;
    const got = kindOf(value);
    const numeric =
      measurement.kind === 'number' && typeof value === 'string' && value !== '' && !Number.isNaN(Number(value));
    return {
      zh: `${name} 应为${want.zh}，收到${got.zh}。${numeric ? '请去掉引号：平台不会悄悄转换。' : value === null ? '没有值时请省略该测点。' : '请按类型发送。'}`,
      en: `${name} is ${want.en}; this is ${got.en}. ${numeric ? 'Take the quotes away: nothing is converted silently.' : value === null ? 'Leave the measurement out when there is no value.' : 'Send it in its type.'}`,
    };
  },
  notFinite: (name: string): Bilingual => ({
    zh: `${name} 的数值太大，双精度数放不下。请检查设备的换算。`,
    en: `${name} is too large for a double-precision number. Check the device's scaling.`,
  }),
  unknownState: (name: string, value: string, states: readonly string[]): Bilingual => ({
    zh: `${name} 的值 ${shown(value)} 不在允许的词里：${states.join('、')}。`,
    en: `${name} is ${shown(value)}, which is not one of its words: ${states.join(', ')}.`,
  }),
  textTooLong: (name: string, length: number, most: number): Bilingual => ({
    zh: `${name} 有 ${length} 个字符，最多 ${most} 个。`,
    en: `${name} has ${length} characters; at most ${most} are kept.`,
  }),
  noConversion: (name: string, detail: string): Bilingual => ({
    zh: `${name} 的单位无法换算（${detail}）。请改正设备注册的单位或燃气种类。`,
    en: `${name} cannot be converted (${detail}). Correct the unit or the gas in the device's registration.`,
  }),
  unknownTopic: (topic: string): Bilingual => ({
    zh: `平台不接收主题 ${shown(topic)}。设备请用 v1/devices/me/telemetry 或 attributes，网关请用 v1/gateway/telemetry。`,
    en: `Topic ${shown(topic)} is not taken here. Devices use v1/devices/me/telemetry or attributes, gateways v1/gateway/telemetry.`,
  }),
  sparkplug: (): Bilingual => ({
    zh: '没有配置 Sparkplug B：请写映射文件（设置 YANSHAO_SPARKPLUG_MAPPING），或用 v1/devices/me/telemetry 发送 JSON。',
    en: 'Sparkplug B is not configured: write a mapping file (setting YANSHAO_SPARKPLUG_MAPPING), or send JSON to v1/devices/me/telemetry.',
  }),
  tooFast: (messages: number, bytes: number): Bilingual => ({
    zh: `发送过快：每秒最多 ${messages} 条消息、${Math.round(bytes / 1024)} KB。没有丢失任何消息，平台只是放慢读取；请降低频率或合并上报。`,
    en: `Sent faster than it may: at most ${messages} messages and ${Math.round(bytes / 1024)} KB a second. Nothing is lost, it is read more slowly; send less often, or several readings in one message.`,
  }),
  tooLarge: (size: number, most: number): Bilingual => ({
    zh: `数据包有 ${size} 字节，最多 ${most} 字节；消息已确认但未保留（只留开头）。请分成较小的消息发送。`,
    en: `The packet has ${size} bytes, at most ${most} are taken; it was acknowledged and, but for its beginning, not kept. Send smaller messages.`,
  }),
  protobuf: (topic: string): Bilingual => ({
    zh: `${shown(topic)} 是 Protobuf 主题：解码需要 ThingsBoard 设备配置中的模式，本平台没有。请改发 JSON，例如 v2/t/j 或 v1/devices/me/telemetry。`,
    en: `${shown(topic)} carries Protobuf, which cannot be read without the schema of a ThingsBoard device profile. Send JSON instead, to v2/t/j or v1/devices/me/telemetry.`,
  }),
  firmware: (topic: string): Bilingual => ({
    zh: `平台不分发固件或软件，${shown(topic)} 不会有回答。请用厂家自己的渠道升级；固件版本可作为属性上报。`,
    en: `The platform hands out no firmware or software; nothing answers ${shown(topic)}. Update by the vendor's own means, and report the version as an attribute.`,
  }),
  provisioning: (topic: string): Bilingual => ({
    zh: `设备不能自行注册（${shown(topic)}）。请由平台人员登记设备并发放令牌（yanshao device add）。`,
    en: `A device does not register itself (${shown(topic)}). Have it registered and given a token: yanshao device add.`,
  }),
  noSuchCall: (method: string | undefined): Bilingual => ({
    zh: `平台只读，不执行设备发起的调用${method === undefined ? '' : ` ${shown(method)}`}；只回答 getSessionLimits。读数请发到 v1/devices/me/telemetry。`,
    en: `The platform is read-only and runs no call of a device${method === undefined ? '' : ` (${shown(method)})`}; it answers getSessionLimits only. Send readings to v1/devices/me/telemetry.`,
  }),
  notAQuestion: (example: string): Bilingual => ({
    zh: `属性请求读不懂。请发送例如 ${example}。`,
    en: `The attribute request cannot be read. Send something like ${example}.`,
  }),
  badReceiptNumber: (topic: string): Bilingual => ({
    zh: `${shown(topic)} 末尾应为不小于 0 的整数（回执编号）。`,
    en: `${shown(topic)} ends in something else than a whole number from 0, the number of the receipt.`,
  }),
  oursToSend: (topic: string): Bilingual => ({
    zh: `${shown(topic)} 由平台发送，设备只能订阅。`,
    en: `${shown(topic)} is what the platform sends on; a client subscribes to it.`,
  }),
  notAGateway: (id: string): Bilingual => ({
    zh: `${word(id)} 没有登记为网关，不能使用 v1/gateway/… 主题。`,
    en: `${word(id)} is not registered as a gateway and cannot use the topics v1/gateway/….`,
  }),
  notAnEvent: (detail: string, value: unknown): Bilingual => ({
    zh: `网关事件读不懂：${detail}（收到 ${shown(value)}）。应为 [{"alarm": "<设备>/<规则>/<起始毫秒>", "device", "rule", "since", "raisedAt", "returnedAt", "value", "toldAt"}] 或 [{"condition", "active", "at", "facts"}]。`,
    en: `The gateway's event cannot be read: ${detail} (it is ${shown(value)}). Send [{"alarm": "<device>/<rule>/<since>", "device", "rule", "since", "raisedAt", "returnedAt", "value", "toldAt"}] or [{"condition", "active", "at", "facts"}].`,
  }),
  andMore: (reason: Bilingual, count: number): Bilingual => ({
    zh: `${reason.zh}（本条消息中此类共 ${count} 处）`,
    en: `${reason.en} (${count} of this kind in the message)`,
  }),
};
