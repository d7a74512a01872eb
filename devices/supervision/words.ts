import type { CallIn } from '../contract/score.ts';
import type { Measure } from '../contract/supervision.ts';
import type { Bilingual } from '../model/device-type.ts';

/** A value as people read it: `93.4 %`, `12`, `4 min 10 s`; an em dash where nothing was observed. */
export function valueText({ kind }: Pick<Measure, 'kind'>, value: number | null): string {
  if (value === null) return '—';
  switch (kind) {
    case 'overdue':
    case 'returns':
      return String(Math.round(value * 10) / 10);
    case 'satisfaction':
      return value.toFixed(2);
    case 'scores':
      return value.toFixed(1);
    case 'ack-time':
      return value < 120 ? `${Math.round(value)} s` : `${(value / 60).toFixed(1)} min`;
    default:
      return `${(100 * value).toFixed(1)} %`;
  }
}

/** Why somebody is called in, by the city's rule. */
export function callInText({ rule, periods }: CallIn): Bilingual {
  const times = periods.length + 1;
  switch (rule.kind) {
    case 'last':
      return rule.places === 1
        ? { zh: `连续 ${times} 期末位`, en: `last place, ${times} in a row` }
        : { zh: `连续 ${times} 期列末 ${rule.places} 位`, en: `among the last ${rule.places}, ${times} in a row` };
    case 'below':
      return { zh: `连续 ${times} 期低于 ${rule.score} 分`, en: `under ${rule.score} points, ${times} in a row` };
    case 'unranked':
      return { zh: `连续 ${times} 期因覆盖不足未排名`, en: `too little observed to be ranked, ${times} in a row` };
  }
}
