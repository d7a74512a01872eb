import type { Value } from '../../../devices/contract/entry.ts';
import type { Device } from '../../../devices/contract/registry.ts';
import { conversion } from '../../../devices/model/units.ts';
import { clamp, fixed, rounded, wave } from '../chance.ts';
import type { World } from './world.ts';

/** What a device remembers from one step to the next; most remember nothing. */
export type Memory = Readonly<Record<string, number>>;

/** Measurement → value in the canonical unit of the device type. */
export type Values = Readonly<Record<string, Value>>;

export interface Step {
  readonly values: Values;
  readonly memory: Memory;
}

/** One healthy device at one moment of the world. Pure: the same arguments give the same step. */
export type Behaviour = (device: Device, memory: Memory, world: World) => Step;

/** A behaviour that remembers nothing. */
export const without =
  (values: (device: Device, world: World) => Values): Behaviour =>
  (device, memory, world) => ({ values: values(device, world), memory });

/** A wave in [-1, 1] that belongs to one measurement of one device. */
export const sway = (device: Device, world: World, name: string, periodMs: number): number =>
  wave(`${world.seed}/${device.id}/${name}`, world.at, periodMs);

/** A number from `low` to `high` that belongs to one device for ever: how it differs from its neighbours. */
export const trait = (device: Device, name: string, low: number, high: number): number =>
  low + (high - low) * fixed(`${device.id}/${name}`);

/** Days since the device was installed; a year where the registry does not say. */
export function daysInService(device: Device, world: World): number {
  if (!device.installed) return 365;
  return Math.max(0, (world.at - Date.parse(device.installed)) / 86_400_000);
}

/** A battery falls by about 1 % a month and is changed long before it is flat. */
export const battery = (device: Device, world: World): number =>
  rounded(clamp(99 - ((daysInService(device, world) / 30) % 55) - trait(device, 'battery', 0, 4), 25, 100), 0);

/** Sum of an hourly table from midnight to `hour`, the table read as a step function. */
export function cumulative(table: readonly number[], hour: number): number {
  const whole = Math.floor(hour);
  let sum = 0;
  for (let i = 0; i < whole; i++) sum += table[i % 24]!;
  return sum + table[whole % 24]! * (hour - whole);
}

/** The constant `name` of a device in `unit`, or `otherwise` where its registration gives none that can be used. */
export function constant(device: Device, name: string, unit: string, otherwise: number): number {
  const given = device.constants[name];
  if (!given) return otherwise;
  const way = conversion(given.unit, unit);
  return 'convert' in way ? way.convert(given.value) : otherwise;
}
