import type { Value } from '../../../devices/contract/entry.ts';

/** A value against its limit, as shares of a bar's width (0–1). */
export interface LimitBar {
  readonly value: number;
  readonly limit: number;
}

/**
 * Where value and limit stand on the bar; null where a bar would say nothing (a door that is open, a missing limit).
 * The limit of an upper bound stands at two thirds, so that an excess has room to show; of a lower bound at one third.
 */
export function limitBar(value: Value | null, op: string | null, limit: Value | null): LimitBar | null {
  if (typeof value !== 'number' || typeof limit !== 'number' || !op) return null;
  if (!Number.isFinite(value) || !Number.isFinite(limit)) return null;
  const reference = Math.abs(limit);
  if (reference === 0) return null;
  const stands = op.startsWith('<') ? 1 / 3 : 2 / 3;
  const full = Math.max(reference / stands, Math.abs(value) * 1.04);
  return { value: clamp(Math.abs(value) / full), limit: clamp(reference / full) };
}

const clamp = (share: number): number => Math.min(1, Math.max(0, share));
