import { type Baseline, isLearning, recall } from '../judge/baseline.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { baselineOf, countLearning } from './baselines.ts';
import type { Core } from './core.ts';
import type { Row } from './kept.ts';
import type { Unit } from './units.ts';

/** The open span of a baseline: a few numbers that change with each reading, so they stand in the device's own row. */
export interface OpenSpan {
  readonly span: number;
  readonly open: readonly number[];
  readonly newest: number | null;
  readonly abnormal: boolean;
}

/** Bins are written when a span has ended, not with each reading: a row of their own, beside the device's. */
const LEARNED = '|learned';
export const binsRow = (device: string): string => device + LEARNED;
/** The device that a row of either kind belongs to; `|` is in no id. */
export const learnedOf = (row: string): string => (row.endsWith(LEARNED) ? row.slice(0, -LEARNED.length) : row);

export function openSpan(core: Core, index: number): OpenSpan | undefined {
  const baseline = core.baselines.byIndex.get(index);
  if (!baseline || Number.isNaN(baseline.span)) return undefined;
  const { span, open, newest, abnormal } = baseline;
  return { span, open, newest: Number.isNaN(newest) ? null : newest, abnormal };
}

export function reopenSpan(core: Core, index: number, rule: CompiledRule, { span, open, newest, abnormal }: OpenSpan) {
  const baseline = baselineOf(core, index, rule);
  baseline.span = span;
  open.forEach((value, i) => {
    baseline.open[i] = value;
  });
  baseline.newest = newest ?? Number.NaN;
  baseline.abnormal = abnormal;
  recalled(core, rule, baseline);
}

/** A device's bins by rule: figures, counts and refusals, each in base64. */
type Bins = Record<string, readonly [values: string, counts: string, refused: string]>;

export function writeBins(core: Core, unit: Unit): string {
  const body: Bins = {};
  for (const rule of unit.plan.baselines) {
    const baseline = core.baselines.byIndex.get(unit.s + rule.offset);
    if (baseline) body[rule.key] = [text(baseline.values), text(baseline.counts), text(baseline.refused)];
  }
  return JSON.stringify(body);
}

/** Puts bins back; where the catalogue remembers more or less than it did, learning begins anew. */
export function readBins(core: Core, unit: Unit, text: string): void {
  const body = JSON.parse(text) as Bins;
  for (const rule of unit.plan.baselines) {
    const [values = '', counts = '', refused = ''] = body[rule.key] ?? [];
    const baseline = baselineOf(core, unit.s + rule.offset, rule);
    if (!fits(baseline.values, values) || !fits(baseline.counts, counts)) continue;
    fill(baseline.values, values);
    fill(baseline.counts, counts);
    fill(baseline.refused, refused);
    recalled(core, rule, baseline);
  }
}

function recalled(core: Core, rule: CompiledRule, baseline: Baseline): void {
  const was = isLearning(baseline);
  recall(baseline, rule.baseline!);
  if (was !== isLearning(baseline)) countLearning(core, rule, was ? -1 : 1);
}

type Column = Float32Array | Uint16Array;
const bytesOf = (column: Column): Uint8Array => new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
const text = (column: Column): string => Buffer.from(bytesOf(column)).toString('base64');
const fits = (column: Column, text: string): boolean => Buffer.byteLength(text, 'base64') === column.byteLength;
const fill = (column: Column, text: string): void => bytesOf(column).set(Buffer.from(text, 'base64'));

/** A device's row of bins, where they changed since it was last written; written with the device's own. */
export function changedBins(core: Core, unit: Unit): Row | undefined {
  if (!core.baselines.changed.delete(unit)) return undefined;
  return { device: binsRow(unit.device.id), position: core.position, body: writeBins(core, unit) };
}
