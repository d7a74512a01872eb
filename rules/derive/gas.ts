import { ageYears as ageOf } from '../../devices/detectors/life.ts';
import { hours, minutes } from '../../devices/model/device-type.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import type { Derivation } from './derivation.ts';

/** Minutes of the day. */
const NIGHT = { begins: 120, told: 285, ends: 300 };

/** Age of a detector in years, as its life is counted (devices/detectors): it ends by date, not by fault. */
export const ageYears: Derivation = {
  makes: 'alarm.ageYears',
  from: ['alarm.ch4'],
  tickMs: hours(6),
  repeatMs: hours(24),
  throttleMs: hours(24),
  compute: ({ device, local }) => ageOf(device, deviceTypes[device.type], local.date),
};

/** How far the terminal's clock is off, seconds, either way. */
export const clockSkew: Derivation = {
  makes: 'rtu.clockSkew',
  from: ['rtu.clock'],
  repeatMs: minutes(5),
  throttleMs: minutes(1),
  compute({ number, received }) {
    const clock = number('rtu.clock');
    return clock === undefined ? null : Math.abs(clock - received / 1000);
  },
};

/**
 * Lowest flow of the night between 02:00 and 04:45 local time: what flows when nobody cooks leaks. Told once, at the first
 * reading after that and before 05:00, while the hours in which the catalogue judges it still run.
 */
export const nightMinFlow: Derivation = {
  makes: 'rtu.nightMinFlow',
  from: ['rtu.flowRate'],
  repeatMs: minutes(30),
  compute({ memory, local, number }) {
    const flow = number('rtu.flowRate');
    if (flow === undefined || local.minuteOfDay < NIGHT.begins || local.minuteOfDay >= NIGHT.ends) return null;
    const night = memory.night as { date: string; min: number } | undefined;
    const sofar = night?.date === local.date ? night.min : undefined;
    if (local.minuteOfDay < NIGHT.told) {
      memory.night = { date: local.date, min: Math.min(sofar ?? flow, flow) };
      return null;
    }
    // A terminal that was silent all night has no lowest flow to tell.
    return sofar ?? null;
  },
};
