import type { Priority } from '../../devices/contract/alarm.ts';
import type { ConditionEntry } from '../../devices/contract/entry.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';

export type Facts = ConditionEntry['facts'];

/** How one condition is called, how urgent it is, and how it explains itself with its figures. */
export interface ConditionWords {
  readonly title: Bilingual;
  /** `safety`: alarms of P1 or P2 hang on the device or gateway; the seat hears P1 of gas or fire. */
  readonly priority: (of: { readonly platform: boolean; readonly safety: boolean }) => Priority;
  /** `nameEn` is the name in English, where there is one. */
  readonly explain: (facts: Facts, name: string, nameEn?: string) => Bilingual;
}

/** A figure as text; what is missing says so. Foreign text is cut: whoever reports may send anything. */
export const shown = (value: number | string | undefined): string =>
  value === undefined ? '—' : String(value).slice(0, 200);
