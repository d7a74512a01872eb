import { describe, expect, it } from 'vitest';
import { deviceTypes } from '../../devices/types/registry.ts';
import { eventFaults, type MappedEvent } from './event-check.ts';

const good: MappedEvent = {
  device: 'rtu-1',
  measurement: 'rtu.eventActive',
  severity: 'rtu.eventSeverity',
  message: 'rtu.eventMessage',
};
const faults = (event: MappedEvent, ...more: MappedEvent[]) =>
  eventFaults(
    [event, ...more],
    [{ device: 'rtu-1', measurement: 'rtu.doorOpen' }],
    { 'rtu-*': { type: 'gas-rtu' } },
    deviceTypes,
  ).map(({ at, field, message }) => `${at}.${field}: ${message.split(' / ')[1]}`);

describe('a condition mapped to a device', () => {
  it('may have its state, its severity and its words in measurements of their kinds', () => {
    expect(faults(good)).toEqual([]);
  });

  it('that names a measurement which is none, or of another kind, is told so', () => {
    expect(faults({ ...good, measurement: 'rtu.eventActiv', severity: 'rtu.eventMessage' })).toEqual([
      expect.stringMatching(/^0\.measurement: there is no measurement "rtu\.eventActiv".*rtu\.eventActive/),
      '0.severity: rtu.eventMessage has to be a number',
      '0.message: rtu.eventMessage of rtu-1 is given twice: only one can be right',
    ]);
  });

  it('may not speak where a node already does, nor another condition', () => {
    expect(faults({ device: 'rtu-1', measurement: 'rtu.doorOpen' })).toEqual([
      expect.stringContaining('0.measurement: rtu.doorOpen of rtu-1 is given twice'),
    ]);
    expect(faults(good, good)).toHaveLength(3);
  });
});
