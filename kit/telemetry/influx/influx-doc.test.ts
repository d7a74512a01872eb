import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TelemetryRow } from '../telemetry-store.ts';
import { toLine } from './line-protocol.ts';
import { rollupField, rollupStatus } from './rollup-fields.ts';

const doc = readFileSync(new URL('../../../docs/influxdb.md', import.meta.url), 'utf8');
const examples = /```lineprotocol\n([\s\S]*?)```/.exec(doc)?.[1]?.trim().split('\n') ?? [];

/** The readings that the examples of the document stand for. */
const readings: readonly TelemetryRow[] = [
  {
    type: 'gas-alarm-commercial',
    device: 'kitchen-1',
    at: 1_795_361_715_000,
    values: { 'alarm.ch4': 3.2, 'alarm.valveState': 'open' },
  },
  {
    type: 'gas-alarm-commercial',
    device: 'kitchen-1',
    at: 1_795_361_775_000,
    values: { 'alarm.ch4': 72 },
    quality: { 'alarm.ch4': 0x40_94_00_00 },
  },
  {
    type: 'smart-bin',
    device: 'bin 7',
    at: 1_795_361_715_000,
    values: { 'bin.fillPercent': 81, 'bin.lidOpen': false },
  },
  { type: 'smart-bin', device: '鹅城-001', at: 1_795_361_715_000, values: { time: 1, level_q: 2 } },
];

describe('docs/influxdb.md', () => {
  it('shows the lines that are really written', () => {
    expect(readings.map((row) => toLine(row, () => false))).toEqual(examples);
  });

  it('names the fields of the rollups as they are', () => {
    for (const what of ['min', 'max', 'mean', 'count', 'last'] as const) {
      expect(doc).toContain(`\`${rollupField(what, '<测点>').replaceAll('%3C', '<').replaceAll('%3E', '>')}\``);
    }
    expect(doc).toContain(`\`${rollupStatus('<测点>')}\``);
  });
});
