import type { Priority } from '../../devices/contract/alarm.ts';
import type { Condition } from '../../devices/contract/entry.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import { spanText } from '../standards/words.ts';
import { type ConditionWords, type Facts, shown } from './condition-text.ts';
import { pathWords } from './path-words.ts';

const high = (): Priority => 'P2';
const medium = (): Priority => 'P3';

const number = (value: number | string | undefined): number => (typeof value === 'number' ? value : 0);

const consumers: Readonly<Record<string, Bilingual>> = {
  store: { zh: '时序库写入', en: 'the writer of the telemetry store' },
  rules: { zh: '规则引擎', en: 'the rules' },
};
const consumer = (value: number | string | undefined): Bilingual =>
  consumers[String(value)] ?? { zh: shown(value), en: shown(value) };

/** All figures, as they were reported. */
const listed = (facts: Facts): string =>
  Object.entries(facts)
    .slice(0, 10)
    .map(([name, value]) => `${name.slice(0, 40)} ${shown(value)}`)
    .join(', ') || '—';

/** A span with its direction: a clock that is ahead, or behind. */
function offBy(seconds: number): Bilingual {
  const span = spanText(Math.abs(seconds) * 1000);
  return seconds >= 0 ? { zh: `快 ${span.zh}`, en: `${span.en} fast` } : { zh: `慢 ${span.zh}`, en: `${span.en} slow` };
}

/** The platform's conditions as alarms. */
export const conditionWords: Readonly<Record<Condition, ConditionWords>> = {
  'journal-filling': {
    title: { zh: '日志将满', en: 'Journal filling' },
    priority: high,
    explain({ percent, megabytes, consumer: slow, behind }) {
      const who = consumer(slow);
      return {
        zh: `日志已用 ${shown(percent)}%（上限 ${shown(megabytes)} MB），最慢的是${who.zh}，落后 ${shown(behind)} 块；次要测点的发送方先等待，P1/P2 测点不受影响`,
        en: `the journal is ${shown(percent)} % full (cap ${shown(megabytes)} MB); the slowest is ${who.en}, ${shown(behind)} blocks behind. Senders of lesser measurements wait first; P1 and P2 go on`,
      };
    },
  },
  'journal-unwritable': {
    title: { zh: '日志无法写入', en: 'Journal cannot be written' },
    priority: high,
    explain({ seconds, text }) {
      const span = spanText(number(seconds) * 1000);
      return {
        zh: `日志有 ${span.zh}无法写入，期间未确认任何消息，由发送方保存并重发：${shown(text)}`,
        en: `the journal could not be written for ${span.en}: nothing was acknowledged meanwhile, senders kept it and send again: ${shown(text)}`,
      };
    },
  },
  'consumer-cut-off': {
    title: { zh: '消费者被切断', en: 'Consumer cut off' },
    priority: high,
    explain({ consumer: who, from, through, blocks, megabytes }) {
      const name = consumer(who);
      return {
        zh: `为使 P1/P2 报警不中断，${name.zh}未读的第 ${shown(from)} 至 ${shown(through)} 块日志（共 ${shown(blocks)} 块，约 ${shown(megabytes)} MB）已放弃：这段数据经过了报警判定，但不在历史曲线中`,
        en: `so that P1 and P2 alarms go on, ${name.en} lost blocks ${shown(from)} to ${shown(through)} of the journal (${shown(blocks)} blocks, about ${shown(megabytes)} MB): those readings were judged for alarms but are missing from the curves`,
      };
    },
  },
  'store-stopped': {
    title: { zh: '时序库停止写入', en: 'Telemetry store stopped' },
    priority: high,
    explain: (facts) => ({
      zh: `时序库需要人工处理后才能继续写入，读数在日志中等待，报警不受影响：${listed(facts)}`,
      en: `the telemetry store takes nothing until a person mends it; readings wait in the journal and alarms go on: ${listed(facts)}`,
    }),
  },
  'series-limit': {
    title: { zh: '时序库序列数接近上限', en: 'Series near their limit' },
    priority: medium,
    explain: (facts) => ({
      zh: `时序库的序列数接近上限：${listed(facts)}`,
      en: `the telemetry store's series near their limit: ${listed(facts)}`,
    }),
  },
  'clock-skew': {
    title: { zh: '时钟不准', en: 'Clock is wrong' },
    priority: ({ platform, safety }) => (platform ? 'P2' : safety ? 'P3' : 'P4'),
    explain(facts, name) {
      if (facts.devices !== undefined) {
        return {
          zh: `已测的 ${shown(facts.measured)} 台设备中有 ${shown(facts.devices)} 台与平台时间不符：多半是平台自己的时钟错了，请检查对时`,
          en: `${shown(facts.devices)} of ${shown(facts.measured)} measured devices disagree with the platform's time: most likely its own clock is wrong; check its time source`,
        };
      }
      if (facts.steppedSeconds !== undefined) {
        const by = offBy(number(facts.steppedSeconds));
        return {
          zh: `平台所在机器的时钟被拨动（${by.zh}）：平台时间照常走，直到设备的时钟或十分钟证实它；请检查对时`,
          en: `the clock of the platform's machine was stepped (it ${by.en}): the platform's time goes on evenly until devices or ten minutes confirm it; check its time source`,
        };
      }
      const off = offBy(number(facts.seconds));
      return {
        zh: `${name} 的时钟${off.zh}（近期读数的中位数）：请为设备对时，否则事件时间不可信`,
        en: `the clock of ${name} is ${off.en} (median of recent readings): set it, or times of events cannot be trusted`,
      };
    },
  },
  'outbox-dropped': {
    title: { zh: '网关缓存已丢弃旧数据', en: 'Gateway outbox dropped old data' },
    priority: medium,
    explain: (facts, name) => ({
      zh: `网关 ${name} 离线过久，缓存超限，已丢弃最旧的读数：${listed(facts)}`,
      en: `gateway ${name} was offline for so long that its outbox let go of its oldest readings: ${listed(facts)}`,
    }),
  },
  ...pathWords,
};
