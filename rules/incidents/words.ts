import type { IncidentEvidence } from '../../devices/contract/incident.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import type { Link } from './link.ts';

/** What an incident's history says, in both languages. */

const metres = (m: number): string => `${Math.round(m)} m`;

const tie: Readonly<Record<Link['by'], (link: Link) => Bilingual>> = {
  device: () => ({ zh: '同一台设备的另一级报警', en: 'another level of the same device' }),
  site: () => ({ zh: '同一场所', en: 'at the same site' }),
  pipe: (link) => ({
    zh: `同一管段，相距 ${metres(link.metres)}`,
    en: `on the same pipe, ${metres(link.metres)} apart`,
  }),
  distance: (link) => ({ zh: `相距 ${metres(link.metres)}`, en: `${metres(link.metres)} apart` }),
};

export const opened = (name: string): Bilingual => ({
  zh: `${name} 首先报警`,
  en: `${name} was the first to alarm`,
});

export function joined(name: string, link: Link, partner: string): Bilingual {
  const why = tie[link.by](link);
  return { zh: `${name} 并入：与 ${partner} ${why.zh}`, en: `${name} joined: ${why.en} (${partner})` };
}

export function merged(name: string, link: Link, into: string): Bilingual {
  const why = tie[link.by](link);
  return {
    zh: `因 ${name}（${why.zh}）并入 ${into} 的事件`,
    en: `taken into the incident of ${into}, because of ${name} (${why.en})`,
  };
}

export function tookIn(name: string, from: string, count: number): Bilingual {
  return {
    zh: `因 ${name}，并入 ${from} 的事件（${count} 条报警）`,
    en: `took in the incident of ${from} (${count} alarms), because of ${name}`,
  };
}

const minutes = (ms: number): number => Math.round(ms / 60_000);

export function apart(name: string, other: string, laterMs: number): Bilingual {
  return {
    zh: `${name} 比 ${other} 一侧晚 ${minutes(laterMs)} 分钟，不可能是气体经此扩散：两起事件不合并`,
    en: `${name} came ${minutes(laterMs)} min after the side of ${other}: gas did not pass it on its way, so the two stay apart`,
  };
}

const why: Readonly<Record<string, (detail: string) => Bilingual>> = {
  verdict: () => ({
    zh: '连接两侧的报警经研判不是泄漏',
    en: 'the alarm that joined the two sides was judged to be no leak',
  }),
  returned: (detail) => ({
    zh: `连接两侧的报警恢复并保持正常 ${detail} 分钟，两侧仍在报警`,
    en: `the alarm that joined the two sides returned and stayed good for ${detail} min while both sides stand`,
  }),
  valve: (detail) => ({
    zh: `${detail} 已关闭，仅一侧恢复`,
    en: `${detail} between them is closed and only one side fell`,
  }),
  order: () => ({
    zh: '连接两侧的报警出现过晚，气体不可能经此扩散',
    en: 'the alarm that joined the two sides came too late for gas to have passed it',
  }),
};

/** `detail`: minutes of good readings, or the name of a valve. */
export function splitOff(by: IncidentEvidence, detail: string, name: string, count: number): Bilingual {
  const said = why[by]!(detail);
  return {
    zh: `${name} 一侧（${count} 条报警）分出为另一起事件：${said.zh}`,
    en: `the side of ${name} (${count} alarms) is an incident of its own: ${said.en}`,
  };
}

export function splitFrom(by: IncidentEvidence, detail: string, from: string): Bilingual {
  const said = why[by]!(detail);
  return { zh: `从 ${from} 的事件分出：${said.zh}`, en: `split from the incident of ${from}: ${said.en}` };
}

export const closed: Bilingual = { zh: '全部报警已关闭', en: 'all of its alarms are closed' };

/** Said in the history of an alarm that changed its incident. */
export const moved = (incident: string): string => `now part of ${incident}`;
