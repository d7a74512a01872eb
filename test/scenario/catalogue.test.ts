import { describe, expect, it } from 'vitest';
import { itemsOf } from '../../devices/city/items-of.ts';
import { cityLife } from './catalogue/city-life.ts';
import { deskOver, hengyang, moment, type Worth } from './catalogue/desk.ts';
import type { At, Circumstance, Lived } from './catalogue/duty-log.ts';
import { type Line, overTime } from './catalogue/over-time.ts';
import { publicSafety } from './catalogue/public-safety.ts';

const lived = [...cityLife, ...publicSafety];
const HOUR = 3600;

/** A desk where everything is known that the rule needs. */
function watching(one: Lived, where: Partial<Circumstance> = {}) {
  const at: At = { ...one.at, ...where.at };
  const desk = deskOver(at, where.begins ?? one.begins, where.record);
  const given =
    'because' in where
      ? (where.given ?? (where.begins || where.at || where.record ? one.given : undefined))
      : one.given;
  if (given) desk.reads(given);
  return {
    ...desk,
    passes: (seconds: number) => desk.passTo(desk.now + seconds * 1000),
    shows: () => desk.shows(one.rule),
    settles: () => desk.settles(one.rule),
  };
}

describe.each(lived)('$rule', (one) => {
  const gone = one.latched ? 'latched-unack' : 'rtn-unack';

  it('rings when it must, and not before; stays while it is doubtful or nearly good; returns when it is good', () => {
    const desk = watching(one);
    desk.reads(one.quiet);
    desk.passes(one.ringsAfterS + 5);
    expect(desk.shows()).toBe('quiet');

    desk.reads(one.abnormal);
    if (one.ringsAfterS > 0) {
      desk.passes(one.ringsAfterS - 1);
      expect(desk.shows()).toBe('quiet');
      desk.passes(2);
    }
    expect(desk.shows()).toBe('unack');

    for (const worth of ['bad', 'uncertain'] satisfies Worth[]) {
      desk.reads(one.back, worth);
      desk.passes(one.endsAfterS + 5);
      expect(desk.shows(), `a good value of ${worth} quality`).toBe('unack');
    }
    if (one.still) {
      desk.reads(one.still);
      desk.passes(one.endsAfterS + 5);
      expect(desk.shows()).toBe('unack');
    }
    desk.reads(one.back);
    if (one.endsAfterS > 0) {
      desk.passes(one.endsAfterS - 1);
      expect(desk.shows()).toBe('unack');
      desk.passes(2);
    }
    expect(desk.shows()).toBe(gone);
    desk.settles();
    expect(desk.shows()).toBe('quiet');
  });

  it('stays quiet on a bad reading, and rings on a doubtful one', () => {
    const desk = watching(one);
    desk.reads(one.quiet);
    desk.passes(1);
    desk.reads(one.abnormal, 'bad');
    desk.passes(one.ringsAfterS + 5);
    expect(desk.shows()).toBe('quiet');
    desk.reads(one.abnormal, 'uncertain');
    desk.passes(one.ringsAfterS + 2);
    expect(desk.shows()).toBe('unack');
  });

  it.each(one.unless ?? [])('stays quiet where $because', (where) => {
    const desk = watching(one, where);
    desk.reads(one.abnormal);
    desk.passes(Math.min(one.ringsAfterS + 120, HOUR));
    expect(desk.shows()).toBe('quiet');
  });
});

describe.each(overTime)('$rule: $title', ({ rule, at, beside, lines }) => {
  it('is shown as the log says', () => {
    const [first] = lines;
    const desk = deskOver(at, first![0].split('–')[0]!, undefined, beside);
    for (const [when, what, shows, worth] of lines) {
      for (const time of times(when)) {
        desk.passTo(time);
        if (what) desk.reads(what, worth);
      }
      expect(desk.shows(rule), `at ${when}`).toBe(shows);
    }
  });
});

/** The moments of a line, ms. */
function times(when: Line[0]): number[] {
  const [from, to] = when.split(' every ')[0]!.split('–');
  const everyMs = Number(when.split(' every ')[1] ?? 0) * 1000;
  const found = [moment(from!)];
  while (to !== undefined && found.at(-1)! + everyMs <= moment(to)) found.push(found.at(-1)! + everyMs);
  return found;
}

describe('the log of the duty desk', () => {
  const rules = itemsOf(hengyang.catalogue).flatMap((item) =>
    item.rules.map((rule) => ({ key: `${item.code}.${rule.id}`, rule })),
  );

  it('knows every rule of the catalogue, and none that is not in it', () => {
    const known = new Set([...lived, ...overTime].map(({ rule }) => rule));
    expect([...known].sort()).toEqual(rules.map(({ key }) => key).sort());
  });

  it('tells of every rule with a condition where that condition is false', () => {
    const quietLogs = overTime.filter(({ lines }) => lines.every(([, , shows]) => shows === 'quiet'));
    const told = new Set([...lived.filter(({ unless }) => unless?.length), ...quietLogs].map(({ rule }) => rule));
    expect(rules.filter(({ rule, key }) => rule.when && !told.has(key)).map(({ key }) => key)).toEqual([]);
  });
});
