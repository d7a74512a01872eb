import { describe, expect, it } from 'vitest';
import { alarmId, parseAlarmId } from './identity.ts';

describe('the identity of an alarm', () => {
  it('is device, rule and the source time of the first abnormal sample', () => {
    expect(alarmId('restaurant-7', 'G05-14.com-l2', 1_795_361_715_000)).toBe(
      'restaurant-7/G05-14.com-l2/1795361715000',
    );
  });

  it('can be read back', () => {
    expect(parseAlarmId('a/G05-14.com-l2/5')).toEqual({ device: 'a', rule: 'G05-14.com-l2', since: 5 });
  });

  it.each(['', 'a/b', 'a/b/c', '/b/5', 'a/b/5/6'])('is not read out of "%s"', (text) => {
    expect(parseAlarmId(text)).toBeUndefined();
  });
});
