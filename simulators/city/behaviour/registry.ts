import type { Behaviour } from './behaviour.ts';
import {
  envStation,
  inspectionApp,
  marketStation,
  sanitationVehicle,
  smokeHeatSensor,
  soilMoistureSensor,
  sortingStation,
  toiletSensor,
  wasteBin,
  wasteTruck,
} from './care.ts';
import { gasAlarmCommercial, gasAlarmHousehold, gasRtu, pipeGuard, undergroundGas } from './gas.ts';
import {
  bikeZone,
  gullySensor,
  manholeSensor,
  poleCamera,
  shoreCamera,
  smartPole,
  solarLight,
  tiltSensor,
  treeTiltSensor,
  waterLevelSensor,
} from './street.ts';

/**
 * How a healthy device of each type behaves. Fence-line methane has no line here: it is replayed from
 * measurements.
 */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  'bike-zone': bikeZone,
  'env-station': envStation,
  'gas-alarm-commercial': gasAlarmCommercial,
  'gas-alarm-household': gasAlarmHousehold,
  'gas-rtu': gasRtu,
  'gully-sensor': gullySensor,
  'inspection-app': inspectionApp,
  'manhole-sensor': manholeSensor,
  'market-station': marketStation,
  'pipe-guard': pipeGuard,
  'pole-camera': poleCamera,
  'sanitation-vehicle': sanitationVehicle,
  'shore-camera': shoreCamera,
  'smart-pole': smartPole,
  'smoke-heat-sensor': smokeHeatSensor,
  'soil-moisture-sensor': soilMoistureSensor,
  'solar-light': solarLight,
  'sorting-station': sortingStation,
  'tilt-sensor': tiltSensor,
  'toilet-sensor': toiletSensor,
  'tree-tilt-sensor': treeTiltSensor,
  'underground-gas': undergroundGas,
  'waste-bin': wasteBin,
  'waste-truck': wasteTruck,
  'water-level-sensor': waterLevelSensor,
};
