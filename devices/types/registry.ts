import type { DeviceType } from '../model/device-type.ts';
import { bikeZone } from './bike-zone.ts';
import { envStation } from './env-station.ts';
import { gasAlarmCommercial } from './gas-alarm-commercial.ts';
import { gasAlarmHousehold } from './gas-alarm-household.ts';
import { gasRtu } from './gas-rtu.ts';
import { gullySensor } from './gully-sensor.ts';
import { inspectionApp } from './inspection-app.ts';
import { manholeSensor } from './manhole-sensor.ts';
import { marketStation } from './market-station.ts';
import { methaneFenceLine } from './methane-fence-line.ts';
import { pipeGuard } from './pipe-guard.ts';
import { poleCamera } from './pole-camera.ts';
import { sanitationVehicle } from './sanitation-vehicle.ts';
import { shoreCamera } from './shore-camera.ts';
import { smartPole } from './smart-pole.ts';
import { smokeHeatSensor } from './smoke-heat-sensor.ts';
import { soilMoistureSensor } from './soil-moisture-sensor.ts';
import { solarLight } from './solar-light.ts';
import { sortingStation } from './sorting-station.ts';
import { tiltSensor } from './tilt-sensor.ts';
import { toiletSensor } from './toilet-sensor.ts';
import { treeTiltSensor } from './tree-tilt-sensor.ts';
import { undergroundGas } from './underground-gas.ts';
import { wasteBin } from './waste-bin.ts';
import { wasteTruck } from './waste-truck.ts';
import { waterLevelSensor } from './water-level-sensor.ts';

const all: readonly DeviceType[] = [
  bikeZone,
  envStation,
  gasAlarmCommercial,
  gasAlarmHousehold,
  gasRtu,
  gullySensor,
  inspectionApp,
  manholeSensor,
  marketStation,
  methaneFenceLine,
  pipeGuard,
  poleCamera,
  sanitationVehicle,
  shoreCamera,
  smartPole,
  smokeHeatSensor,
  soilMoistureSensor,
  solarLight,
  sortingStation,
  tiltSensor,
  toiletSensor,
  treeTiltSensor,
  undergroundGas,
  wasteBin,
  wasteTruck,
  waterLevelSensor,
];

/** Every device type, by id. Adding a device to the platform is adding its file and its line here. */
export const deviceTypes: Readonly<Record<string, DeviceType>> = Object.freeze(
  Object.fromEntries(all.map((type) => [type.id, type])),
);

/** The type with this id, or undefined for one that does not exist. */
export function deviceType(id: string): DeviceType | undefined {
  return Object.hasOwn(deviceTypes, id) ? deviceTypes[id] : undefined;
}
