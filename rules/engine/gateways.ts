import type { Gateway } from '../../devices/contract/registry.ts';
import type { Unit } from './units.ts';

/** A gateway as silence sees it: who stands behind it, and whether anything came through. Times on the engine's axis, ms. */
export interface GatewayState {
  readonly id: string;
  record: Gateway | null;
  readonly units: Set<Unit>;
  /** What its connection last said; null before it ever said anything. */
  connected: boolean | null;
  /** When anything behind it was last heard live; NaN before. */
  heard: number;
  /** When its connection broke. */
  droppedAt: number;
  /** Journal time since which it is down, ms; 0 while it is up. */
  downSince: number;
  /** Until then its devices' silence stays hidden after its return: they need a moment to speak; 0 when nothing waits. */
  rejoinBy: number;
}

/** A connection that is back within this time was never an alarm, ms. */
export const FLAP_MS = 30_000;
/** How long devices may take to be heard again after their gateway returned, ms. */
export const REJOIN_MS = 120_000;

export const newGateway = (id: string, record: Gateway | null): GatewayState => ({
  id,
  record,
  units: new Set(),
  connected: null,
  heard: Number.NaN,
  droppedAt: 0,
  downSince: 0,
  rejoinBy: 0,
});

/** True when its broken connection has outlasted what passes for a flap. */
export const hasDropped = (gateway: GatewayState, now: number): boolean =>
  gateway.downSince === 0 && gateway.connected === false && now - gateway.droppedAt >= FLAP_MS;

/**
 * True when a device's silence is better explained by its gateway: it speaks for several devices, and none of them has been
 * heard for at least half of the time after which this one counts as silent.
 */
export const explainsSilence = (gateway: GatewayState, silentAfterMs: number, now: number): boolean =>
  gateway.units.size >= 2 && !(now - gateway.heard < silentAfterMs / 2);

/** While it is down, and for a moment after its return, it stands for the silence of what is behind it. */
export const coversSilence = ({ downSince, rejoinBy }: GatewayState): boolean => downSince !== 0 || rejoinBy !== 0;
