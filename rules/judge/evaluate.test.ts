import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minutes, seconds } from '../../devices/model/device-type.ts';
import { BAD, UNCERTAIN, UNCERTAIN_OUT_OF_RANGE } from '../../devices/model/quality.ts';
import { alarmBench, clockTime } from './alarm-bench.ts';

describe('a pressure-high alarm with an on-delay', () => {
  const high = () => alarmBench({ limit: 50, deadband: 5, onDelayMs: minutes(5) });

  it('waits out the on-delay before it troubles anyone', () => {
    const alarm = high();
    alarm.at('10:00').reads(62);
    alarm.at('10:04').reads(61);
    expect(alarm.shows).toBe('pending');
    alarm.at('10:05').reads(63);
    expect(alarm.shows).toBe('active');
  });

  it('knows itself by its first abnormal sample, not by the one that raised it', () => {
    const alarm = high();
    alarm.at('10:00').reads(62);
    alarm.at('10:05').reads(63);
    expect(alarm.since).toBe(clockTime('10:00'));
  });

  it('is raised by passing time alone when the device reports rarely', () => {
    const alarm = high();
    alarm.at('10:00').reads(62);
    alarm.at('10:04:59').passes();
    expect(alarm.shows).toBe('pending');
    alarm.at('10:05').passes();
    expect(alarm.told).toEqual(['10:05 raised']);
  });

  it('starts the delay anew after one normal sample', () => {
    const alarm = high();
    alarm.at('10:00').reads(62);
    alarm.at('10:03').reads(40);
    alarm.at('10:04').reads(62);
    alarm.at('10:06').reads(62);
    expect(alarm.shows).toBe('pending');
    expect(alarm.since).toBe(clockTime('10:04'));
  });

  it('raises once, however often the field repeats itself', () => {
    const alarm = high();
    for (const time of ['10:00', '10:05', '10:06', '10:07']) alarm.at(time).reads(70);
    expect(alarm.told).toEqual(['10:05 raised']);
  });
});

describe('the return', () => {
  it('takes the deadband into account on the way down only', () => {
    const alarm = alarmBench({ limit: 50, deadband: 5 });
    alarm.at('10:00').reads(46);
    expect(alarm.shows).toBe('normal');
    alarm.at('10:01').reads(51);
    alarm.at('10:02').reads(46);
    expect(alarm.shows).toBe('active');
    alarm.at('10:03').reads(45);
    expect(alarm.told).toEqual(['10:01 raised', '10:03 returned']);
  });

  it('waits out the off-delay, by samples or by passing time', () => {
    for (const end of ['reads', 'passes'] as const) {
      const alarm = alarmBench({ limit: 50, offDelayMs: seconds(60) });
      alarm.at('10:00').reads(60);
      alarm.at('10:01').reads(40);
      expect(alarm.shows).toBe('returning');
      alarm.at('10:02')[end](40);
      expect(alarm.told).toEqual(['10:00 raised', '10:02 returned']);
    }
  });

  it('falls back to active without a second raise when the value climbs again, even into the deadband', () => {
    const alarm = alarmBench({ limit: 50, deadband: 5, offDelayMs: seconds(60) });
    alarm.at('10:00').reads(60);
    alarm.at('10:01').reads(40);
    alarm.at('10:01:30').reads(47);
    expect(alarm.shows).toBe('active');
    alarm.at('10:05').passes();
    expect(alarm.told).toEqual(['10:00 raised']);
  });

  it('mirrors for a low limit', () => {
    const alarm = alarmBench({ op: '<', limit: 8, deadband: 1 });
    alarm.at('10:00').reads(7.9);
    alarm.at('10:01').reads(8.5);
    expect(alarm.shows).toBe('active');
    alarm.at('10:02').reads(9);
    expect(alarm.shows).toBe('normal');
  });
});

describe('the operator', () => {
  it.each([
    ['>', 20, 'normal'],
    ['>=', 20, 'active'],
    ['<', 20, 'normal'],
    ['<=', 20, 'active'],
    ['==', 20, 'active'],
    ['!=', 20, 'normal'],
  ] as const)('%s at exactly the limit leaves the alarm %s → %s', (op, value, shows) => {
    const alarm = alarmBench({ op, limit: 20 });
    alarm.at('10:00').reads(value);
    expect(alarm.shows).toBe(shows);
  });
});

describe('a reading of doubtful quality', () => {
  it('raises when the detector is driven past its range', () => {
    const alarm = alarmBench({ op: '>=', limit: 40 });
    alarm.at('10:00').reads(130, UNCERTAIN_OUT_OF_RANGE);
    expect(alarm.shows).toBe('active');
  });

  it.each([UNCERTAIN, BAD])('never clears an alarm, whatever its value says', (quality) => {
    const alarm = alarmBench({ op: '>=', limit: 40 });
    alarm.at('10:00').reads(50);
    alarm.at('10:01').reads(0, quality);
    expect(alarm.shows).toBe('active');
  });

  it('does not raise when it is bad, and does not clear a pending one', () => {
    const alarm = alarmBench({ op: '>=', limit: 40, onDelayMs: seconds(10) });
    alarm.at('10:00').reads(99, BAD);
    expect(alarm.shows).toBe('normal');
    alarm.at('10:01').reads(50);
    alarm.at('10:01:05').reads(0, BAD);
    expect(alarm.shows).toBe('pending');
  });

  it('is absorbed when it is not a number', () => {
    const alarm = alarmBench({ limit: 40 });
    alarm.at('10:00').reads(Number.NaN);
    expect(alarm.shows).toBe('normal');
  });
});

describe('whatever a device sends', () => {
  it('raises and returns alternate, starting with a raise, and the first abnormal sample is never after the raise', () => {
    const sample = fc.record({ gap: fc.integer({ min: 1, max: 90 }), value: fc.integer({ min: 0, max: 100 }) });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 60 }), (samples) => {
        const alarm = alarmBench({ limit: 50, deadband: 10, onDelayMs: 30_000, offDelayMs: 20_000 });
        let at = 0;
        for (const { gap, value } of samples) {
          at += gap;
          const time = `0:0:${at}`;
          alarm.at(time).passes();
          alarm.at(time).reads(value);
          if (alarm.since !== undefined) expect(alarm.since).toBeLessThanOrEqual(at * 1000);
        }
        alarm.told.forEach((line, i) => {
          expect(line.endsWith(i % 2 === 0 ? 'raised' : 'returned')).toBe(true);
        });
      }),
    );
  });
});
