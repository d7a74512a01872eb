import type { Bilingual } from '../../devices/model/device-type.ts';

/** What is left of a delay, to the second: `9 分 24 秒`, `2 小时 5 分`. */
export function countdown(ms: number): Bilingual {
  const seconds = Math.ceil(ms / 1000);
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  if (h > 0) return { zh: `${h} 小时 ${min} 分`, en: `${h} h ${min} min` };
  if (min > 0) return { zh: `${min} 分 ${s} 秒`, en: `${min} min ${s} s` };
  return { zh: `${s} 秒`, en: `${s} s` };
}
