import type { LoadedCity } from '../devices/city/load-city.ts';
import type { Device, Gateway, Site } from '../devices/contract/registry.ts';
import { toFieldUnits } from '../simulators/city/field-units.ts';
import { type BenchCity, benchCity, healthy } from './city.ts';

/** What is sent: single messages of devices, or batches of gateways through the whole path. */
export interface IngestLoad {
  readonly load: 'messages' | 'path';
  /** Devices registered. */
  readonly devices: number;
  readonly connections: number;
}

/** Who connects. */
export interface Sender {
  readonly subject: string;
  readonly token: string;
}

export interface LoadRegistry {
  readonly devices: readonly Device[];
  readonly sites: readonly Site[];
  readonly gateways: readonly Gateway[];
  readonly senders: readonly Sender[];
  readonly world: BenchCity['world'];
}

/** What a subscriber of an external broker lets it send before the first is acknowledged: the platform's default. */
export const RECEIVE_MAXIMUM = 1024;
/** Values of one device in a message. */
export const VALUES = 4;
/** Devices in a gateway's message: with four values each, a hundred readings. */
export const BATCH_DEVICES = 25;

/**
 * The registry of a load; the same load always gives the same one, so that sender and receiver make it apart. In the
 * path load the devices stand behind one gateway for each connection, in turn.
 */
export function registryFor(city: LoadedCity, { load, devices: count, connections }: IngestLoad): LoadRegistry {
  const made = benchCity(city, count);
  if (load === 'messages') {
    const devices = made.devices.map((device) => ({ ...device, gateway: undefined }));
    const senders = devices.filter(talks('gas-alarm-commercial')).slice(0, connections).map(senderOf);
    if (senders.length < connections) {
      throw new Error(`a city of ${count} devices has ${senders.length} kitchens to connect, not ${connections}`);
    }
    return { ...made, devices, senders };
  }
  const gateways = Array.from({ length: connections }, (_, i): Gateway => {
    return { id: `bench-gw-${i}`, name: `bench-gw-${i}`, lon: 112.6, lat: 26.9, demo: true };
  });
  const world = made.world(NOON);
  const devices = made.devices
    .filter((device) => Object.keys(healthy(device, world)).length >= VALUES)
    .map((device, i) => ({ ...device, gateway: `bench-gw-${i % connections}` }));
  return { ...made, gateways, devices, senders: gateways.map(senderOf) };
}

const NOON = Date.UTC(2026, 10, 22, 4);
const talks = (type: string) => (device: Device) => device.type === type;
const senderOf = ({ id }: { id: string }): Sender => ({ subject: id, token: `token-of-${id}-0123456789abcdef` });

/** Four values of a kitchen's detector, a second after the last: what one message of a device holds. */
export function messageOf(at: number): string {
  const ch4 = ((at / 1000) % 7) / 10 + 0.2;
  return `{"ts":${at},"values":{"alarm.ch4":${ch4.toFixed(2)},"alarm.valveState":"open","alarm.fan":true,"alarm.battery":87}}`;
}

/** One pass over all devices behind a gateway, in messages of {@link BATCH_DEVICES}: at `at` every device says four things. */
export function batchesOf({ devices, world }: LoadRegistry, gateway: string, at: number): string[] {
  const now = world(at);
  const behind = devices.filter((device) => device.gateway === gateway);
  const messages: string[] = [];
  for (let from = 0; from + BATCH_DEVICES <= behind.length; from += BATCH_DEVICES) {
    const body = Object.fromEntries(
      behind.slice(from, from + BATCH_DEVICES).map((device) => {
        const values = Object.fromEntries(Object.entries(toFieldUnits(device, healthy(device, now))).slice(0, VALUES));
        return [device.id, [{ ts: at, values }]];
      }),
    );
    messages.push(JSON.stringify(body));
  }
  return messages;
}
