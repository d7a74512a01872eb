import { describe, expect, it } from 'vitest';
import type { RuleEdit } from '../contract/command.ts';
import { editRule, editStandards, withVersion } from './edit-standards.ts';
import { itemsOf } from './items-of.ts';
import { loadCity, standardsOptions } from './load-city.ts';
import { parseStandards } from './parse-standards.ts';
import { standardsChanges } from './standards-diff.ts';

const cities = new URL('../../cities', import.meta.url).pathname;
const hengyang = await loadCity(cities, 'hengyang');
const { city, text } = await loadCity(cities, 'linglan');
const catalogue = text!.catalogue;

/** Lines that differ, before and after. */
function changedLines(before: string, after: string): { gone: string[]; come: string[] } {
  const [a, b] = [before.split('\n'), after.split('\n')];
  return {
    gone: a.filter((line) => !b.includes(line)).map((line) => line.trim()),
    come: b.filter((line) => !a.includes(line)).map((line) => line.trim()),
  };
}
const edited = (item: string, rule: string, set: RuleEdit) => editRule(catalogue, item, rule, set)!;

describe('an edited catalogue', () => {
  it('changes the one line of the limit, and keeps every comment', () => {
    const after = edited('H01-01', 'leak-1', { limit: { value: 18, unit: '%{LEL}' } });
    expect(changedLines(catalogue, after)).toEqual({
      gone: ["limit: { value: 20, unit: '%{LEL}' }"],
      come: ["limit: { value: 18, unit: '%{LEL}' }"],
    });
    expect(after.match(/#.*/g)).toEqual(catalogue.match(/#.*/g));
    expect(after.split('\n')).toHaveLength(catalogue.split('\n').length);
  });

  it('gets a line where a figure was not there, and loses one where it is taken away', () => {
    const more = edited('Q02-02', 'bin-fire', { onDelayS: 5 });
    expect(changedLines(catalogue, more)).toEqual({ gone: [], come: ['onDelayS: 5'] });
    const less = edited('H01-02', 'outlet-high', { deadband: null });
    expect(changedLines(catalogue, less)).toEqual({ gone: ['deadband: { expr: 0.02 * span, unit: kPa }'], come: [] });
  });

  it('says exactly that when it is compared', () => {
    const after = {
      ...text!,
      catalogue: withVersion(edited('H01-01', 'leak-2', { limit: { value: 40, unit: '%{LEL}' } }), '1.2'),
    };
    const [a, b] = [text!, after].map((one) => parseStandards(one, standardsOptions(city)));
    if (!a || !b || 'faults' in a || 'faults' in b) throw new Error('they do not hold');
    expect(
      standardsChanges(a.standards, b.standards).map(({ where, field, urgent }) => `${where} ${field} ${urgent}`),
    ).toEqual(['H01-01.leak-2 limit true', 'catalogue version false']);
  });

  it.each(
    itemsOf(hengyang.catalogue).flatMap(({ code, rules }) => rules.slice(0, 1).map(({ id }) => [code, id] as const)),
  )('finds %s.%s in the first city too', (code, id) => {
    const whole = hengyang.text!.catalogue;
    const { gone, come } = changedLines(whole, editRule(whole, code, id, { priority: 'P3' })!);
    expect(gone.length + come.length).toBeLessThanOrEqual(2);
  });

  it('is refused for a rule that is not there', () => {
    const asked = { item: 'H01-01', rule: 'nothing', set: { onDelayS: 1 } };
    expect(editStandards(text!, asked)).toMatchObject({ refused: { code: 'unknown-rule' } });
    expect(editStandards(text!, { ...asked, overlay: 'nowhere' })).toMatchObject({
      refused: { code: 'unknown-overlay' },
    });
  });

  it('may be an overlay, which then says more than it did', () => {
    const set: RuleEdit = { limit: { value: 30, unit: '%{LEL}' } };
    const after = editStandards(text!, { item: 'H01-01', rule: 'leak-2', set, overlay: 'harbour-pilot' });
    if ('refused' in after) throw new Error(after.refused.en);
    const parsed = parseStandards(after.text, standardsOptions(city));
    if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
    expect(after.text.overlays[0]!.text).toContain('# A pilot of the invented city');
    expect(parsed.standards.overlays[0]!.changes[0]).toMatchObject({
      rules: { 'leak-1': { limit: { value: 15 } }, 'leak-2': { limit: { value: 30 } } },
    });
  });
});
