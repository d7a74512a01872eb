import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../kit/local-time.ts';
import { type Cycle, cycleSchema } from '../contract/supervision.ts';
import { dueSince, lastDue, nextDue } from './cycle-ends.ts';
import { periodOf } from './period.ts';

const zone = zoneOf('Asia/Shanghai');
const at = (text: string): number => Date.parse(`2026-${text.replace(' ', 'T')}:00+08:00`);
const made = (said: object): Cycle => cycleSchema.parse({ id: 'c', name: { zh: '周期', en: 'cycle' }, ...said });
const week = made({ kind: 'dispatch', every: 'week', byItself: { afterH: 8 } });
const quarter = made({ kind: 'score', every: 'quarter', byItself: { afterH: 32 } });
const began = (cycle: Cycle, key: string): number => periodOf(cycle.every, key, zone)!.from;

/** Keys of what is to be worked out, and of what nobody can make up for, at a moment, after the period `since` was dealt with. */
function due(cycle: Cycle, since: string, text: string): { work: string[]; passed: string[] } {
  const { work, passed } = dueSince(lastDue(cycle, at(text), zone)!, began(cycle, since), at(text), zone);
  return { work: work.map(({ period }) => period.key), passed: passed.map(({ period }) => period.key) };
}

describe('what runs by itself at the end of a cycle', () => {
  it.each<[string, Cycle, string, string, string[], string[]]>([
    ['nothing before its hour', week, '2026-W48', '11-30 07:59', [], []],
    ['the list of the week that runs, on Monday at eight', week, '2026-W48', '11-30 08:00', ['2026-W49'], []],
    ['the same after a night of standstill', week, '2026-W48', '12-01 03:00', ['2026-W49'], []],
    [
      'after three weeks only the list of now; the others cannot be made',
      week,
      '2026-W48',
      '12-16 12:00',
      ['2026-W51'],
      ['2026-W49', '2026-W50'],
    ],
    ['a quarter on the second day after its end', quarter, '2026-Q1', '07-02 08:00', ['2026-Q2'], []],
    ['nothing of it while phones may still send their visits', quarter, '2026-Q1', '07-02 07:59', [], []],
    [
      'after half a year every quarter that ended, the oldest first',
      quarter,
      '2026-Q1',
      '10-20 00:00',
      ['2026-Q2', '2026-Q3'],
      [],
    ],
    ['nothing twice', quarter, '2026-Q3', '10-20 00:00', [], []],
  ])('%s', (_, cycle, since, when, work, passed) => {
    expect(due(cycle, since, when)).toEqual({ work, passed });
  });

  it('says when it has to look again', () => {
    expect(nextDue(lastDue(week, at('11-30 08:00'), zone)!, zone)).toBe(at('12-07 08:00'));
    expect(nextDue(lastDue(quarter, at('10-20 00:00'), zone)!, zone)).toBe(Date.parse('2027-01-02T08:00:00+08:00'));
  });

  it('a cycle of which the city does not say so never runs by itself', () => {
    expect(lastDue(made({ kind: 'dispatch', every: 'week' }), at('11-30 08:00'), zone)).toBeNull();
  });
});
