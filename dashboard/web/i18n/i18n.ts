import type { Bilingual } from '../../../devices/model/device-type.ts';
import type { ApiProblem } from '../api/client.ts';
import { type Language, usePrefs } from '../frame/prefs.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

export type TextKey = keyof typeof zh;
const dictionaries: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = { zh, en };

/** The text of a key with its `{places}` filled. */
export function textOf(
  language: Language,
  key: TextKey,
  places: Readonly<Record<string, string | number>> = {},
): string {
  return dictionaries[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(places[name] ?? whole));
}

export interface Texts {
  readonly language: Language;
  (key: TextKey, places?: Readonly<Record<string, string | number>>): string;
  /** The side of a two-language text that this page shows. */
  pick(text: Bilingual): string;
  problem(problem: Pick<ApiProblem, 'zh' | 'en'>): string;
}

/** Texts in the page's language; components that use it draw anew when the language changes. */
export function useTexts(): Texts {
  return textsIn(usePrefs((prefs) => prefs.language));
}

const made = new Map<Language, Texts>();
export function textsIn(language: Language): Texts {
  const known = made.get(language);
  if (known) return known;
  const texts = Object.assign(
    (key: TextKey, places?: Readonly<Record<string, string | number>>) => textOf(language, key, places),
    {
      language,
      pick: (text: Bilingual) => text[language],
      problem: (problem: Pick<ApiProblem, 'zh' | 'en'>) => problem[language],
    },
  );
  made.set(language, texts);
  return texts;
}
