import { distanceFromHome, hoursSinceEmptied, temperatureRate } from './bins.ts';
import type { Derivation } from './derivation.ts';
import { ageYears, clockSkew, nightMinFlow } from './gas.ts';
import { consecutiveDark, dayBurner, lampPowerRatio, litRate, mountOnline } from './lamps.ts';
import { hazardOpenDays, outOfZoneMinutes } from './matters.ts';

/** Which function makes which derived measurement, by device type. */
export const derivations: Readonly<Record<string, readonly Derivation[]>> = {
  'smart-pole': [lampPowerRatio, dayBurner, litRate, consecutiveDark, mountOnline],
  'waste-bin': [temperatureRate, distanceFromHome, hoursSinceEmptied],
  'gas-rtu': [clockSkew, nightMinFlow],
  'gas-alarm-commercial': [ageYears],
  'gas-alarm-household': [ageYears],
  'inspection-app': [hazardOpenDays],
  'bike-zone': [outOfZoneMinutes],
};

/**
 * Derived measurements that the platform does not compute: whoever has the data sends them. Coverage of a route, delay of
 * the first pass and wash passes need the route's geometry, which dispatch systems hold; the time since an RTU was heard
 * is what absence rules judge, without a series of its own.
 */
export const sentByTheDevice: readonly string[] = [
  'ops.routeCoverage',
  'ops.firstPassDelay',
  'ops.washPasses',
  'rtu.lastSeenAge',
];
