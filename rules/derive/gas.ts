import { hours, minutes } from '../../devices/model/device-type.ts';
import type { Derivation } from './derivation.ts';

const YEAR_MS = 31_557_600_000;
const NIGHT = { from: 2, to: 5 };

/** Age of a detector in years, from its date of installation: its life ends by date, not by fault. */
export const ageYears: Derivation = {
  makes: 'alarm.ageYears',
  from: ['alarm.ch4'],
  tickMs: hours(6),
  repeatMs: hours(24),
  throttleMs: hours(24),
  compute({ device, at }) {
    if (!device.installed) return null;
    return Math.max(0, (at - Date.parse(`${device.installed}T00:00:00Z`)) / YEAR_MS);
  },
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

/** Lowest flow between 02:00 and 05:00 local time, told once the night is over: what flows when nobody cooks leaks. */
export const nightMinFlow: Derivation = {
  makes: 'rtu.nightMinFlow',
  from: ['rtu.flowRate'],
  repeatMs: hours(24),
  compute({ memory, local, number }) {
    const flow = number('rtu.flowRate');
    const night = memory.night as { date: string; min: number } | undefined;
    if (flow === undefined) return null;
    if (local.hour >= NIGHT.from && local.hour < NIGHT.to) {
      memory.night = { date: local.date, min: night?.date === local.date ? Math.min(night.min, flow) : flow };
      return null;
    }
    memory.night = undefined;
    return night && night.date === local.date ? night.min : null;
  },
};
