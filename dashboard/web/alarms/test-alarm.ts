import type { Alarm, Override } from '../../../devices/contract/alarm.ts';

let made = 0;

/** For unit tests: somebody has put it aside for a while. */
export const aShelf: Override = {
  kind: 'shelved',
  until: 9,
  oneShot: false,
  by: 'a',
  confirmedBy: null,
  reason: 'works',
};

/** For unit tests: an unacknowledged P1 gas alarm, changed where a test cares. */
export function anAlarm(changes: Partial<Alarm> = {}): Alarm {
  made += 1;
  return {
    id: `kitchen-1/G05-14.level-2/${made}`,
    device: 'kitchen-1',
    deviceName: 'Kitchen 1',
    deviceType: 'gas-alarm-commercial',
    site: null,
    siteName: null,
    area: null,
    lon: 112.6,
    lat: 26.9,
    rule: 'G05-14.level-2',
    measurement: 'alarm.ch4',
    priority: 'P1',
    severity: 900,
    overrides: [],
    override: null,
    hazard: 'gas',
    firstOut: false,
    incident: null,
    verdict: null,
    marks: [],
    blind: null,
    lane: 'live',
    needsVerdict: false,
    supersededBy: null,
    since: 1000,
    raisedAt: 1000,
    returnedAt: null,
    ackedAt: null,
    ackedBy: null,
    closedAt: null,
    value: 46,
    lastValue: 46,
    lastAt: 1000,
    lastQuality: 0,
    doubts: [],
    op: '>=',
    limit: 40,
    unit: '%{LEL}',
    explanation: { zh: '超限', en: 'over' },
    clause: {
      item: 'G05-14',
      name: '餐饮',
      text: '',
      provenance: 'illustrative',
      problem: '',
      catalogueVersion: '1',
      department: 'a',
      cooperating: [],
    },
    deadlines: { ack: null, arrive: null, makeSafe: null, close: null, clock: 'continuous' },
    demo: true,
    active: true,
    acked: false,
    latched: false,
    seq: made,
    ...changes,
  };
}
