import type { Bilingual } from '../../devices/model/device-type.ts';
import { unitText } from '../../devices/model/units.ts';

/** Comparisons as people write them. */
export const signs: Readonly<Record<string, string>> = {
  '>': '>',
  '>=': '≥',
  '<': '<',
  '<=': '≤',
  '==': '=',
  '!=': '≠',
};

/** At most four significant digits, without trailing zeros: `46`, `3.142`, `0.0123`. */
export const numberText = (value: number): string =>
  Math.abs(value) >= 10_000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));

/** A number with its unit: `46 %LEL`, `2.31 MPa`, `5`. */
export const quantityText = (value: number, unit: string, language: 'zh' | 'en' = 'en'): string => {
  const perMinute = unit.endsWith('/min') && unit !== 'L/min';
  const text = perMinute ? `${unitText(unit.slice(0, -4))}/min` : unitText(unit, language);
  return text === '' ? numberText(value) : `${numberText(value)} ${text}`;
};

/** A duration in words: `15 分钟`, `6 小时`. */
export function spanText(ms: number): Bilingual {
  const minutes = ms / 60_000;
  if (minutes >= 120) return { zh: `${numberText(minutes / 60)} 小时`, en: `${numberText(minutes / 60)} h` };
  if (minutes >= 1) return { zh: `${numberText(minutes)} 分钟`, en: `${numberText(minutes)} min` };
  return { zh: `${numberText(ms / 1000)} 秒`, en: `${numberText(ms / 1000)} s` };
}
