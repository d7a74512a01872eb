import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openOutboxJournals } from '../gateway/main.ts';
import { openOutbox } from '../gateway/outbox/outbox.ts';
import { classify, safetyByType } from '../gateway/outbox/safety.ts';
import type { UplinkRow } from '../gateway/row.ts';
import { silentLog } from '../kit/log.ts';

export interface OutboxFill {
  readonly dir: string;
  readonly devices: number;
  readonly hours: number;
  /** Rows that are put in at the same moment and share a commit. */
  readonly together: number;
  readonly onHour?: (hour: number, bytes: number) => void;
}

export interface OutboxSize {
  readonly rows: number;
  /** The folder at its largest, write-ahead logs and all, bytes. */
  readonly mostBytes: number;
  /** The folder at the end, with the outbox open. */
  readonly bytes: number;
  readonly ms: number;
  /** Opening it again, with all that waits looked through, ms. */
  readonly againMs: number;
}

const capBytes = 200 * 1_048_576;
const start = Date.UTC(2026, 10, 19);

/**
 * Keeps what `devices` report once a minute for `hours` without an uplink, each with four noisy values and a time of its own: a
 * third are gas detectors, the rest gullies. The gateway's own outbox on a real disk, synced as ever.
 */
export async function fillOutbox({ dir, devices, hours, together, onHour }: OutboxFill): Promise<OutboxSize> {
  let now = start;
  const open = async () => {
    const journals = await openOutboxJournals((file) => join(dir, file), capBytes);
    const outbox = await openOutbox({
      journals,
      policy: { capBytes, maxAgeMs: 30 * 86_400_000, full: 'wait' },
      classOf: classify(safetyByType),
      now: () => now,
      log: silentLog,
    });
    return { journals, outbox };
  };
  const began = performance.now();
  const { journals, outbox } = await open();
  let mostBytes = 0;
  let rows = 0;
  for (let minute = 0; minute < hours * 60; minute++) {
    for (let device = 0; device < devices; device += together) {
      const taken: Promise<void>[] = [];
      for (let d = device; d < Math.min(devices, device + together); d++) {
        now = start + minute * 60_000 + Math.floor((d * 60_000) / devices);
        taken.push(outbox.take([reading(d, now, rows++)]));
      }
      await Promise.all(taken);
    }
    if (minute % 60 === 59) {
      const bytes = sizeOf(dir);
      mostBytes = Math.max(mostBytes, bytes);
      onHour?.((minute + 1) / 60, bytes);
    }
  }
  await outbox.pack();
  const bytes = sizeOf(dir);
  const ms = performance.now() - began;
  await outbox.stop();
  await journals.close();
  const reopening = performance.now();
  const again = await open();
  await again.outbox.known;
  const againMs = performance.now() - reopening;
  const { waiting } = again.outbox.stats();
  const found = waiting.fresh.rows + waiting.safety.rows + waiting.rest.rows;
  await again.outbox.stop();
  await again.journals.close();
  if (found !== rows) throw new Error(`${rows} rows were put in and ${found} are there`);
  return { rows, mostBytes: Math.max(mostBytes, bytes), bytes, ms, againMs };
}

/** Bytes of all files of a folder. */
const sizeOf = (dir: string): number => readdirSync(dir).reduce((sum, file) => sum + statSync(join(dir, file)).size, 0);

/** Noise that is the same in every run, 0 to 1. */
function noise(n: number): number {
  let x = (n + 1) * 0x9e3779b1;
  x ^= x >>> 15;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  return ((Math.imul(x, 0xc2b2ae35) ^ (x >>> 16)) >>> 0) / 2 ** 32;
}

function reading(device: number, ts: number, n: number): UplinkRow {
  const at = ts + Math.floor(noise(n) * 1000);
  const digits = (value: number, places: number) => Number(value.toFixed(places));
  const battery = digits(3.4 + noise(n * 7) * 0.3, 2);
  return device % 3 === 0
    ? {
        device: `gas-alarm-${String(device).padStart(4, '0')}`,
        ts: at,
        values: {
          'alarm.ch4': digits(noise(n * 3) * 5, 2),
          'alarm.co': digits(noise(n * 5) * 20, 1),
          'alarm.temperature': digits(15 + noise(n * 11) * 10, 1),
          'device.battery': battery,
        },
      }
    : {
        device: `gully-${String(device).padStart(4, '0')}`,
        ts: at,
        values: {
          'gully.level': digits(noise(n * 3) * 2, 3),
          'gully.flow': digits(noise(n * 5) * 20, 2),
          'device.signal': -60 - Math.floor(noise(n * 11) * 40),
          'device.battery': battery,
        },
      };
}
