import type { Value } from '../devices/contract/entry.ts';
import type { Device } from '../devices/contract/registry.ts';
import type { CompiledCatalogue, CompiledRule, TypePlan } from '../rules/standards/compile.ts';

/** How long something stays abnormal, minutes. */
const STAYS = 5;

/**
 * Says what a device reports wrongly in a minute, undefined for the `share` that is well: one value past the limit of one
 * of its rules, for five minutes; then it is another device's turn. The same device and minute always give the same.
 */
export function upsets(catalogue: CompiledCatalogue, share: number) {
  const wrong = new Map<string, readonly (readonly [measurement: string, value: Value])[]>();
  for (const [type, plan] of catalogue.plans) wrong.set(type, wrongsOf(plan, catalogue));
  return (device: Device, minute: number): Record<string, Value> | undefined => {
    const chance = scattered(`${device.id}/${Math.floor(minute / STAYS)}`);
    if (chance >= share) return undefined;
    const choices = wrong.get(device.type) ?? [];
    const chosen = choices[Math.floor((chance / share) * choices.length)];
    return chosen && { [chosen[0]]: chosen[1] };
  };
}

/** For each rule that compares single values with a limit that all devices share, a value it finds abnormal. */
function wrongsOf(plan: TypePlan, { words }: CompiledCatalogue): [string, Value][] {
  return plan.rules
    .filter(
      ({ kind, windowMs, limit }) =>
        (kind === 'threshold' || kind === 'state') && windowMs === 0 && !Number.isNaN(limit),
    )
    .map((rule) => [rule.measurementName, wrongFor(rule, plan, words)]);
}

function wrongFor({ measurement, op, limit }: CompiledRule, plan: TypePlan, words: CompiledCatalogue['words']): Value {
  const kind = plan.measurements[measurement]?.kind;
  if (kind === 'boolean') return op === '==' ? limit !== 0 : limit === 0;
  if (kind === 'text') return words.word(limit);
  if (op === '==') return limit;
  const past = Math.abs(limit) * 0.1 + 0.5;
  return op === '<' || op === '<=' ? limit - past : limit + past;
}

/** A number in [0, 1) that follows from a text: FNV-1a. */
function scattered(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
