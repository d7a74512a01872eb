import type { During } from '../contract/catalogue.ts';
import type { Bilingual } from '../model/device-type.ts';

const daysZh = ['一', '二', '三', '四', '五', '六', '日'];
const daysEn = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const kinds = {
  working: { zh: '工作日', en: 'working days' },
  off: { zh: '休息日', en: 'days off' },
  dark: { zh: '天黑', en: 'dark' },
  light: { zh: '天亮', en: 'daylight' },
} as const;

/** When a rule speaks, in words: `22:00–06:00，工作日` / `22:00–06:00, working days`. */
export function duringText({ between, days, dayKind, sun, season }: During): Bilingual {
  const parts: Bilingual[] = [];
  if (season) parts.push({ zh: season, en: `season ${season}` });
  if (days) {
    parts.push({
      zh: `周${days.map((day) => daysZh[day - 1]).join('、')}`,
      en: days.map((day) => daysEn[day - 1]).join(', '),
    });
  }
  if (dayKind) parts.push(kinds[dayKind]);
  if (between) parts.push({ zh: between.join('–'), en: between.join('–') });
  if (sun) parts.push(kinds[sun]);
  return { zh: parts.map(({ zh }) => zh).join('，'), en: parts.map(({ en }) => en).join(', ') };
}
