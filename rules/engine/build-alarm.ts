import {
  type Alarm,
  type Blindness,
  type Clause,
  type Deadlines,
  type DetectorMark,
  type Hazard,
  opcuaSeverity,
  type Priority,
} from '../../devices/contract/alarm.ts';
import type { Doubt, Value } from '../../devices/contract/entry.ts';
import type { Device, Gateway, Site } from '../../devices/contract/registry.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import { alarmId } from '../judge/identity.ts';

/** What differs from one raised alarm to the next. */
export interface AlarmFacts {
  readonly rule: string;
  readonly measurement: string;
  readonly priority: Priority;
  readonly clause: Clause;
  readonly since: number;
  readonly raisedAt: number;
  readonly value: Value | null;
  readonly lastAt: number | null;
  readonly quality: number;
  readonly doubts: readonly Doubt[];
  readonly op: string | null;
  readonly limit: Value | null;
  readonly unit: string;
  readonly explanation: Bilingual;
  readonly deadlines: Deadlines;
  readonly hazard?: Hazard | null;
  readonly marks?: readonly DetectorMark[];
  readonly blind?: Blindness | null;
}

/** What an alarm stands at: a device of the registry, a gateway, or the platform itself. */
export type Subject = Pick<
  Alarm,
  'device' | 'deviceName' | 'deviceType' | 'site' | 'siteName' | 'area' | 'lon' | 'lat' | 'demo' | 'drill'
>;

/** Stands before the name of whatever plays in a drill. */
const DRILL = '演练 DRILL';

export const deviceSubject = (device: Device, site: Site | undefined): Subject => ({
  device: device.id,
  // Marked at its source: wherever the name is shown or sent, so is the drill.
  deviceName: device.drill === undefined ? device.name : `${DRILL} · ${device.name}`,
  deviceType: device.type,
  site: device.site ?? null,
  siteName: site?.name ?? null,
  area: device.area ?? site?.area ?? null,
  lon: device.lon,
  lat: device.lat,
  demo: device.demo,
  ...(device.drill !== undefined && { drill: device.drill }),
});

export const gatewaySubject = (gateway: Gateway): Subject => ({
  device: gateway.id,
  deviceName: gateway.name,
  deviceType: 'gateway',
  site: null,
  siteName: null,
  area: gateway.area ?? null,
  lon: gateway.lon,
  lat: gateway.lat,
  demo: gateway.demo,
});

/** A freshly raised alarm of the live lane: active, not acknowledged, not hidden. */
export const buildAlarm = (subject: Subject, facts: AlarmFacts): Alarm => ({
  id: alarmId(subject.device, facts.rule, facts.since),
  ...subject,
  rule: facts.rule,
  measurement: facts.measurement,
  priority: facts.priority,
  severity: opcuaSeverity[facts.priority],
  active: true,
  acked: false,
  latched: false,
  overrides: [],
  override: null,
  hazard: facts.hazard ?? null,
  firstOut: false,
  incident: null,
  verdict: null,
  marks: facts.marks ?? [],
  blind: facts.blind ?? null,
  lane: 'live',
  needsVerdict: false,
  supersededBy: null,
  since: facts.since,
  raisedAt: facts.raisedAt,
  returnedAt: null,
  ackedAt: null,
  ackedBy: null,
  closedAt: null,
  value: facts.value,
  lastValue: facts.value,
  lastAt: facts.lastAt,
  lastQuality: facts.quality,
  doubts: facts.doubts,
  op: facts.op,
  limit: facts.limit,
  unit: facts.unit,
  explanation: facts.explanation,
  clause: facts.clause,
  deadlines: facts.deadlines,
  seq: 0,
});
