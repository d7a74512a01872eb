import type { VerdictKind } from '../../devices/contract/alarm.ts';
import type { TriedAlarm, VerdictCheck } from '../../devices/contract/backtest.ts';
import { byDevice, endOf } from './compare-alarms.ts';

/** What people said of one alarm that the rule raised in the period (研判). */
export interface JudgedAlarm {
  readonly device: string;
  /** When it began and ended, ms; null while it stands. */
  readonly since: number;
  readonly returnedAt: number | null;
  readonly kind: VerdictKind;
}

/** Missed alarms listed for each kind of verdict at most. */
const LISTED = 100;

/**
 * For each kind of verdict: how many of those alarms the tried rule would ring too, and which not. A real leak that is missed
 * speaks against it; cooking that is missed speaks for it.
 */
export function checkVerdicts(verdicts: readonly JudgedAlarm[], tried: readonly TriedAlarm[]): VerdictCheck[] {
  const alarms = byDevice(tried);
  const found = new Map<VerdictKind, { total: number; kept: number; missed: JudgedAlarm[] }>();
  for (const verdict of verdicts) {
    const until = verdict.returnedAt ?? Number.POSITIVE_INFINITY;
    const kept = alarms.get(verdict.device)?.some((one) => one.since <= until && endOf(one) >= verdict.since) ?? false;
    const check = found.get(verdict.kind) ?? { total: 0, kept: 0, missed: [] };
    found.set(verdict.kind, check);
    check.total++;
    if (kept) check.kept++;
    else check.missed.push(verdict);
  }
  return [...found].map(([kind, { total, kept, missed }]) => ({
    kind,
    total,
    kept,
    missed: missed.slice(0, LISTED).map(({ device, since }) => ({ device, since })),
  }));
}
