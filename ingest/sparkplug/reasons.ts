import type { Bilingual } from '../../devices/model/device-type.ts';
import type { ListReason } from './edge-node.ts';

/** A foreign name as it may stand in a sentence. */
const word = (name: string): string => (name.length > 80 ? `${name.slice(0, 77)}…` : name);

/** What is said of Sparkplug messages and metrics that are not taken, or taken with a doubt. */
export const reasons = {
  notSparkplug: (topic: string): Bilingual => ({
    zh: `主题 ${word(topic)} 不是 Sparkplug B 的形式：spBv1.0/<组>/<消息类型>/<边缘节点>[/<设备>]。`,
    en: `Topic ${word(topic)} has not the form of Sparkplug B: spBv1.0/<group>/<message type>/<edge node>[/<device>].`,
  }),
  notPayload: (detail: string): Bilingual => ({
    zh: `不是 Sparkplug B 负载（${detail}）。请按 sparkplug_b.proto 编码。`,
    en: `Not a Sparkplug B payload (${detail}). Encode it by sparkplug_b.proto.`,
  }),
  unmappedNode: (group: string, node: string): Bilingual => ({
    zh: `映射文件里没有边缘节点 ${word(group)}/${word(node)}。请在 nodes 下加一条。`,
    en: `The mapping file has no edge node ${word(group)}/${word(node)}. Add it under nodes.`,
  }),
  unmappedDevice: (node: string, device: string): Bilingual => ({
    zh: `映射文件里 ${word(node)} 之下没有设备 ${word(device)}。请在该节点的 devices 下加一条。`,
    en: `The mapping file has no device ${word(device)} under ${word(node)}. Add it to that node's devices.`,
  }),
  unmappedMetric: (name: string): Bilingual => ({
    zh: `映射文件里没有 metric “${word(name)}”。请把它映射到一个测点，或不再发送。每次出生证明只记一次，之后只计数。`,
    en: `The mapping file has no metric "${word(name)}". Map it to a measurement, or stop sending it. Told once a birth and counted from then on.`,
  }),
  undefinedMetric: (name: string): Bilingual => ({
    zh: `出生证明里没有 metric ${word(name)}。已请求重新出生（Rebirth）。`,
    en: `The birth certificate has no metric ${word(name)}. A rebirth was requested.`,
  }),
  otherMeaning: (name: string): Bilingual => ({
    zh: `metric ${word(name)} 的别名在新的出生证明里另有所指（或之前未曾定义），不能当读数。`,
    en: `The alias of metric ${word(name)} means something else in the new birth certificate (or was not defined before): it cannot be read.`,
  }),
  notTaken: (name: string, detail: string): Bilingual => ({
    zh: `metric “${word(name)}”不能当读数：${detail}。`,
    en: `Metric "${word(name)}" cannot be a reading: ${detail}.`,
  }),
  noDevice: (name: string, device: string): Bilingual => ({
    zh: `metric “${word(name)}”映射到设备 ${device}，但它未登记。请先登记。`,
    en: `Metric "${word(name)}" is mapped to device ${device}, which is not registered. Register it.`,
  }),
  notBehind: (device: string, gateway: string): Bilingual => ({
    zh: `设备 ${device} 没有登记在网关 ${gateway} 之下。请改正登记或映射。`,
    en: `Device ${device} is not registered behind gateway ${gateway}. Correct its registration or the mapping.`,
  }),
  noMeasurement: (measurement: string, type: string): Bilingual => ({
    zh: `类型 ${type} 没有测点 ${measurement}。请改正映射。`,
    en: `Type ${type} has no measurement "${measurement}". Correct the mapping.`,
  }),
  otherKind: (name: string, value: string, kind: string): Bilingual => ({
    zh: `metric “${word(name)}”的值 ${word(value)} 与出生证明的类型不符（应为 ${kind}）。`,
    en: `The value ${word(value)} of metric "${word(name)}" is not of the kind that its birth gave (${kind}).`,
  }),
  notANumber: (name: string): Bilingual => ({
    zh: `metric “${word(name)}”不是数（NaN 或无穷）。没有有效值时请发 is_null，或发最后的值并设 Quality。`,
    en: `Metric "${word(name)}" is NaN or infinite. Without a value send is_null, or the last one with its Quality.`,
  }),
  noWord: (name: string, value: string): Bilingual => ({
    zh: `metric “${word(name)}”的值 ${word(value)} 不在映射的 words 里。`,
    en: `The value ${word(value)} of metric "${word(name)}" is not among the words of its mapping.`,
  }),
  otherUnit: (name: string, text: string, unit: string): Bilingual => ({
    zh: `metric “${word(name)}”的 engUnit 是“${word(text)}”，映射文件说是 ${unit}。读数按映射保留，质量降为可疑。`,
    en: `engUnit of metric "${word(name)}" says "${word(text)}", the mapping says ${unit}. Readings are kept as mapped, with uncertain quality.`,
  }),
  foreignNode: (group: string, node: string, client: string): Bilingual => ({
    zh: `边缘节点 ${word(group)}/${word(node)} 没有映射到网关 ${client}，${client} 不能代它发言。`,
    en: `Edge node ${word(group)}/${word(node)} is not mapped to gateway ${client}, which cannot speak for it.`,
  }),
  listed: (why: ListReason): Bilingual => listed[why],
};

const listed: Readonly<Record<ListReason, Bilingual>> = {
  'before-birth': {
    zh: '出生证明之前的数据：别名无法解释，已请求重新出生。',
    en: 'Data from before the birth certificate: its aliases cannot be explained. A rebirth was requested.',
  },
  'too-many-devices': {
    zh: '这个边缘节点的设备太多（上限 2000），这一台没有接收。请分到几个边缘节点。',
    en: 'This edge node has too many devices (at most 2000); this one is not taken. Spread them over several edge nodes.',
  },
  'too-many-waiting': {
    zh: '等待出生证明的消息太多，这一条没有再等。已请求重新出生。',
    en: 'Too many messages wait for a birth certificate; this one waits no longer. A rebirth was requested.',
  },
  'no-birth-came': {
    zh: '等了五分钟，没有等到能解释这条数据的出生证明。',
    en: 'No birth certificate that explains this message came within five minutes.',
  },
  'no-sequence': {
    zh: '消息没有 0 到 255 的序号（seq），无法排序。已请求重新出生。',
    en: 'The message has no sequence number from 0 to 255 and cannot be put in order. A rebirth was requested.',
  },
};
