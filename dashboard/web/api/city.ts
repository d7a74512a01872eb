import { create } from 'zustand';
import type { CityBody, DeviceBody, DevicesBody, StandardsBody } from '../../../devices/contract/api.ts';
import type { Device } from '../../../devices/contract/registry.ts';
import type { DeviceType, Measurement } from '../../../devices/model/device-type.ts';
import { api } from './client.ts';

interface CityState {
  readonly body: CityBody | null;
  readonly types: ReadonlyMap<string, DeviceType>;
  /** The registry as far as it has been read. */
  readonly devices: ReadonlyMap<string, DeviceBody>;
  readonly standards: StandardsBody | null;
}

/** What changes rarely: the city, its device types, its registry, its catalogue. */
export const useCity = create<CityState>(() => ({
  body: null,
  types: new Map(),
  devices: new Map(),
  standards: null,
}));

/** A page of the registry; the server may give fewer. */
const PAGE = 2000;

export async function loadCity(): Promise<CityBody> {
  const body = await api<CityBody>('/city');
  useCity.setState({ body, types: new Map(body.types.map((type) => [type.id, type])) });
  return body;
}

/** Reads the whole registry, page by page. */
export async function loadDevices(): Promise<void> {
  const devices = new Map<string, DeviceBody>();
  for (let offset = 0; ; ) {
    const page = await api<DevicesBody>(`/devices?limit=${PAGE}&offset=${offset}`);
    for (const device of page.items) devices.set(device.id, device);
    offset += page.items.length;
    if (page.items.length === 0 || offset >= page.total) break;
  }
  useCity.setState({ devices });
}

export async function loadStandards(): Promise<void> {
  useCity.setState({ standards: await api<StandardsBody>('/standards') });
}

/** The measurement of a device's type, when the type declares it. */
export function measurementOf(device: Pick<Device, 'type'> | undefined, name: string): Measurement | undefined {
  return device ? useCity.getState().types.get(device.type)?.measurements[name] : undefined;
}
