import type { Bilingual } from '../../devices/model/device-type.ts';
import { GOOD } from '../../devices/model/quality.ts';
import { platformClause } from '../standards/compile.ts';
import { deadlinesOf } from '../standards/deadlines.ts';
import { spanText } from '../standards/words.ts';
import type { AlarmFacts, Subject } from './build-alarm.ts';
import type { Core } from './core.ts';

/** The platform's own alarms: what they are called and how they explain themselves. */
export const pathBlind = { rule: 'platform.path-blind', title: { zh: '监测通路中断', en: 'Path blind' } } as const;
export const gatewayDown = { rule: 'platform.gateway-down', title: { zh: '网关断开', en: 'Gateway down' } } as const;
export const journalGap = { rule: 'platform.journal-gap', title: { zh: '日志缺口', en: 'Journal gap' } } as const;
/** Device id of alarms that stand at no device. */
export const PLATFORM = 'platform';

/** For how long nothing at all could be judged. */
export function explainBlindness(ms: number): Bilingual {
  const span = spanText(ms);
  return {
    zh: `平台 ${span.zh}没有收到任何数据，期间未做任何判定；各设备的失联计时已顺延`,
    en: `nothing reached the platform for ${span.en}: nothing was judged meanwhile, and no device is called silent for it`,
  };
}

/** Why the alarm of a gateway stands; what it leaves unwatched follows from the count. */
export const explainGatewayDown = (name: string): Bilingual => ({
  zh: `网关 ${name} 断开`,
  en: `gateway ${name} is down`,
});

export const explainAllDown = (count: number): Bilingual => ({
  zh: `全部 ${count} 个网关断开`,
  en: `all ${count} gateways are down`,
});

/** The journal no longer held what had not been judged. */
export const explainJournalGap = (after: number, oldest: number): Bilingual => ({
  zh: `日志第 ${after} 至 ${oldest} 块之间的数据在判定前已被清除，从最早可读处继续`,
  en: `entries between blocks ${after} and ${oldest} of the journal were freed before they were judged; going on from the oldest kept`,
});

/** The middle of the city's map: where things are that stand nowhere. */
export const centre = (core: Core): { lon: number; lat: number } => ({
  lon: core.parts.city.map.center[0],
  lat: core.parts.city.map.center[1],
});

/** The platform as the subject of an alarm, called by what is wrong. */
export const platformSubject = (core: Core, title: Bilingual): Subject => ({
  device: PLATFORM,
  deviceName: title.zh,
  deviceType: PLATFORM,
  site: null,
  siteName: null,
  area: null,
  ...centre(core),
  demo: false,
});

/** What the platform says of itself or of a gateway: no value, no limit, no clause of the city. */
export function ownFacts(
  { parts, zone }: Core,
  said: Pick<AlarmFacts, 'rule' | 'priority' | 'since' | 'raisedAt' | 'explanation'> & { readonly title: Bilingual },
): AlarmFacts {
  const { title, ...facts } = said;
  return {
    ...facts,
    measurement: '',
    clause: platformClause(title, parts.version, parts.city.platformDepartment),
    value: null,
    lastAt: null,
    quality: GOOD,
    doubts: [],
    op: null,
    limit: null,
    unit: '',
    deadlines: deadlinesOf(null, said.priority, said.raisedAt, parts.city, zone),
  };
}
