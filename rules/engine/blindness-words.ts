import type { Alarm, Blindness } from '../../devices/contract/alarm.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';

/** Kinds of site as people call them. */
const siteKinds: Readonly<Record<string, Bilingual>> = {
  restaurant: { zh: '餐饮场所', en: 'restaurants' },
  school: { zh: '学校', en: 'schools' },
  station: { zh: '站点', en: 'stations' },
  estate: { zh: '小区', en: 'estates' },
  market: { zh: '市场', en: 'markets' },
  plant: { zh: '厂站', en: 'plants' },
  street: { zh: '路段', en: 'streets' },
  demonstration: { zh: '示范点', en: 'demonstration sites' },
  other: { zh: '其他场所', en: 'other sites' },
};

type TitleOf = (deviceType: string) => Bilingual;

/** What follows the reason of an alarm: how many devices are unwatched, whom nobody protects, what is hidden. */
export function blindWords(alarm: Pick<Alarm, 'deviceType'>, blind: Blindness, title: TitleOf): Bilingual {
  const parts = [
    // A device that is silent alone has said already which one it is.
    ...(blind.devices === 1 && blind.byType[0]?.type === alarm.deviceType ? [] : [devices(blind, title)]),
    ...(blind.unprotected.length === 0 ? [] : [unprotected(blind)]),
    ...(blind.hidden === 0
      ? []
      : [{ zh: `代为抑制 ${blind.hidden} 条报警`, en: `${blind.hidden} alarms are hidden behind it` }]),
  ];
  return { zh: parts.map(({ zh }) => `；${zh}`).join(''), en: parts.map(({ en }) => `; ${en}`).join('') };
}

function devices({ devices, byType }: Blindness, title: TitleOf): Bilingual {
  if (devices === 0) return { zh: '其后没有登记设备', en: 'no device stands behind it' };
  const zh = byType.map(({ type, count }) => `${title(type).zh} ${count} 台`).join('、');
  const en = byType.map(({ type, count }) => `${count} × ${title(type).en}`).join(', ');
  return { zh: `${devices} 台设备失去监测：${zh}`, en: `${devices} devices are unwatched: ${en}` };
}

function unprotected({ unprotected }: Blindness): Bilingual {
  const word = (kind: string): Bilingual => siteKinds[kind] ?? { zh: kind, en: kind };
  const zh = unprotected.map(({ kind, count }) => `${word(kind).zh} ${count} 处`).join('、');
  const en = unprotected.map(({ kind, count }) => `${word(kind).en} ${count}`).join(', ');
  return { zh: `无人看护：${zh}`, en: `unprotected: ${en}` };
}

/** The alarm's reason without what was said of its blindness so far. */
export function withoutWords(alarm: Pick<Alarm, 'explanation' | 'blind' | 'deviceType'>, title: TitleOf): Bilingual {
  const { explanation, blind } = alarm;
  if (!blind) return explanation;
  const said = blindWords(alarm, blind, title);
  const cut = (text: string, end: string) => (text.endsWith(end) ? text.slice(0, text.length - end.length) : text);
  return { zh: cut(explanation.zh, said.zh), en: cut(explanation.en, said.en) };
}
