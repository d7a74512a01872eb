import { describe, expect, it } from 'vitest';
import type { TicketClock } from '../contract/ticket.ts';
import { safetyClock } from './safety-clock.ts';

const minute = 60_000;
const deadlines = {
  ack: minute,
  arrive: 30 * minute,
  makeSafe: 60 * minute,
  close: 1440 * minute,
  clock: 'continuous',
} as const;
const alarm = (over = {}) => ({ raisedAt: 0, ackedAt: null, closedAt: null, deadlines, ...over });
const clock = (kind: TicketClock['kind'], dueMin: number, over: Partial<TicketClock> = {}): TicketClock => ({
  kind,
  runs: 'continuous',
  safety: kind !== 'close',
  startedAt: 0,
  due: dueMin * minute,
  warnAt: 0.8 * dueMin * minute,
  metAt: null,
  warned: false,
  overdue: false,
  ...over,
});
const ticket = (over = {}) => ({
  clocks: [clock('acknowledge', 1), clock('arrive', 30), clock('make-safe', 60), clock('close', 1440)],
  openedAt: 0,
  closedAt: null,
  suspended: null,
  ...over,
});
const by = { id: 'lin', name: 'Lin', role: 'dispatcher' } as const;
const stateOf = (name: string, { steps }: ReturnType<typeof safetyClock>) => steps.find((s) => s.name === name)?.state;

describe('the safety clock of an alarm that has no ticket', () => {
  it('runs on the acknowledgement first', () => {
    const { current, steps } = safetyClock(alarm(), null, 42_000);
    expect(current).toMatchObject({ name: 'acknowledge', state: 'running', elapsed: 42_000, allowed: minute });
    expect(steps.map(({ name }) => name)).toEqual(['acknowledge', 'arrive', 'make-safe', 'close']);
  });

  it('goes on to the next step once acknowledged, and remembers being late', () => {
    const { steps, current } = safetyClock(alarm({ ackedAt: 90_000 }), null, 10 * minute);
    expect(steps[0]).toMatchObject({ state: 'late', elapsed: 90_000 });
    expect(current?.name).toBe('arrive');
  });

  it('says what is overdue, and takes no return to normal for safety on site', () => {
    expect(stateOf('make-safe', safetyClock(alarm({ ackedAt: 9 }), null, 61 * minute))).toBe('overdue');
  });

  it('has the acknowledgement as a step also where no time is set for it', () => {
    const none = { ack: null, arrive: null, makeSafe: null, close: 60 * minute, clock: 'working' } as const;
    const { steps, runs } = safetyClock(alarm({ deadlines: none }), null, minute);
    expect(steps.map(({ name, state }) => [name, state])).toEqual([
      ['acknowledge', 'open'],
      ['close', 'running'],
    ]);
    expect(runs).toBe('working');
  });
});

describe('the safety clock of a ticket', () => {
  it.each([
    ['nobody has done anything', {}, 2, 'acknowledge'],
    ['it is acknowledged', { acknowledge: 1 }, 2, 'arrive'],
    ['somebody is on site', { acknowledge: 1, arrive: 20 }, 21, 'make-safe'],
    ['it is safe', { acknowledge: 1, arrive: 20, 'make-safe': 40 }, 41, 'close'],
    ['it is closed', { acknowledge: 1, arrive: 20, 'make-safe': 40, close: 90 }, 91, null],
  ] as const)('when %s it points at what is next', (_, metMin, nowMin, name) => {
    const clocks = ticket().clocks.map((one) => {
      const met = (metMin as Record<string, number>)[one.kind];
      return met === undefined ? one : { ...one, metAt: met * minute };
    });
    expect(safetyClock(null, ticket({ clocks }), nowMin * minute).current?.name ?? null).toBe(name);
  });

  it('knows who was late on site, which the alarm does not', () => {
    const clocks = [clock('acknowledge', 1, { metAt: 9 }), clock('arrive', 30, { metAt: 31 * minute })];
    expect(stateOf('arrive', safetyClock(alarm({ ackedAt: 9 }), ticket({ clocks }), 40 * minute))).toBe('late');
  });

  it('runs on through a suspension where it is for safety, and stands still where it is not', () => {
    const suspended = { since: 5 * minute, until: 500 * minute, reason: '等配件', by };
    const seen = safetyClock(null, ticket({ suspended }), 100 * minute);
    expect(stateOf('arrive', seen)).toBe('overdue');
    expect(seen.steps.at(-1)).toMatchObject({ name: 'close', state: 'standing', elapsed: 5 * minute });
  });

  it('ends with its ticket, whatever was never met', () => {
    const seen = safetyClock(null, ticket({ closedAt: 3 * minute }), 999 * minute);
    expect(seen.current).toBeNull();
    expect(seen.steps.at(-1)?.elapsed).toBe(3 * minute);
  });

  it('shows the acknowledgement of its alarm where the item sets no time for it', () => {
    const seen = safetyClock(alarm({ ackedAt: 7 }), ticket({ clocks: [clock('close', 60)] }), minute);
    expect(seen.steps.map(({ name, state }) => [name, state])).toEqual([
      ['acknowledge', 'done'],
      ['close', 'running'],
    ]);
  });
});
