import { describe, expect, it } from 'vitest';
import { type ConditionEvent, conditionBook } from './conditions.ts';

const mapped = {
  source: 'ns=1;s=rtu-1',
  device: 'rtu-1',
  measurement: 'rtu.eventActive',
  severity: 'rtu.eventSeverity',
  message: 'rtu.eventMessage',
};
const power: ConditionEvent = {
  condition: 'c-power',
  conditionName: 'Power',
  sourceNode: 'ns=1;s=rtu-1',
  sourceName: 'RTU 1',
  active: true,
  severity: 700,
  message: 'no mains',
  quality: 0,
  at: 1000,
};
const door: ConditionEvent = { ...power, condition: 'c-door', conditionName: 'Door', severity: 300, message: 'open' };
const now = 9000;

/** A book, and what it says in one line a reading. */
function bench(...mappings: (typeof mapped & { condition?: string })[]) {
  const book = conditionBook(mappings);
  const lines = (changes: ReturnType<typeof book.see>) =>
    changes.map(({ measurement, value, at, untimed }) => `${measurement}=${value} at ${at}${untimed ? ' about' : ''}`);
  return { book, see: (event: ConditionEvent) => lines(book.see(event, now)), end: () => lines(book.refreshEnds(now)) };
}

describe('conditions of a server', () => {
  it('become readings of the device they are mapped to, at their own time', () => {
    const { see } = bench(mapped);
    expect(see(power)).toEqual([
      'rtu.eventActive=true at 1000',
      'rtu.eventSeverity=700 at 1000',
      'rtu.eventMessage=no mains at 1000',
    ]);
    expect(see({ ...power, active: false, message: 'mains back', at: 2000 })).toEqual([
      'rtu.eventActive=false at 2000',
      'rtu.eventSeverity=0 at 2000',
      'rtu.eventMessage=mains back at 2000',
    ]);
  });

  it('of one source hold the alarm together until the last is over, as severe as the worst', () => {
    const { see } = bench(mapped);
    see(power);
    expect(see(door).slice(0, 2)).toEqual(['rtu.eventActive=true at 1000', 'rtu.eventSeverity=700 at 1000']);
    expect(see({ ...power, active: false }).slice(0, 2)).toEqual([
      'rtu.eventActive=true at 1000',
      'rtu.eventSeverity=300 at 1000',
    ]);
    expect(see({ ...door, active: false })[0]).toBe('rtu.eventActive=false at 1000');
  });

  it('can be told apart by name, and their source by its name', () => {
    const { see } = bench({ ...mapped, source: 'RTU 1', condition: 'Door' });
    expect(see(power)).toEqual([]);
    expect(see(door)).toHaveLength(3);
  });

  it('that ended while nobody listened are over when the server has told all that still hold', () => {
    const { book, see, end } = bench(
      { ...mapped, condition: 'Power' },
      { ...mapped, device: 'rtu-2', condition: 'Door' },
    );
    see(power);
    see(door);
    book.refreshBegins();
    see(door);
    expect(end()).toEqual(['rtu.eventActive=false at 9000 about', 'rtu.eventSeverity=0 at 9000 about']);
    expect(see({ ...door, active: false })[0]).toBe('rtu.eventActive=false at 1000');
  });

  it('without a time are timed by us, and it is said', () => {
    expect(bench(mapped).see({ ...power, at: undefined })[0]).toBe('rtu.eventActive=true at 9000 about');
  });

  it('keep the quality of what lies behind them', () => {
    expect(conditionBook([mapped]).see({ ...power, quality: 0x40930000 }, now)[0]?.status).toBe(0x40930000);
  });

  it('that nothing is mapped to can be listed; an event that has no end is no condition', () => {
    const { book, see } = bench({ ...mapped, condition: 'Power' });
    see(door);
    see(door);
    see({ ...door, condition: 'x', active: undefined });
    expect(book.unmapped).toEqual([{ source: 'ns=1;s=rtu-1', sourceName: 'RTU 1', condition: 'Door' }]);
    for (let i = 0; i < 200; i += 1) see({ ...door, condition: `c-${i}` });
    expect(book.unmapped).toHaveLength(100);
  });
});
