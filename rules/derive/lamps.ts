import { minutes } from '../../devices/model/device-type.ts';
import type { Derivation, DeriveContext, Known } from './derivation.ts';

/** Poles not heard for longer than this say nothing about the street now. */
const STALE_MS = minutes(30);
/** A lamp that draws more than this burns, where nothing says so more directly, W. */
const BURNING_W = 5;
/** Above this altitude of the sun a burning lamp is a waste, degrees. */
const BROAD_DAY_DEG = 3;

/** Whether a lamp burns: by its own word, else by its power; undefined when neither is known. */
export function isLit(pole: Known): boolean | undefined {
  const said = pole.flag('pole.lampOn');
  if (said !== undefined) return said && pole.flag('pole.lampFailure') !== true;
  const power = pole.number('pole.lampPower');
  return power === undefined ? undefined : power > BURNING_W;
}

/** Whether a lamp is meant to burn: by command, else because it is dark. */
const isMeantToBurn = (pole: Known, dark: boolean): boolean => {
  const level = pole.number('pole.dimLevel');
  return level === undefined ? dark : level > 0;
};

/** The poles of the circuit that are heard, meant to burn and known to burn or not; in the order along the street. */
function burning({ circuit, at, sun }: DeriveContext): boolean[] {
  const { dark } = sun;
  return circuit().flatMap((pole) => {
    const lit = isLit(pole);
    const fresh = pole.heardAt !== undefined && at - pole.heardAt <= STALE_MS;
    return fresh && lit !== undefined && isMeantToBurn(pole, dark) ? [lit] : [];
  });
}

/** 亮灯率: lamps that burn, of those meant to and heard, percent. */
export const litRate: Derivation = {
  makes: 'road.litRate',
  from: [],
  tickMs: minutes(1),
  repeatMs: minutes(5),
  compute(context) {
    if (!context.leadsCircuit) return null;
    const lamps = burning(context);
    return lamps.length === 0 ? null : (100 * lamps.filter(Boolean).length) / lamps.length;
  },
};

/** The longest run of neighbours that are meant to burn and do not. */
export const consecutiveDark: Derivation = {
  makes: 'road.consecutiveDark',
  from: [],
  tickMs: minutes(1),
  repeatMs: minutes(5),
  compute(context) {
    if (!context.leadsCircuit) return null;
    let longest = 0;
    let run = 0;
    for (const lit of burning(context)) {
      run = lit ? 0 : run + 1;
      longest = Math.max(longest, run);
    }
    return longest;
  },
};

/** Measured power over rated power at the commanded level, percent. */
export const lampPowerRatio: Derivation = {
  makes: 'pole.lampPowerRatio',
  from: ['pole.lampPower', 'pole.dimLevel'],
  repeatMs: minutes(5),
  compute({ device, number }) {
    const rated = device.constants.ratedPower?.value;
    const level = number('pole.dimLevel');
    const power = number('pole.lampPower');
    if (!rated || !level || power === undefined) return null;
    return (100 * power) / (rated * (level / 100));
  },
};

/** The lamp burns although the sun is well up. */
export const dayBurner: Derivation = {
  makes: 'pole.dayBurner',
  from: ['pole.lampOn', 'pole.lampPower'],
  repeatMs: minutes(5),
  compute(context) {
    const lit = isLit(context);
    return lit === undefined ? null : lit && context.sun.altitude > BROAD_DAY_DEG;
  },
};

/** False while any device mounted on the pole is silent; unknown for a pole that carries none. */
export const mountOnline: Derivation = {
  makes: 'pole.mountOnline',
  from: [],
  tickMs: minutes(1),
  repeatMs: minutes(5),
  compute({ mounted }) {
    const mounts = mounted();
    return mounts.length === 0 ? null : mounts.every(Boolean);
  },
};
