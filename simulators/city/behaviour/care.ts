import type { Device } from '../../../devices/contract/registry.ts';
import { clamp, draw, rounded } from '../chance.ts';
import { type Behaviour, battery, cumulative, sway, trait, without } from './behaviour.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Where a bin stands in its round: how many collections it has seen, and how full it is. */
export function binRound(device: Device, world: World): { collection: number; fill: number } {
  const rounds = device.facts.wasteKind === 'kitchen' ? 2 : 1;
  const first = trait(device, 'round', 5, 6.8);
  const clock = world.day * 24 + world.hour - first;
  const everyH = 24 / rounds;
  const collection = Math.floor(clock / everyH);
  const progress = clock / everyH - collection;
  const luck = draw(`${world.seed}/${device.id}/load`, collection, 1);
  // One round in fifty ends past the 80 % at which a work order is due: a city is never quite without them.
  const end = luck > 0.98 ? 86 : 30 + 44 * luck;
  return { collection, fill: 2 + (end - 2) * progress ** 0.85 };
}

/** A bin that fills through the day and is emptied on its round: kitchen waste twice a day, the rest once. */
export const wasteBin: Behaviour = (device, memory, world) => {
  const { collection, fill } = binRound(device, world);
  const sun = clamp(Math.sin((world.sunAltitude * Math.PI) / 180), 0, 1) * (world.rainRate > 0 ? 0.2 : 1);
  return {
    values: {
      'bin.fillPercent': rounded(fill, 0),
      'bin.temperature': rounded(
        clamp(world.temperature + 2 + 9 * sun + sway(device, world, 'heat', HOUR), -10, 52),
        1,
      ),
      'bin.tilt': rounded(trait(device, 'stand', 0, 3), 1),
      'bin.emptied': memory.collection !== undefined && collection > memory.collection,
      'bin.lon': device.lon,
      'bin.lat': device.lat,
      'bin.battery': battery(device, world),
    },
    memory: { collection },
  };
};

/** Share of a day's visits in each hour, for counters that start at midnight. */
const visitsByHour = [0, 0, 0, 0, 0, 1, 3, 6, 7, 6, 6, 7, 7, 5, 5, 6, 6, 7, 8, 8, 6, 4, 2, 0];
const visitsADay = cumulative(visitsByHour, 24);
const sofar = (world: World): number => cumulative(visitsByHour, world.hour) / visitsADay;

/** A public toilet, aired and cleaned. */
export const toiletSensor: Behaviour = without((device, world) => ({
  'air.nh3': rounded(clamp(0.05 + 0.07 * world.bustle + 0.03 * sway(device, world, 'nh3', 20 * MINUTE), 0, 0.2), 3),
  'air.h2s': rounded(
    clamp(0.002 + 0.002 * world.bustle + 0.001 * sway(device, world, 'h2s', 20 * MINUTE), 0, 0.007),
    4,
  ),
  'air.temperature': rounded(10 + 0.55 * world.temperature, 1),
  'toilet.visitors': Math.floor(trait(device, 'visits', 300, 1200) * sofar(world)),
  'toilet.freeCubicles': Math.round(
    clamp(8 - 5 * world.bustle + 2 * sway(device, world, 'cubicles', 3 * MINUTE), 0, 8),
  ),
}));

/** A market hall. */
export const marketStation: Behaviour = without((device, world) => ({
  'floor.waterPresent': false,
  'air.nh3': rounded(clamp(0.3 + 0.4 * world.bustle + 0.1 * sway(device, world, 'nh3', 30 * MINUTE), 0, 1), 2),
  'air.temperature': rounded(8 + 0.65 * world.temperature, 1),
  'bin.fillPercent': rounded(clamp(8 + (60 * ((world.hour + 20) % 24)) / 24, 0, 72), 0),
}));

/** A sorting station: every delivery is weighed, and the truck's weight follows the bins' closely. */
export const sortingStation: Behaviour = without((device, world) => {
  const binKg = trait(device, 'kg', 180, 340) * sofar(world);
  return {
    'sorting.deliveries': Math.floor(trait(device, 'visits', 120, 400) * sofar(world)),
    'sorting.misSortRatio': rounded(clamp(4.5 + 2 * sway(device, world, 'missort', 6 * HOUR), 1, 8), 1),
    'sorting.binKg': rounded(binKg, 1),
    'sorting.truckKg': rounded(binKg * 0.97, 1),
  };
});

/** Where on its round a vehicle is: a closed loop of about a kilometre around its depot, once in `roundMs`. */
function onRound(device: Device, world: World, roundMs: number): { lon: number; lat: number } {
  const turn = 2 * Math.PI * (world.at / roundMs + trait(device, 'start', 0, 1));
  return {
    lon: rounded(device.lon + 0.004 * Math.cos(turn) + 0.001 * Math.cos(3 * turn), 6),
    lat: rounded(device.lat + 0.0035 * Math.sin(turn), 6),
  };
}

/** A collection truck: on its round by day with the lid shut, at the depot by night. */
export const wasteTruck: Behaviour = without((device, world) => {
  const working = world.hour >= 5 && world.hour < 20;
  const place = working ? onRound(device, world, HOUR) : { lon: device.lon, lat: device.lat };
  const loaded = working && (world.hour * 2) % 3 >= 1;
  return {
    'truck.lon': place.lon,
    'truck.lat': place.lat,
    'truck.speed': working ? rounded(clamp(18 + 14 * sway(device, world, 'speed', 2 * MINUTE), 0, 35), 0) : 0,
    'truck.loaded': loaded,
    'truck.weight': loaded ? rounded(1.5 + (((world.hour * 2) % 3) - 1) * 2.5, 1) : 0,
    'truck.lidClosed': true,
    'truck.dumpOutsideFence': false,
    'truck.leachateLeak': false,
  };
});

/** A sweeper or sprinkler; its dispatch system reports the route figures. */
export const sanitationVehicle: Behaviour = without((device, world) => {
  const working = world.hour >= 5 && world.hour < 19;
  const place = working ? onRound(device, world, 2 * HOUR) : { lon: device.lon, lat: device.lat };
  return {
    'vehicle.lon': place.lon,
    'vehicle.lat': place.lat,
    'vehicle.speed': working ? rounded(clamp(9 + 6 * sway(device, world, 'speed', 2 * MINUTE), 0, 18), 0) : 0,
    'vehicle.washPump': working && world.rainRate === 0,
    'camera.roadDirty': 0,
    'ops.shiftEnded': !working,
    'ops.rainWarning': 'none',
    'ops.routeCoverage': rounded(trait(device, 'route', 96.5, 99.5), 1),
    'ops.firstPassDelay': rounded(trait(device, 'late', 0, 12), 0),
    'ops.washPasses': Math.round(trait(device, 'wash', 6, 8)),
  };
});

/** Dust, noise and weather. */
export const envStation: Behaviour = without((device, world) => {
  const pm10 = clamp(
    world.pm10 * trait(device, 'dust', 0.85, 1.1) + 6 * sway(device, world, 'dust', 10 * MINUTE),
    5,
    135,
  );
  return {
    'env.pm10': rounded(pm10, 0),
    'env.pm25': rounded(pm10 * 0.55, 0),
    'env.noiseLAeq': rounded(
      world.noise + trait(device, 'noise', -3, 2) + 2.5 * sway(device, world, 'noise', 30_000),
      1,
    ),
    'env.temperature': rounded(world.temperature + trait(device, 'heat', -0.8, 0.8), 1),
    'env.humidity': rounded(world.humidity, 0),
    'env.windSpeed': rounded(clamp(world.windSpeed + 0.8 * sway(device, world, 'wind', 20_000), 0, 12), 1),
    'env.rain1h': rounded(world.rain1h, 1),
  };
});

/** Soil of a green space: wetter after rain, watered before it dries out. */
export const soilMoistureSensor: Behaviour = without((device, world) => ({
  'soil.vwc': rounded(
    clamp(trait(device, 'soil', 22, 30) + 0.5 * world.rain3h + 2 * sway(device, world, 'soil', 24 * HOUR), 16, 42),
    1,
  ),
  'soil.temperature': rounded(9 + 0.5 * world.temperature, 1),
  'soil.battery': battery(device, world),
}));

/** A grid that nobody has anything to report from. */
export const inspectionApp: Behaviour = without(() => ({ 'report.open': 0, 'hazard.open': false }));

/** A detector in a charging shed. */
export const smokeHeatSensor: Behaviour = without((device, world) => ({
  'fire.smoke': false,
  'fire.temperature': rounded(world.temperature + 3 + sway(device, world, 'shed', 30 * MINUTE), 1),
  'fire.sensorFault': false,
  'fire.battery': battery(device, world),
}));
