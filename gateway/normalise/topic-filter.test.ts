import { describe, expect, it } from 'vitest';
import { filterFault, filterMatches } from './topic-filter.ts';

describe('a topic filter', () => {
  it.each([
    ['field/+/telemetry', 'field/lamp-1/telemetry', true],
    ['field/+/telemetry', 'field/lamp-1/state', false],
    ['field/+/telemetry', 'field/lamp-1/telemetry/extra', false],
    ['field/+/telemetry', 'field/telemetry', false],
    ['field/+', 'field/', true],
    ['field/#', 'field/a/b/c', true],
    ['field/#', 'field', true],
    ['#', 'anything/at/all', true],
    ['#', '$SYS/broker/uptime', false],
    ['+/broker', '$SYS/broker', false],
    ['$SYS/#', '$SYS/broker/uptime', true],
    ['Field/+', 'field/a', false],
  ])('%s and the topic %s: %s', (filter, topic, matches) => {
    expect(filterMatches(filter, topic)).toBe(matches);
  });

  it.each([
    ['field/#/telemetry', undefined, 'the last level'],
    ['field/lamp+/telemetry', undefined, 'mixes a wildcard'],
    ['$share/gateways/field/+', undefined, 'shared subscription'],
    ['field/+/telemetry', 3, 'has levels 0 to 2'],
  ])('%s with device level %s is a fault: %s', (filter, level, words) => {
    expect(filterFault(filter, level)).toContain(words);
  });

  it.each([
    ['field/+/telemetry', 1],
    ['field/#', 4],
    ['field/lamp-1', undefined],
  ])('%s with device level %s is none', (filter, level) => {
    expect(filterFault(filter, level)).toBeUndefined();
  });
});
