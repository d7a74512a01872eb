import type { UplinkRow } from '../row.ts';

/** Rows as `v1/gateway/telemetry` wants them: by device, each device's in order. */
export function toGatewayMessage(rows: readonly UplinkRow[]): string {
  // A map, since ids come from the field and a plain object has names of its own (`constructor`).
  const byDevice = new Map<string, (object | string)[]>();
  for (const { device, unreadable, kept, ...row } of rows) {
    // A bare text is no report: the platform refuses it in the device's name, with the text, and counts it.
    const element = unreadable ?? row;
    const list = byDevice.get(device);
    if (list) list.push(element);
    else byDevice.set(device, [element]);
  }
  return JSON.stringify(Object.fromEntries(byDevice));
}
