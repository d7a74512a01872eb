import type { IncidentEvidence } from '../../devices/contract/incident.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import type { Link } from './link.ts';

/** What an incident's history says, in both languages. */

/** Something with a name, in English where it has one. */
export interface Named {
  readonly name: string;
  readonly nameEn: string | null;
}
const en = ({ name, nameEn }: Named): string => nameEn ?? name;

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

export const opened = (of: Named): Bilingual => ({
  zh: `${of.name} 首先报警`,
  en: `${en(of)} was the first to alarm`,
});

export function joined(of: Named, link: Link, partner: Named): Bilingual {
  const why = tie[link.by](link);
  return { zh: `${of.name} 并入：与 ${partner.name} ${why.zh}`, en: `${en(of)} joined: ${why.en} (${en(partner)})` };
}

export function merged(of: Named, link: Link, into: Named): Bilingual {
  const why = tie[link.by](link);
  return {
    zh: `因 ${of.name}（${why.zh}）并入 ${into.name} 的事件`,
    en: `taken into the incident of ${en(into)}, because of ${en(of)} (${why.en})`,
  };
}

export function tookIn(of: Named, from: Named, count: number): Bilingual {
  return {
    zh: `因 ${of.name}，并入 ${from.name} 的事件（${count} 条报警）`,
    en: `took in the incident of ${en(from)} (${count} alarms), because of ${en(of)}`,
  };
}

const minutes = (ms: number): number => Math.round(ms / 60_000);

export function apart(of: Named, other: Named, laterMs: number): Bilingual {
  return {
    zh: `${of.name} 比 ${other.name} 一侧晚 ${minutes(laterMs)} 分钟，不可能是气体经此扩散：两起事件不合并`,
    en: `${en(of)} came ${minutes(laterMs)} min after the side of ${en(other)}: gas did not pass it on its way, so the two stay apart`,
  };
}

const why: Readonly<Record<string, (detail: Named) => Bilingual>> = {
  verdict: () => ({
    zh: '连接两侧的报警经研判不是泄漏',
    en: 'the alarm that joined the two sides was judged to be no leak',
  }),
  returned: (detail) => ({
    zh: `连接两侧的报警恢复并保持正常 ${detail.name} 分钟，两侧仍在报警`,
    en: `the alarm that joined the two sides returned and stayed good for ${detail.name} min while both sides stand`,
  }),
  valve: (detail) => ({
    zh: `${detail.name} 已关闭，仅一侧恢复`,
    en: `${en(detail)} between them is closed and only one side fell`,
  }),
  order: () => ({
    zh: '连接两侧的报警出现过晚，气体不可能经此扩散',
    en: 'the alarm that joined the two sides came too late for gas to have passed it',
  }),
};

/** `detail` is named for its minutes of good readings, or is a valve. */
export function splitOff(by: IncidentEvidence, detail: Named, of: Named, count: number): Bilingual {
  const said = why[by]!(detail);
  return {
    zh: `${of.name} 一侧（${count} 条报警）分出为另一起事件：${said.zh}`,
    en: `the side of ${en(of)} (${count} alarms) is an incident of its own: ${said.en}`,
  };
}

export function splitFrom(by: IncidentEvidence, detail: Named, from: Named): Bilingual {
  const said = why[by]!(detail);
  return { zh: `从 ${from.name} 的事件分出：${said.zh}`, en: `split from the incident of ${en(from)}: ${said.en}` };
}

export const closed: Bilingual = { zh: '全部报警已关闭', en: 'all of its alarms are closed' };

/** Said in the history of an alarm that changed its incident. */
export const moved = (incident: string): string => `now part of ${incident}`;
