import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findTool } from '../test/support/tool-list.ts';
import { inCi } from '../test/support/tools.ts';
import { backtestBench } from './backtest.ts';
import { ingestBench } from './ingest.ts';
import { median, type Report, toTable } from './report.ts';
import { rulesBench } from './rules.ts';

const citiesDir = fileURLToPath(new URL('../cities', import.meta.url));

/** The shape every bench prints; what the figures are is this machine's business. */
function expectShape(report: Report, name: string) {
  expect(report.name).toBe(name);
  expect(report.machine).toEqual({
    cpu: expect.any(String),
    cores: expect.any(Number),
    memoryGiB: expect.any(Number),
    node: process.versions.node,
  });
  for (const goal of report.goals) {
    expect(Object.keys(goal)).toEqual(['name', 'value', 'unit', 'goal', 'met']);
    expect(Number.isFinite(goal.value), goal.name).toBe(true);
  }
  for (const [figure, value] of Object.entries(report.figures)) expect(Number.isFinite(value), figure).toBe(true);
  expect(new Set(report.goals.map((goal) => goal.name)).size).toBe(report.goals.length);
}

describe('yanshao bench', () => {
  it('measures ingest by every way in, and the whole path to every store', { timeout: 240_000 }, async () => {
    const said: string[] = [];
    const size = { messages: 800, passes: 1, rounds: 1, devices: 1000 };
    const report = await ingestBench({ ...size, citiesDir, city: 'linglan', progress: (line) => said.push(line) });
    expectShape(report, 'ingest');
    const [mosquitto, influxd] = ['mosquitto', 'influxd'].map((tool) => inCi() || findTool(tool) !== undefined);
    expect(report.goals.map(({ goal, unit }) => `${goal} ${unit}`)).toEqual([
      ...['2 ×', '50 ms', '2 µs', '50 ms'],
      ...(mosquitto ? ['0.6 ×'] : []),
    ]);
    // A warm-up and a round of each: what is not there is said, not left out.
    expect(said).toHaveLength(8 + (influxd ? 2 : 0) + (mosquitto ? 4 : 0));
    expect(report.notes).toHaveLength((influxd ? 0 : 1) + (mosquitto ? 0 : 2));
    for (const [title, names] of [
      ['messages', ['ingest']],
      ['batches of 100 to a bare aedes', ['bare aedes']],
      ['whole path', ['ingest and rules']],
      ['whole path in two processes', ['ingest', 'rules']],
      ['whole path to InfluxDB', influxd ? ['ingest', 'rules', 'influxd'] : []],
      ['messages through Mosquitto', mosquitto ? ['ingest', 'mosquitto'] : []],
      ['messages through Mosquitto to a bare subscriber', mosquitto ? ['bare mqtt.js', 'mosquitto'] : []],
    ] as const) {
      const thing = title.startsWith('messages') ? 'message' : 'reading';
      for (const name of names) {
        expect(report.figures[`${title}: ${name}, µs of processor a ${thing}`], `${title}, ${name}`).toBeDefined();
        expect(report.figures[`${title}: ${name}, peak memory, MB`], `${title}, ${name}`).toBeGreaterThan(0);
      }
    }
  });

  it('measures rules over a mixed city, and what they hold in memory', { timeout: 60_000 }, async () => {
    const report = await rulesBench({ devices: 1500, minutes: 1, citiesDir, city: 'linglan', progress: () => {} });
    expectShape(report, 'rules');
    expect(report.goals.map(({ goal, unit }) => `${goal} ${unit}`)).toEqual(['1 µs', '1024 bytes']);
    for (const size of ['1,000', '1,500']) {
      expect(report.figures[`${size} devices: readings that were duplicate, late or unknown`]).toBe(0);
      expect(report.figures[`${size} devices: state put back at a start, s`]).toBeGreaterThan(0);
      expect(report.figures[`${size} devices: rows of state, bytes a device`]).toBeGreaterThan(0);
    }
    expect(report.figures['plain thresholds: json-rules-engine to this engine, ×']).toBeGreaterThan(0);
  });

  it('measures back-tests over the store, and what the live path feels of one', { timeout: 60_000 }, async () => {
    const size = { readings: 40_000, rounds: 1 };
    const report = await backtestBench({ ...size, citiesDir, city: 'linglan', progress: () => {} });
    expectShape(report, 'backtest');
    expect(report.goals.map(({ goal, unit }) => `${goal} ${unit}`)).toEqual(['500000 readings/s']);
    expect(report.figures['readings tried']).toBe(40_000);
    expect(report.figures['alarms found']).toBeGreaterThan(0);
  });

  it('shows a goal that was missed as missed', () => {
    const goals = [
      { name: 'fast', value: 1, unit: 'µs', goal: 2, met: true },
      { name: 'small', value: 3000, unit: 'bytes', goal: 1024, met: false },
    ];
    const machine = { cpu: 'test', cores: 2, memoryGiB: 4, node: '26' };
    const lines = toTable({ name: 'x', machine, goals, figures: {} }).split('\n');
    expect(lines[1]).toMatch(/达到 met .*1\.00 µs .*2\.00 µs.*fast$/);
    expect(lines[2]).toMatch(/未达 MISSED .*3,000 bytes .*1,024 bytes.*small$/);
    expect(toTable({ name: 'x', machine, goals, figures: {}, notes: ['not measured: y'] })).toMatch(
      / {2}not measured: y$/,
    );
  });

  it('takes the middle of its rounds', () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 9])).toBe(3);
  });
});
