import { hours, type Measurement } from '../model/device-type.ts';

/** Groups of measurements that several device types have in common. */

/** What every battery-powered device reports of its battery: `<prefix>.battery`, percent. */
export function batteryPowered<const P extends string>(prefix: P): Readonly<Record<`${P}.battery`, Measurement>> {
  const battery: Measurement = {
    title: { zh: '电池电量', en: 'Battery charge' },
    kind: 'number',
    unit: '%',
    range: [0, 100],
    everyMs: hours(6),
  };
  return { [`${prefix}.battery`]: battery } as Record<`${P}.battery`, Measurement>;
}

/** Where a thing that moves or may be moved is: `<prefix>.lon` and `<prefix>.lat`, degrees in WGS-84. */
export function positioned<const P extends string>(
  prefix: P,
  everyMs: number,
): Readonly<Record<`${P}.lon` | `${P}.lat`, Measurement>> {
  const lon: Measurement = {
    title: { zh: '经度', en: 'Longitude' },
    kind: 'number',
    unit: 'deg',
    range: [-180, 180],
    everyMs,
  };
  const lat: Measurement = {
    title: { zh: '纬度', en: 'Latitude' },
    kind: 'number',
    unit: 'deg',
    range: [-90, 90],
    everyMs,
  };
  return { [`${prefix}.lon`]: lon, [`${prefix}.lat`]: lat } as Record<`${P}.lon` | `${P}.lat`, Measurement>;
}

/** How many of something a camera's recognition sees in its picture now. `title` names the thing. */
export function seen(title: Measurement['title'], everyMs: number): Measurement {
  return { title, kind: 'number', unit: '1', range: [0, 200], everyMs };
}
