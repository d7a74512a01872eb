import type { Value } from '../../../devices/contract/entry.ts';
import type { Measurement } from '../../../devices/model/device-type.ts';
import { unitText } from '../../../devices/model/units.ts';

/**
 * A number as people read it: three figures where they matter, never more digits than the instrument has. Zero stays
 * zero, large counts get thin spaces.
 */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const rounded = Number(value.toFixed(digits));
  return Math.abs(rounded) >= 10_000 ? groupText(rounded) : String(rounded);
}

/** Counts in groups of three, `10 482`. */
export function groupText(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
}

/** What a value and its unit read as: `46 %LEL`, `是`, `clogged`. The words come from the page's language. */
export function valueText(
  value: Value | null | undefined,
  unit: string,
  words: { yes: string; no: string; none: string },
  measurement?: Measurement,
  language: 'zh' | 'en' = 'zh',
): { figure: string; unit: string } {
  if (value === null || value === undefined) return { figure: words.none, unit: '' };
  if (typeof value === 'number') return { figure: numberText(value), unit: unitText(unit, language) };
  if (typeof value === 'boolean') return { figure: value ? words.yes : words.no, unit: '' };
  return { figure: measurement?.states?.[value]?.[language] ?? value, unit: '' };
}

/** How a comparison reads beside a limit: `≥ 40`. */
export function opText(op: string | null): string {
  const signs: Record<string, string> = { '>': '>', '>=': '≥', '<': '<', '<=': '≤', '==': '=', '!=': '≠' };
  return op ? (signs[op] ?? op) : '';
}
