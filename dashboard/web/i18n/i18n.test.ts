import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { textOf } from './i18n.ts';
import { zh } from './zh.ts';

const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

describe('the two languages', () => {
  it('have the same keys', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });

  it('are filled everywhere, with the same places', () => {
    const keys = Object.keys(zh) as (keyof typeof zh)[];
    const wrong = keys.filter(
      (key) => !zh[key].trim() || !en[key].trim() || places(en[key]).join() !== places(zh[key]).join(),
    );
    expect(wrong).toEqual([]);
  });

  it('leave no Chinese in the English text', () => {
    const left = Object.entries(en).filter(([, text]) => /\p{Script=Han}/u.test(text));
    expect(left).toEqual([]);
  });

  it('fill their places', () => {
    expect(textOf('en', 'alarms.waiting', { n: 3 })).toBe('+3 new alarms');
    expect(textOf('zh', 'alarms.waiting', { n: 3 })).toBe('+3 新告警');
  });
});
