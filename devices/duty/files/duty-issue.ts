import type { z } from 'zod';
import type { Bilingual } from '../../model/device-type.ts';
import { suggestion } from '../../registry/did-you-mean.ts';

/** What the schema of a record of responsibility says of a value, in words for whoever wrote it. */
export function dutyIssueWords(issue: z.core.$ZodIssue, value: unknown): Bilingual {
  if (value === undefined && issue.code !== 'custom') return { zh: '不能为空', en: 'it must be given' };
  switch (issue.code) {
    case 'invalid_value': {
      const choices = issue.values.map(String);
      const meant = suggestion(String(value), choices);
      return {
        zh: `须为其中之一：${choices.join('、')}${meant.zh}`,
        en: `must be one of ${choices.join(', ')}${meant.en}`,
      };
    }
    case 'invalid_format':
      return formats[issue.format] ?? { zh: `格式不对：${issue.message}`, en: issue.message };
    case 'invalid_union':
      return formats.dayOrMoment as Bilingual;
    case 'too_small':
      return { zh: '太短或太少', en: `is too short or too few: at least ${issue.minimum}` };
    case 'too_big':
      return { zh: `太长或太多：至多 ${issue.maximum}`, en: `is too long or too many: at most ${issue.maximum}` };
    case 'unrecognized_keys':
      return {
        zh: `没有这些字段：${issue.keys.join('、')}`,
        en: `there are no such fields: ${issue.keys.join(', ')}`,
      };
    case 'custom':
      return { zh: String(issue.params?.zh ?? issue.message), en: issue.message };
    default:
      return { zh: `格式不对：${issue.message}`, en: issue.message };
  }
}

const formats: Readonly<Record<string, Bilingual>> = {
  date: { zh: '须为真实日期，格式 2026-12-05', en: 'must be a real date, 2026-12-05' },
  regex: {
    zh: '格式不对：编号只含字母、数字和 - _ .（不超过 64 个）；时刻写作 06:00',
    en: 'an id has letters, digits and - _ . only, at most 64; a time of day is written 06:00',
  },
  dayOrMoment: {
    zh: '须为日期 2026-12-05，或时刻 2026-12-05T14:00',
    en: 'must be a date, 2026-12-05, or a moment, 2026-12-05T14:00',
  },
};
