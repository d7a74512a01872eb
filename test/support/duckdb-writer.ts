import { join } from 'node:path';
import { openDuckdbTelemetryStore } from '../../kit/telemetry/duckdb/duckdb-telemetry-store.ts';

/**
 * A process that writes until it is killed: batch after batch into the file given, each number printed once its batch was
 * acknowledged. It tidies as often as it can, and with a folder as third argument it rolls up and backs up without a pause,
 * so that kills fall into all of that.
 */
const [file = '', from = '0', backups] = process.argv.slice(2);
const store = await openDuckdbTelemetryStore(file, { tidyAfter: 2000 });
let newest = Date.parse('2026-11-22T08:00:00Z');
if (backups !== undefined) {
  void (async () => {
    for (let n = 0; ; n++) {
      await store.upkeep(newest + 7_200_000);
      await store.backup(join(backups, `${process.pid}-${n}`));
    }
  })();
}
for (let batch = Number(from); ; batch++) {
  const at = Date.parse('2026-11-22T08:00:00Z') + batch * 60_000;
  await store.write(
    Array.from({ length: 500 }, (_, n) => ({
      type: 'bin',
      device: `bin-${n}`,
      at,
      values: { fill: batch, full: n % 2 === 0 },
    })),
  );
  newest = at;
  process.stdout.write(`${batch}\n`);
}
