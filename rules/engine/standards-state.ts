import type { StandardsVersion } from '../../devices/contract/standards.ts';

/** Which standards the engine knows of, and which of them judge. */
export interface StandardsState {
  /** Approved versions that it has heard of, in their order. */
  known: readonly StandardsVersion[];
  /** Approved ones it was started with; heard of again through the journal, or by its own state. */
  readonly stored: readonly StandardsVersion[];
  /** What judges now: `<seq> <overlays>`; empty for the catalogue it was started with. */
  inForce: string;
  /** When that may change next, on the journal's time, ms. */
  next: number;
  /** True once others were put in force, until somebody asked. */
  changed: boolean;
}

/** The first version is what the city began with: no journal tells of it. */
export const newStandardsState = (stored: readonly StandardsVersion[]): StandardsState => ({
  known: stored.slice(0, 1),
  stored,
  inForce: '',
  next: Number.NEGATIVE_INFINITY,
  changed: false,
});
