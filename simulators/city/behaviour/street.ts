import { clamp, draw, rounded } from '../chance.ts';
import { type Behaviour, battery, constant, cumulative, daysInService, sway, trait, without } from './behaviour.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Lamps burn while the sun stands lower than this: just before civil dusk ends (-6 degrees). */
const LAMPS_BELOW_DEG = -5;

/** Commanded light: full in the evening, 60 % in the small hours, 80 % before dawn. 0 by day. */
export function dimLevel({ sunAltitude, hour }: Pick<World, 'sunAltitude' | 'hour'>): number {
  if (sunAltitude >= LAMPS_BELOW_DEG) return 0;
  if (hour >= 12 && hour < 22.5) return 100;
  return hour >= 22.5 || hour < 5 ? 60 : 80;
}

/** Mean share of rated power by hour over a year, for the energy counter. */
const energyByHour = [0.6, 0.6, 0.6, 0.6, 0.6, 0.8, 0.4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.2, 0.7, 1, 1, 1, 0.8, 0.6];
const dayShare = cumulative(energyByHour, 24);

/** Daylight on a horizontal cell in lx: clear sky by the sine of the sun's altitude, halved by rain. */
export function daylight({ sunAltitude, rainRate }: Pick<World, 'sunAltitude' | 'rainRate'>): number {
  if (sunAltitude < -6) return 0.3;
  if (sunAltitude < 0) return 400 * ((sunAltitude + 6) / 6) ** 3 + 0.3;
  return (400 + 95_000 * Math.sin((sunAltitude * Math.PI) / 180)) * (rainRate > 0 ? 0.4 : 0.8);
}

/** A lamp column; some also charge cars or carry signals, as their `facts` say. */
export const smartPole: Behaviour = without((device, world) => {
  const dim = dimLevel(world);
  const rated = constant(device, 'ratedPower', 'W', 150);
  const power = rated * (dim / 100) * (0.98 + 0.02 * sway(device, world, 'power', 10 * MINUTE));
  const voltage = 225 + trait(device, 'volt', -2, 2) - 3 * world.bustle + 3 * sway(device, world, 'volt', 15 * MINUTE);
  const charging = device.facts.ev === true && draw(`${device.id}/ev`, world.at, HOUR) > 0.6;
  return {
    'pole.lampOn': dim > 0,
    'pole.dimLevel': dim,
    'pole.lampPower': rounded(power, 1),
    'pole.energy': rounded(
      (rated / 1000) * (dayShare * Math.floor(daysInService(device, world)) + cumulative(energyByHour, world.hour)),
      2,
    ),
    'pole.ambientLight': rounded(daylight(world) * (0.9 + 0.1 * sway(device, world, 'lux', 5 * MINUTE)), 1),
    'pole.lampFailure': false,
    'pole.lampCycling': false,
    'pole.tiltDelta': rounded(
      clamp(
        trait(device, 'lean', 0.05, 0.4) + 0.05 * world.windSpeed * Math.abs(sway(device, world, 'sway', MINUTE)),
        0,
        1.2,
      ),
      2,
    ),
    'pole.impact': false,
    'pole.residualCurrent': rounded(
      clamp(2.5 + 1.2 * sway(device, world, 'leak', HOUR) + 0.8 * Math.min(5, world.rain1h), 0.3, 9),
      1,
    ),
    'pole.voltage': rounded(voltage, 1),
    'pole.current': rounded((power + 12 + (charging ? 6600 : 0)) / voltage, 2),
    'pole.supplyLoss': false,
    'pole.doorOpen': false,
    'pole.waterImmersion': false,
    ...(device.facts.ev === true && {
      'ev.connectorTemperature': rounded(
        world.temperature + (charging ? 22 : 1) + 2 * sway(device, world, 'ev', 10 * MINUTE),
        1,
      ),
      'ev.faultCode': 0,
    }),
    ...(device.facts.signal === true && { 'signal.supplyLoss': false, 'signal.faultCode': 0 }),
  };
});

/** A camera that sees an orderly street; now and then a car stands for a few minutes. */
export const poleCamera: Behaviour = without((device, world) => ({
  'camera.exposedGarbage': 0,
  'camera.hangingAnomaly': 0,
  'camera.excavator': 0,
  'camera.illegalParking': draw(`${world.seed}/${device.id}/parked`, world.at, 4 * MINUTE) > 0.9995 ? 1 : 0,
  'camera.outsideShop': 0,
}));

/** A camera over calm water. */
export const shoreCamera: Behaviour = without(() => ({ 'camera.personInWaterZone': 0 }));

/** A parking zone for shared bicycles: filled by day, thinned out by the companies' vans at night. */
export const bikeZone: Behaviour = without((device, world) => {
  const places = constant(device, 'places', '1', 40);
  const parked = Math.round(
    places * clamp(0.45 + 0.35 * world.bustle + 0.15 * sway(device, world, 'bikes', HOUR), 0.1, 1.05),
  );
  return { 'bike.parked': parked, 'bike.zoneRatio': rounded((100 * parked) / places, 0), 'bike.outOfZone': false };
});

/** A village lamp: the panel fills the battery by day, the lamp empties a third of it by night. */
export const solarLight: Behaviour = without((device, world) => {
  const lampOn = dimLevel(world) > 0;
  const sun = clamp(Math.sin((world.sunAltitude * Math.PI) / 180), 0, 1) * (world.rainRate > 0 ? 0.3 : 1);
  // Full at 17:00, lowest at 07:00.
  const sinceFull = (world.hour - 17 + 24) % 24;
  const swing = sinceFull <= 14 ? sinceFull / 14 : (24 - sinceFull) / 10;
  return {
    'light.batterySoc': rounded(clamp(trait(device, 'soc', 90, 97) - 34 * swing, 35, 100), 0),
    'light.panelPower': rounded(60 * sun, 1),
    'light.lampOn': lampOn,
  };
});

/** A signboard that stands as it was fixed; it gives a little in the wind. */
export const tiltSensor: Behaviour = without((device, world) => ({
  'board.tiltDelta': rounded(trait(device, 'lean', 0.05, 0.5) + 0.03 * world.windSpeed, 2),
  'env.windSpeed': rounded(clamp(world.windSpeed + sway(device, world, 'wind', MINUTE), 0, 12), 1),
  'board.battery': battery(device, world),
}));

/** A street tree. */
export const treeTiltSensor: Behaviour = without((device, world) => ({
  'tree.tiltDelta': rounded(trait(device, 'lean', 0.1, 1) + 0.06 * world.windSpeed, 2),
  'tree.battery': battery(device, world),
}));

/** A manhole: cover shut, water rising with the rain of the last hours. */
export const manholeSensor: Behaviour = without((device, world) => ({
  'manhole.coverTilt': rounded(trait(device, 'lie', 0, 2), 1),
  'manhole.coverOpen': false,
  'manhole.freeboard': rounded(
    clamp(
      trait(device, 'deep', 1.8, 3.2) -
        0.05 * world.rain3h -
        0.1 * world.bustle +
        0.05 * sway(device, world, 'level', 20 * MINUTE),
      0.8,
      4,
    ),
    2,
  ),
  'manhole.battery': battery(device, world),
}));

/** A road gully, silting up between two cleanings. */
export const gullySensor: Behaviour = without((device, world) => ({
  'gully.siltLevel': rounded(trait(device, 'silt', 4, 11) + ((world.day + trait(device, 'turn', 0, 30)) % 30) * 0.6, 0),
  'gully.overfull': false,
  'gully.grillOpened': false,
  'gully.battery': battery(device, world),
}));

/** The low point of a road: water stands a few centimetres high after an hour of rain. */
export const waterLevelSensor: Behaviour = without((device, world) => ({
  'road.waterDepth': rounded(
    clamp(trait(device, 'dip', 1, 2) * world.rain1h ** 0.7 + 0.1 * sway(device, world, 'ripple', MINUTE), 0, 10),
    1,
  ),
  'water.battery': battery(device, world),
}));
