import { describe, expect, it } from 'vitest';
import type { DeviceState, LiveChanges, LiveSnapshot, Strip } from '../../../devices/contract/live.ts';
import { anAlarm } from '../alarms/test-alarm.ts';
import { anIncident } from '../incidents/test-incident.ts';
import { linkState, platformNow } from './link.ts';
import { emptyPicture, fromSnapshot, type LivePicture, withChanges } from './reducer.ts';

const strip: Strip = { now: 1, ingest: null, rules: null, notices: [], seats: [], unowned: { count: 0, worst: null } };
const device = (changes: Partial<DeviceState> = {}): DeviceState => ({
  id: 'pole-1',
  lastAt: 1,
  stale: false,
  values: {},
  ...changes,
});
const snapshot = (changes: Partial<LiveSnapshot> = {}): LiveSnapshot => ({
  seq: 7,
  now: 100,
  alarms: [],
  devices: [],
  strip,
  ...changes,
});
const changes = (message: Partial<LiveChanges> = {}): LiveChanges => ({
  from: 7,
  to: 8,
  now: 200,
  alarms: [],
  devices: [],
  strip,
  ...message,
});
const seen = (message: LiveSnapshot): LivePicture => fromSnapshot(message, () => true);
const following = (picture: LivePicture, message: LiveChanges): LivePicture => {
  const next = withChanges(picture, message, () => true);
  if (next === 'gap') throw new Error('a gap where none should be');
  return next;
};

describe('the live picture', () => {
  it('starts from a snapshot and follows numbered changes', () => {
    const picture = following(seen(snapshot()), changes({ alarms: [anAlarm({ id: 'a' })] }));
    expect(picture.seq).toBe(8);
    expect([...picture.alarms.keys()]).toEqual(['a']);
  });

  it.each([
    ['a number is missing', changes({ from: 8, to: 9 })],
    ['an old message comes again', changes({ from: 6, to: 7 })],
    ['the server began anew', changes({ from: 0, to: 1 })],
  ])('asks for a new snapshot when %s', (_, message) => {
    expect(withChanges(seen(snapshot()), message, () => true)).toBe('gap');
  });

  it('believes no change before its first snapshot', () => {
    expect(withChanges(emptyPicture, changes(), () => true)).toBe('gap');
  });

  it('lets the value of an alarm run on with its device', () => {
    const leak = anAlarm({ id: 'a', device: 'pole-1', measurement: 'alarm.ch4', lastValue: 41, lastAt: 10 });
    const start = seen(snapshot({ alarms: [leak] }));
    const risen = device({ values: { 'alarm.ch4': [55, 20, 0] } });
    const picture = following(start, changes({ devices: [risen] }));
    expect(picture.alarms.get('a')).toMatchObject({ lastValue: 55, lastAt: 20 });
    const older = device({ values: { 'alarm.ch4': [3, 15, 0] } });
    const still = following(picture, changes({ from: 8, to: 9, devices: [older] }));
    expect(still.alarms.get('a')).toMatchObject({ lastValue: 55, lastAt: 20 });
    expect(seen(snapshot({ alarms: [leak], devices: [risen] })).alarms.get('a')?.lastValue).toBe(55);
  });

  it('leaves a value alone that is worked out of many readings', () => {
    const heating = anAlarm({ id: 'a', device: 'pole-1', measurement: 'bin.temperature', lastValue: 9, lastAt: 10 });
    const hot = device({ values: { 'bin.temperature': [78, 20, 0] } });
    const picture = fromSnapshot(snapshot({ alarms: [heating], devices: [hot] }), () => false);
    expect(picture.alarms.get('a')?.lastValue).toBe(9);
  });

  it('loses an alarm that closed, and keeps one that returned unacknowledged', () => {
    const start = seen(snapshot({ alarms: [anAlarm({ id: 'a' }), anAlarm({ id: 'b' })] }));
    const picture = following(
      start,
      changes({
        alarms: [anAlarm({ id: 'a', active: false, acked: true, closedAt: 5 }), anAlarm({ id: 'b', active: false })],
      }),
    );
    expect([...picture.alarms.keys()]).toEqual(['b']);
    expect(start.alarms.size).toBe(2);
  });

  it('draws incidents from the snapshot, follows them, and loses one that closed or was merged', () => {
    const start = seen(snapshot({ incidents: [anIncident({ id: 'i' }), anIncident({ id: 'j' })] }));
    const merged = anIncident({ id: 'j', closedAt: 5, mergedInto: 'i' });
    const grown = anIncident({ id: 'i', counts: { detectors: 2, members: 2, open: 2, active: 2 } });
    const picture = following(start, changes({ incidents: [merged, grown] }));
    expect([...picture.incidents.values()]).toEqual([grown]);
    expect(following(picture, changes({ from: 8, to: 9 })).incidents).toBe(picture.incidents);
  });

  it('merges the values that changed into those it holds', () => {
    const start = seen(snapshot({ devices: [device({ values: { a: [1, 1, 0], b: [2, 1, 0] } })] }));
    const picture = following(
      start,
      changes({ devices: [device({ lastAt: 9, stale: true, values: { b: [3, 9, 0] } })] }),
    );
    expect(picture.devices.get('pole-1')).toEqual({
      id: 'pole-1',
      lastAt: 9,
      stale: true,
      values: { a: [1, 1, 0], b: [3, 9, 0] },
    });
    expect(picture.touched).toEqual(['pole-1']);
  });
});

describe('the link', () => {
  it.each([
    ['nothing was ever heard', 'connecting', null, 0, 'connecting'],
    ['messages come', 'open', 1000, 1500, 'live'],
    ['a snapshot is on its way', 'resyncing', 1000, 1500, 'resyncing'],
    ['the socket closed a moment ago', 'connecting', 1000, 5000, 'connecting'],
    ['nothing came for ten seconds, though the socket is open', 'open', 1000, 11_000, 'silent'],
  ] as const)('%s', (_, socket, heard, at, state) => {
    expect(linkState(socket, heard, at)).toBe(state);
  });
});

describe('the platform’s clock', () => {
  it('is carried on between messages, at the demonstration’s speed', () => {
    expect(platformNow({ now: 10_000, heardAt: 0 }, 500, 4)).toBe(12_000);
  });

  it('stops when data stop, so that no age looks measured', () => {
    expect(platformNow({ now: 10_000, heardAt: 0 }, 60_000, 1)).toBe(20_000);
  });
});
