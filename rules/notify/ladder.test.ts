import { describe, expect, it } from 'vitest';
import { notifyPolicySchema } from '../../devices/contract/notify-policy.ts';
import { benchRules, by, ladderBench, notice, person, TEN } from './notice-bench.ts';

const minutes = (n: number) => n * 60_000;
const seconds = (n: number) => n * 1000;

describe('the ladder of a P1', () => {
  it('climbs a rung a minute while nobody answers, and begins again after five, with the next person', () => {
    const b = ladderBench(notice({ to: [person('mira'), person('tao', { wave: 1, ...by('page', 'sms') })] }));
    b.passes(minutes(6));
    expect(b.log).toEqual([
      '00:00 mira page',
      '01:00 mira web-push',
      '02:00 mira wecom',
      '03:00 mira sms',
      '04:00 mira voice',
      '04:00 mira mail',
      '05:00 mira page',
      '05:00 tao page',
      '06:00 mira web-push',
      '06:00 tao sms',
    ]);
  });

  it('goes to the next rung at once when one fails', () => {
    const b = ladderBench(notice());
    b.passes(seconds(2));
    b.fails('mira', 'page');
    b.passes(0);
    b.fails('mira', 'web-push');
    b.passes(0);
    expect(b.log).toEqual(['00:00 mira page', '00:02 mira web-push', '00:02 mira wecom']);
  });

  it('waits on a rung that delivered, and rings again when nobody acts in five minutes', () => {
    const b = ladderBench(notice());
    b.passes(seconds(10));
    b.arrives('mira', 'page');
    b.passes(minutes(5));
    expect(b.log).toEqual(['00:00 mira page', '05:00 mira page']);
  });

  it('stops climbing when a receipt comes late, from a rung below', () => {
    const b = ladderBench(notice());
    b.passes(seconds(70));
    b.arrives('mira', 'page');
    b.passes(minutes(3));
    expect(b.log).toEqual(['00:00 mira page', '01:00 mira web-push']);
  });

  it.each([
    ['is acknowledged on the platform', (b: ReturnType<typeof ladderBench>) => b.acts()],
    ['is accepted in the message itself', (b: ReturnType<typeof ladderBench>) => b.accepts('mira', 'page')],
  ])('is over when it %s', (_, act) => {
    const b = ladderBench(notice());
    b.passes(seconds(30));
    act(b);
    b.passes(minutes(30));
    expect(b.log).toEqual(['00:00 mira page']);
    expect(b.look().lookAt).toBeNull();
  });

  it('calls the next person at once when every rung of the first has failed', () => {
    const b = ladderBench(notice({ to: [person('mira', by('page', 'sms')), person('tao', { wave: 1 })] }));
    b.passes(0);
    b.fails('mira', 'page');
    b.passes(0);
    b.fails('mira', 'sms');
    b.passes(0);
    expect(b.log).toEqual(['00:00 mira page', '00:00 mira sms', '00:00 tao page']);
  });

  it('names who cannot be reached at all, and goes on with the next', () => {
    const b = ladderBench(notice({ to: [person('mira', { reach: [] }), person('tao', { wave: 1 })] }));
    expect(b.look().unreachable).toEqual(['mira']);
    expect(b.log).toEqual(['00:00 tao page']);
  });

  it('leaves out channels that the platform does not have', () => {
    const b = ladderBench(notice(), { ...benchRules, channels: new Set(['page', 'sms'] as const) });
    b.passes(minutes(3));
    expect(b.log).toEqual(['00:00 mira page', '01:00 mira sms']);
  });

  it('tells everybody of one wave at once', () => {
    const b = ladderBench(notice({ to: [person('seat:gas', { kind: 'seat', ...by('page') }), person('mira')] }));
    b.passes(0);
    expect(b.log).toEqual(['00:00 seat:gas page', '00:00 mira page']);
  });

  it('goes on after a clock that was set back', () => {
    const b = ladderBench(notice());
    b.passes(seconds(90));
    b.jump(minutes(-60));
    b.passes(minutes(1));
    expect(b.deliveries.map(({ channel, round }) => `${round} ${channel}`)).toEqual([
      '0 page',
      '0 web-push',
      '1 page',
      '1 web-push',
    ]);
  });

  it('rings once, not once for each round that was missed, after the platform was down for an hour', () => {
    const b = ladderBench(notice());
    b.passes(seconds(10));
    b.jump(minutes(60));
    b.passes(0);
    expect(b.deliveries.map(({ key }) => key.split('/raised/')[1])).toEqual(['mira/page/1', 'mira/page/2']);
  });
});

describe('quiet hours', () => {
  const asleep = { quietHours: { from: '22:00', to: '07:00' } };
  const atNight = TEN + minutes(13 * 60);

  it('never silence a P1', () => {
    const b = ladderBench(notice({ at: atNight, to: [person('mira', asleep)] }));
    b.passes(0);
    expect(b.log).toEqual(['00:00 mira page']);
  });

  it('hold a P2 until they end, and say until when', () => {
    const b = ladderBench(notice({ at: atNight, priority: 'P2', to: [person('mira', asleep)] }));
    expect(b.look().held).toEqual([{ person: 'mira', until: atNight + minutes(8 * 60) }]);
    b.passes(minutes(8 * 60));
    expect(b.log).toEqual(['480:00 mira page']);
  });

  it('hand a P2 to the next person who is awake', () => {
    const to = [person('mira', asleep), person('tao', { wave: 1 })];
    const b = ladderBench(notice({ at: atNight, priority: 'P2', to }));
    b.passes(0);
    expect(b.log).toEqual(['00:00 tao page']);
  });

  it.each([
    ['21:59', false],
    ['22:00', true],
    ['02:30', true],
    ['06:59', true],
    ['07:00', false],
  ])('at %s: hold is %s', (time, holds) => {
    const [hours = 0, mins = 0] = time.split(':').map(Number);
    const at = TEN + minutes((hours - 10) * 60 + mins);
    const b = ladderBench(notice({ at, priority: 'P3', to: [person('mira', asleep)] }));
    expect(b.look().held.length === 1).toBe(holds);
  });
});

describe('the policy of a city', () => {
  it('lets P3 go after three rounds', () => {
    const b = ladderBench(notice({ priority: 'P3', to: [person('mira', by('page'))] }));
    b.passes(minutes(600));
    expect(b.log).toEqual(['00:00 mira page', '60:00 mira page', '120:00 mira page']);
    expect(b.look().lookAt).toBeNull();
  });

  it('never holds a P1', () => {
    expect(notifyPolicySchema.safeParse({ P1: { heldInQuietHours: true } }).success).toBe(false);
  });

  it('may send two channels together', () => {
    const policy = notifyPolicySchema.parse({ P1: { rungs: ['page', ['sms', 'voice']] } });
    const b = ladderBench(notice(), { ...benchRules, policy });
    b.passes(minutes(1));
    expect(b.log).toEqual(['00:00 mira page', '01:00 mira sms', '01:00 mira voice']);
  });
});
