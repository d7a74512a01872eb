import type { UplinkRow } from '../row.ts';

/** Rows as `v1/gateway/telemetry` wants them: by device, each device's in order. */
export function toGatewayMessage(rows: readonly UplinkRow[]): string {
  // A map, since ids come from the field and a plain object has names of its own (`constructor`).
  const byDevice = new Map<string, Omit<UplinkRow, 'device'>[]>();
  for (const { device, ...row } of rows) {
    const list = byDevice.get(device);
    if (list) list.push(row);
    else byDevice.set(device, [row]);
  }
  return JSON.stringify(Object.fromEntries(byDevice));
}
