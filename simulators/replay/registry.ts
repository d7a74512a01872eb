import type { DemoReplay } from '../../devices/city/demo.ts';
import type { RegistryPut } from '../../devices/contract/command.ts';
import { moved, offset } from '../../kit/metres.ts';
import type { LoadedReplay } from './read-data.ts';

/** Where a replay is shown. */
export type ReplayPlace = Pick<DemoReplay, 'id' | 'name' | 'area' | 'lon' | 'lat'>;

/**
 * The site and the devices to register for a replay: all `demo`, all with the data's attribution. Positions keep their
 * offsets from the data's anchor around the place, or stay where the data has them.
 */
export function registryOf({ mapping, data }: LoadedReplay, place: ReplayPlace): RegistryPut {
  const { anchor, spread, position, attribution } = mapping;
  const standing = (lon: number, lat: number) => {
    if (position === 'absolute' || !anchor) return { lon, lat };
    const { east, north } = offset(anchor, { lon, lat });
    return moved(place, east * spread, north * spread);
  };
  return {
    sites: [
      {
        id: place.id,
        kind: 'demonstration',
        name: place.name.zh,
        nameEn: place.name.en,
        lon: place.lon,
        lat: place.lat,
        area: place.area,
        demo: true,
        attribution,
      },
    ],
    devices: data.devices.map((device) => ({
      id: device.id,
      type: mapping.deviceType,
      name: device.name.zh,
      nameEn: device.name.en,
      ...standing(device.lon, device.lat),
      area: place.area,
      site: place.id,
      ...(mapping.gas && { gas: mapping.gas }),
      ...(mapping.gasUnit && { gasUnit: mapping.gasUnit }),
      constants: {},
      facts: { replay: true },
      demo: true,
      attribution,
    })),
    gateways: [],
    credentials: [],
  };
}
