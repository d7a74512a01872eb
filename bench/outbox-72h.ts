import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillOutbox } from './outbox.ts';

/** `node bench/outbox-72h.ts [hours] [devices]`: how large a gateway's outbox becomes without an uplink, on this machine's disk. */
const [hours = 72, devices = 500] = process.argv.slice(2).map(Number);
const dir = mkdtempSync(join(tmpdir(), 'yanshao-outbox-'));
const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
try {
  const onHour = (hour: number, bytes: number) => hour % 12 === 0 && console.log(`${hour} h  ${mb(bytes)}`);
  const { rows, mostBytes, bytes, ms, againMs } = await fillOutbox({ dir, devices, hours, together: 100, onHour });
  console.log(
    `${rows} rows (${devices} devices, ${hours} h): ${mb(bytes)}, at most ${mb(mostBytes)} with its logs, ${(bytes / rows).toFixed(1)} bytes a row; ` +
      `kept in ${(ms / 1000).toFixed(0)} s, looked through at the next start in ${(againMs / 1000).toFixed(1)} s; ` +
      `resident ${mb(process.memoryUsage().rss)}`,
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
}
