import { addDays } from '../../kit/local-time.ts';
import type { DutyGap, DutyPlace } from '../contract/duty-answers.ts';
import type { Bilingual } from '../model/device-type.ts';
import { dutyNames } from './duty-words.ts';

/** `14 items have nobody for handling between 00:00 and 06:00 in the north (2026-12-01 to 2026-12-31): G05-14, …`. */
export function gapWords(
  { code, duty, items, places, from, to, dates }: Omit<DutyGap, 'zh' | 'en'>,
  nameOf: (code: string) => Bilingual,
): Bilingual {
  const where = placesWords(places, nameOf);
  const days = datesWords(dates);
  const hours =
    from === to ? { zh: '全天', en: 'at any hour' } : { zh: `${from} 至 ${to}`, en: `between ${from} and ${to}` };
  const name = dutyNames[duty];
  const nobody = code === 'nobody';
  const have = items.length === 1 ? 'item has' : 'items have';
  return {
    zh: `${items.length} 个事项${where.zh}、${hours.zh}（${days.zh}）的${name.zh}${nobody ? '无人负责' : '只有派遣员'}：${listed(items, '、', '等')}`,
    en: `${items.length} ${have} ${nobody ? 'nobody' : 'only the dispatcher'} for ${name.en} ${hours.en} ${where.en} (${days.en}): ${listed(items, ', ', ', …')}`,
  };
}

const SHOWN = 6;
const listed = (items: readonly string[], between: string, more: string): string =>
  items.slice(0, SHOWN).join(between) + (items.length > SHOWN ? more : '');

function placesWords(places: readonly DutyPlace[], nameOf: (code: string) => Bilingual): Bilingual {
  if (places.length === 0) return { zh: '在全市', en: 'in the whole city' };
  const names = places.map(({ area, grid }): Bilingual => {
    if (grid) return { zh: `网格 ${grid}`, en: `grid ${grid}` };
    return area === null ? { zh: '未划区的地方', en: 'places outside all areas' } : nameOf(area);
  });
  return {
    zh: `在${listed(
      names.map(({ zh }) => zh),
      '、',
      ` 等 ${names.length} 处`,
    )}`,
    en: `in ${listed(
      names.map(({ en }) => en),
      ', ',
      ` and ${names.length - SHOWN} more places`,
    )}`,
  };
}

function datesWords(dates: readonly string[]): Bilingual {
  const [first = ''] = dates;
  const last = dates.at(-1) ?? first;
  if (dates.length === 1) return { zh: first, en: first };
  if (addDays(first, dates.length - 1) === last) return { zh: `${first} 至 ${last}`, en: `${first} to ${last}` };
  const some = dates.slice(0, 3);
  const more = dates.length > some.length;
  return {
    zh: `${some.join('、')}${more ? ` 等 ${dates.length} 天` : ''}`,
    en: `${some.join(', ')}${more ? `, ${dates.length} days in all` : ''}`,
  };
}
