import { verdictKinds } from '../../devices/contract/alarm.ts';
import type { PrecisionLine } from '../../devices/contract/api.ts';
import type { VerdictRow } from '../../devices/contract/state-tables.ts';

export const precisionBy = ['model', 'site', 'rule'] as const;
export type PrecisionBy = (typeof precisionBy)[number];

/** Fewer verdicts than this say nothing about a model, a site or a rule. */
export const FEWEST = 5;

/** What precision is counted from. */
export type Judged = Pick<VerdictRow, 'seq' | 'alarm' | 'kind' | 'model' | 'device_type' | 'site' | 'rule'>;

const nameOf: Readonly<Record<PrecisionBy, (row: Judged) => string>> = {
  // A device of no known model counts with its type.
  model: ({ model, device_type }) => model ?? device_type,
  site: ({ site }) => site ?? '',
  rule: ({ rule }) => rule,
};

/**
 * Of the alarms that people judged, how many were real: by model, site or rule, most verdicts first. Of several verdicts on an
 * alarm the newest counts. Below {@link FEWEST} there are counts and no figure.
 */
export function precision(rows: readonly Judged[], by: PrecisionBy): PrecisionLine[] {
  const newest = new Map<string, Judged>();
  for (const row of rows) if (!((newest.get(row.alarm)?.seq ?? -1) > row.seq)) newest.set(row.alarm, row);
  const groups = new Map<string, Record<string, number>>();
  for (const row of newest.values()) {
    const name = nameOf[by](row);
    const counts = groups.get(name) ?? Object.fromEntries(verdictKinds.map((kind) => [kind, 0]));
    counts[row.kind] = (counts[row.kind] ?? 0) + 1;
    groups.set(name, counts);
  }
  const lines = [...groups].map(([name, counts]) => {
    const verdicts = Object.values(counts).reduce((sum, n) => sum + n, 0);
    const tooFew = verdicts < FEWEST;
    return { name, verdicts, counts, tooFew, precision: tooFew ? null : (counts.real ?? 0) / verdicts };
  });
  return lines.sort((a, b) => b.verdicts - a.verdicts || (a.name < b.name ? -1 : 1));
}
