import { openDuckdbTelemetryStore } from '../../kit/telemetry/duckdb/duckdb-telemetry-store.ts';

/**
 * A process that writes until it is killed: batch after batch into the file given, each number printed once its batch was
 * acknowledged. It tidies as often as it can, so that kills fall into that too.
 */
const [file = '', from = '0'] = process.argv.slice(2);
const store = await openDuckdbTelemetryStore(file, { tidyAfter: 2000 });
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
  process.stdout.write(`${batch}\n`);
}
