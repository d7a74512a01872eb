import type { Device } from '../../../devices/contract/registry.ts';
import { clamp, draw, rounded } from '../chance.ts';
import { type Behaviour, battery, constant, cumulative, sway, trait, without } from './behaviour.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Share of the day's mean drawn in each hour; the totaliser integrates this table, so it is a function of time alone. */
const totalByHour = [
  0.28, 0.24, 0.22, 0.23, 0.28, 0.76, 1.49, 1.41, 0.95, 1.0, 1.53, 1.8, 1.35, 0.88, 0.78, 0.98, 1.53, 2.0, 1.85, 1.38,
  1.05, 0.82, 0.57, 0.38,
];

const meals = ({ hour }: World): boolean =>
  (hour >= 6 && hour < 8.5) || (hour >= 10.5 && hour < 13.5) || (hour >= 16.5 && hour < 20.5);

/**
 * Kitchen air in %LEL: noise below 1, and while meals are cooked now and then a bump of a lighting burner, at most about 5:
 * half of the lowest limit in use.
 */
const kitchenGas = (seconds: number, busy: boolean, bump: number): number =>
  clamp(0.35 + 0.3 * seconds + (busy && bump > 0.93 ? 45 * (bump - 0.93) : 0), 0, 5);

/** A detector in a restaurant kitchen. */
export const gasAlarmCommercial: Behaviour = without((device, world) => {
  const bump = draw(`${world.seed}/${device.id}/burner`, world.at, 40_000);
  return {
    'alarm.ch4': rounded(kitchenGas(sway(device, world, 'ch4', 20_000), meals(world), bump), 2),
    'alarm.valveState': 'open',
    'alarm.fan': meals(world),
    'alarm.muted': false,
    'alarm.sensorFault': false,
    'alarm.battery': battery(device, world),
  };
});

/** A detector in a home. */
export const gasAlarmHousehold: Behaviour = without((device, world) => {
  const co = clamp((meals(world) ? 4 : 1) + 1.5 * sway(device, world, 'co', 5 * MINUTE), 0, 9);
  return {
    'alarm.ch4': rounded(clamp(0.3 + 0.25 * sway(device, world, 'ch4', MINUTE), 0, 2), 2),
    'alarm.co': rounded(co, 0),
    // 1 ppm CO is 1.165 mg/m3 at 20 Cel and 1013 hPa (28.01 g/mol over 24.04 L/mol).
    'air.co': rounded(co * 1.165, 1),
    'alarm.valveState': 'open',
    'alarm.muted': false,
    'alarm.sensorFault': false,
    'alarm.battery': battery(device, world),
  };
});

/** Mean flow in m3/h, so that the night's lowest flow lies near `baseline30d` and the evening peak below `Qmax`. */
function meanFlow(device: Device): number {
  const qMax = constant(device, 'Qmax', 'm3/h', 1000);
  const night = constant(device, 'baseline30d', 'm3/h', 0.07 * qMax);
  return Math.min(night / 0.23, 0.42 * qMax);
}

/**
 * A regulating station. The regulator holds the outlet near `Ps` and droops a little under load (2 % at Qmax); the inlet
 * falls a little when the city draws gas; the filter's pressure drop goes with the square of the flow.
 */
export const gasRtu: Behaviour = without((device, world) => {
  const ps = constant(device, 'Ps', 'kPa', 2.5);
  const mop = constant(device, 'MOP', 'MPa', 0.4);
  const qMean = meanFlow(device);
  const load = world.gasDemand * (1 + 0.05 * sway(device, world, 'flow', MINUTE));
  const days = world.day - 18_000 + trait(device, 'total', 0, 900);
  return {
    'rtu.inletPressure': rounded(
      mop * (0.84 - 0.03 * world.gasDemand + 0.015 * sway(device, world, 'pin', 10 * MINUTE)),
      4,
    ),
    'rtu.outletPressure': rounded(
      ps *
        (1.015 - 0.01 * load + 0.008 * sway(device, world, 'pout', MINUTE) + 0.003 * sway(device, world, 'hum', 6_000)),
      4,
    ),
    'rtu.gasTemperature': rounded(
      6 + 0.6 * world.temperature + trait(device, 'tgas', -1, 1) + sway(device, world, 'tgas', HOUR),
      1,
    ),
    'rtu.flowRate': rounded(qMean * load, 1),
    'rtu.flowTotal': rounded(qMean * (24 * days + cumulative(totalByHour, world.hour)), 2),
    'rtu.filterDp': rounded(trait(device, 'filter', 4, 9) + 2.2 * load * load, 1),
    'rtu.odorant': rounded(20 + trait(device, 'thr', -2, 4) + 1.5 * sway(device, world, 'thr', 2 * HOUR), 1),
    'rtu.odorantPumpFault': false,
    'rtu.ch4': rounded(clamp(0.4 + 0.4 * sway(device, world, 'ch4', MINUTE), 0, 2), 2),
    'rtu.shutoffValveClosed': false,
    'rtu.doorOpen': false,
    'rtu.mainsLoss': false,
    'rtu.upsVoltage': rounded(26.8 + 0.3 * sway(device, world, 'ups', 10 * MINUTE), 1),
    'rtu.clock': Math.floor(world.at / 1000),
  };
});

/** A valve pit beside a gas pipe: traces of sewer gas, next to no ethane. */
export const undergroundGas: Behaviour = without((device, world) => ({
  'ug.ch4Vol': rounded(clamp(0.08 + 0.07 * sway(device, world, 'ch4', HOUR), 0, 0.3), 3),
  'ug.ethane': rounded(clamp(0.8 + 0.8 * sway(device, world, 'c2h6', HOUR), 0, 3), 1),
  'ug.temperature': rounded(12 + 0.35 * world.temperature + trait(device, 'pit', -1, 1), 1),
  'ug.waterPresent': world.rain3h > 14 && trait(device, 'drain', 0, 1) > 0.8,
  'ug.battery': battery(device, world),
}));

/** A guard of a buried pipe: the nearest machine is far away; a lorry passes now and then. */
export const pipeGuard: Behaviour = without((device, world) => ({
  'guard.distanceToPipe': rounded(120 + trait(device, 'far', 0, 150) + 30 * sway(device, world, 'machine', HOUR), 0),
  // One knock, in one report: three within ten minutes would be somebody digging.
  'guard.vibrationEvent': draw(`${world.seed}/${device.id}/lorry`, world.at, MINUTE) > 0.997 ? 1 : 0,
  'guard.battery': battery(device, world),
}));
