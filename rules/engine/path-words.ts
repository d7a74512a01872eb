import { heartbeatStages } from '../../devices/contract/heartbeat.ts';
import { spanText } from '../standards/words.ts';
import { type ConditionWords, shown } from './condition-text.ts';

const span = (seconds: number | string | undefined) => spanText((typeof seconds === 'number' ? seconds : 0) * 1000);
const high = () => 'P2' as const;

/** The conditions of the way from an alarm to a person. */
export const pathWords: Readonly<
  Record<'seat-unstaffed' | 'alarm-path-silent' | 'channel-stuck' | 'nobody-reachable', ConditionWords>
> = {
  'seat-unstaffed': {
    title: { zh: '席位无人值守', en: 'Seat without a watch' },
    priority: ({ safety }) => (safety ? 'P1' : 'P2'),
    explain({ pages, graceS }, name, nameEn = name) {
      const since = span(graceS);
      return pages === 0
        ? {
            zh: `${name}已超过 ${since.zh}没有打开的值守页面：报警在此无人看见、无人听见，改按通知阶梯呼叫值班人员`,
            en: `no page has watched ${nameEn} for more than ${since.en}: nobody there sees or hears an alarm; those on duty are called by the ladder`,
          }
        : {
            zh: `${name}已超过 ${since.zh}只有声音未开启的页面（${shown(pages)} 个）：报警在此不会响铃，改按通知阶梯呼叫值班人员`,
            en: `for more than ${since.en} every page that watches ${nameEn} (${shown(pages)}) has its sound locked: no alarm rings there; those on duty are called by the ladder`,
          };
    },
  },
  'alarm-path-silent': {
    title: { zh: '报警通路中断', en: 'Alarm path silent' },
    priority: () => 'P1',
    explain({ stage, seconds, why }) {
      const silent = span(seconds);
      const at = heartbeatStages[stage as keyof typeof heartbeatStages] ?? { zh: shown(stage), en: shown(stage) };
      const because = why === undefined ? '' : shown(why);
      return {
        zh: `报警通路心跳已 ${silent.zh}没有走完一圈，停在“${at.zh}”：真实报警很可能也到不了人${because && `（${because}）`}`,
        en: `the heartbeat of the alarm path has not come round for ${silent.en}; it stopped at "${at.en}": a real alarm most likely reaches nobody either${because && ` (${because})`}`,
      };
    },
  },
  'channel-stuck': {
    title: { zh: '通知渠道不通', en: 'Channel stuck' },
    priority: high,
    explain({ reason, failures, waiting, oldestS, shutS }, name) {
      const why = shown(reason ?? (waiting === undefined ? undefined : `${waiting}`));
      if (waiting !== undefined) {
        const oldest = span(oldestS);
        return {
          zh: `${name}：${shown(waiting)} 条通知在等待发出，最早的已等 ${oldest.zh}；其余渠道照常`,
          en: `${name}: ${shown(waiting)} notices wait to leave, the oldest for ${oldest.en}; the other channels go on`,
        };
      }
      if (shutS !== undefined) {
        const shut = span(shutS);
        return {
          zh: `${name}：对方 ${shut.zh}内不再接收（${why}）；其余渠道照常`,
          en: `${name}: the far side takes nothing for ${shut.en} (${why}); the other channels go on`,
        };
      }
      return {
        zh: `${name}：连续失败 ${shown(failures)} 次（${why}）；仍在重试，其余渠道照常`,
        en: `${name}: failed ${shown(failures)} times in a row (${why}); it is tried on, the other channels go on`,
      };
    },
  },
  'nobody-reachable': {
    title: { zh: '通知无人可达', en: 'Nobody can be reached' },
    priority: high,
    explain: ({ notices }) => ({
      zh: `${shown(notices)} 条通知没有任何可用的联系方式：请在责任清单中为值班人员登记渠道，或打开值守页面`,
      en: `${shown(notices)} notices have no address that works: register channels for those on duty in the duty list, or open a page at the seat`,
    }),
  },
};
