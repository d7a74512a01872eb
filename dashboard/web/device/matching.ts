import type { Device } from '../../../devices/contract/registry.ts';

type Found = Pick<Device, 'id' | 'name' | 'nameEn' | 'address' | 'type'>;

/**
 * Devices whose id, name or address hold every word of `text`, at most `limit`; those whose name or id begins with it
 * come first. Nothing typed gives the first ones as they are registered.
 */
export function matching<D extends Found>(devices: Iterable<D>, text: string, limit: number): D[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const first: D[] = [];
  const other: D[] = [];
  for (const device of devices) {
    if (first.length >= limit) break;
    const hay =
      `${device.id} ${device.name} ${device.nameEn ?? ''} ${device.address ?? ''} ${device.type}`.toLowerCase();
    if (!words.every((word) => hay.includes(word))) continue;
    const lead = words[0] ?? '';
    const begins = device.name.toLowerCase().startsWith(lead) || device.id.toLowerCase().startsWith(lead);
    if (begins) first.push(device);
    else if (other.length < limit) other.push(device);
  }
  return [...first, ...other].slice(0, limit);
}
