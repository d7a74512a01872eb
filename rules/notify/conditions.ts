import type { HoldingCondition, NotifyCondition } from './lines.ts';

/** Tells of conditions once when they begin and once when they end, however often they are found in between. */
export function conditionTeller(tell: (condition: NotifyCondition) => void) {
  let told = new Map<string, HoldingCondition>();
  return (found: readonly HoldingCondition[]): void => {
    const now = new Map(found.map((condition) => [`${condition.kind} ${condition.of}`, condition]));
    for (const [key, condition] of now) if (!told.has(key)) tell({ ...condition, active: true });
    for (const [key, { kind, of }] of told) if (!now.has(key)) tell({ kind, of, active: false, facts: {} });
    told = now;
  };
}
