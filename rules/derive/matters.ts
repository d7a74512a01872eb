import { hours, minutes } from '../../devices/model/device-type.ts';
import type { Derivation } from './derivation.ts';

/** For how long a flag has been up, in `unitMs`; 0 while it is down. `key` is where the beginning is remembered. */
function standing(makes: string, flagName: string, unitMs: number, tickMs: number): Derivation {
  const key = `since ${flagName}`;
  return {
    makes,
    from: [flagName],
    tickMs,
    repeatMs: tickMs,
    compute({ memory, at, flag }) {
      const up = flag(flagName);
      if (up === undefined) return null;
      if (!up) memory[key] = undefined;
      else memory[key] ??= at;
      return memory[key] === undefined ? 0 : Math.max(0, at - (memory[key] as number)) / unitMs;
    },
  };
}

/** Days that a hazard has stood since it was reported. */
export const hazardOpenDays = standing('hazard.openDays', 'hazard.open', hours(24), hours(6));

/** Minutes that bicycles have been left outside their zone. */
export const outOfZoneMinutes = standing('bike.outOfZoneMinutes', 'bike.outOfZone', minutes(1), minutes(5));
