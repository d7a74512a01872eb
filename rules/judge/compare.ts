import { isBad, isGood, type StatusCode } from '../../devices/model/quality.ts';

/** Comparisons of a rule. The operator is explicit: `>` and `>=` differ by one sample that decides over an alarm. */
export type Op = '>' | '>=' | '<' | '<=' | '==' | '!=';

/** What one value says about a rule. */
export const verdict = {
  /** On the safe side, beyond the deadband, and trusted. */
  normal: 0,
  abnormal: 1,
  /** Changes nothing: not trusted enough to clear an alarm, or not comparable at all. */
  unsure: 2,
  /** Inside the deadband: does not raise, does not return. */
  between: 3,
  /** The comparison holds and the rule's condition does not. */
  held: 4,
} as const;
export type Verdict = (typeof verdict)[keyof typeof verdict];

/** True when `value op limit` holds; never for NaN. */
export function compares(op: Op, value: number, limit: number): boolean {
  switch (op) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit && !Number.isNaN(value);
  }
}

/** Where a value must come back beyond: the limit, moved by the deadband to its safe side. */
export function returnLimit(op: Op, limit: number, deadband: number): number {
  if (op === '>' || op === '>=') return limit - deadband;
  if (op === '<' || op === '<=') return limit + deadband;
  return limit;
}

/**
 * What `value` says about `value op limit`, where `back` is the limit of the return.
 *
 * A doubtful value (uncertain: over-range, too steep) may raise an alarm and never clears one: a detector driven past its
 * range is exactly what it was bought to report. A bad one (sensor failure) does neither.
 */
export function verdictOf(op: Op, value: number, limit: number, back: number, quality: StatusCode): Verdict {
  if (Number.isNaN(value) || Number.isNaN(limit) || isBad(quality)) return verdict.unsure;
  if (compares(op, value, limit)) return verdict.abnormal;
  if (!isGood(quality)) return verdict.unsure;
  return compares(op, value, back) ? verdict.between : verdict.normal;
}
