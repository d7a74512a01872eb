import type { Baseline } from '../judge/baseline.ts';
import type { CompiledRule } from '../standards/compile.ts';
import type { Unit } from './units.ts';

/** What is usual for the devices of a city. */
export interface Baselines {
  /** By the index of the rule; made when a device is first heard. */
  readonly byIndex: Map<number, Baseline>;
  /** Units whose bins changed since they were written down. */
  readonly changed: Set<Unit>;
  /** How many devices of each rule know too little yet: their rule rests, and says so. */
  readonly learning: Map<CompiledRule, number>;
}

export const newBaselines = (): Baselines => ({ byIndex: new Map(), changed: new Set(), learning: new Map() });
