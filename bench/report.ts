import { cpus, loadavg, totalmem } from 'node:os';

/** One goal of design.md's table, as measured in this run. A goal missed is shown as missed. */
export interface Goal {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The figure to stay at or below, or to reach where `atLeast`. */
  readonly goal: number;
  readonly met: boolean;
}

/** What every bench of the project prints. */
export interface Report {
  readonly name: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGiB: number; readonly node: string };
  readonly goals: readonly Goal[];
  readonly figures: Readonly<Record<string, number>>;
  /** What was not measured, and why. */
  readonly notes?: readonly string[];
}

/** A goal to stay at or below. */
export const atMost = (name: string, value: number, unit: string, goal: number): Goal => ({
  name,
  value,
  unit,
  goal,
  met: value <= goal,
});
/** A goal to reach. */
export const atLeast = (name: string, value: number, unit: string, goal: number): Goal => ({
  name,
  value,
  unit,
  goal,
  met: value >= goal,
});

/** The machine this runs on, for the report. */
export function machine(): Report['machine'] {
  const [first] = cpus();
  return {
    cpu: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
}

/** What else the machine was doing when the bench began: above its cores, figures are those of a busy machine. */
export const busyness = (): Report['figures'] => ({ 'machine: load average at the start': loadavg()[0] ?? 0 });

const round = (value: number) =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

/** The report as a table for people. */
export function toTable({ name, machine: m, goals, figures, notes = [] }: Report): string {
  const rows = goals.map(({ name: what, value, unit, goal, met }) => [
    met ? '达到 met   ' : '未达 MISSED',
    `${round(value)} ${unit}`,
    `(${round(goal)} ${unit})`,
    what,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return [
    `${name} · ${m.cores} × ${m.cpu}, ${m.memoryGiB} GiB, Node ${m.node}`,
    ...rows.map((row) => row.map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell)).join('  ')),
    ...Object.entries(figures).map(([what, value]) => `  ${what}: ${round(value)}`),
    ...notes.map((note) => `  ${note}`),
  ].join('\n');
}

/** The value that a share of all stay at or below: 0.99 is the worst of each hundred. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The middle of several measurements: one that was disturbed does not move it. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
