import type { Hazard, Override, Priority } from './alarm.ts';
import type { ActorRole } from './roles.ts';

/** What a person lays over alarms; suppression is the design's own. */
export type PersonsOverride = Exclude<Override, { readonly kind: 'suppressed' }>;

/** Where an override lies: over one rule of a device, or with a rule of null over all of them. */
export interface Point {
  readonly device: string;
  readonly rule: string | null;
}

/** An override in force. It belongs to the point: an episode that is raised while it stands lies under it from its beginning. */
export interface StandingOverride extends Point {
  readonly override: PersonsOverride;
  /** When it took effect, ms. */
  readonly at: number;
}

/** What somebody asked for and a second person must confirm: nothing is hidden before that. */
export interface OverrideAsk extends Point {
  readonly id: string;
  readonly at: number;
  /** It lapses then, ms. */
  readonly lapses: number;
  readonly by: { readonly id: string; readonly name: string; readonly role: ActorRole };
  /** The gravest alarm that it would hide. */
  readonly priority: Priority;
  readonly hazard: Hazard | null;
  readonly wants:
    | { readonly kind: 'shelved'; readonly minutes: number; readonly oneShot: boolean; readonly reason: string }
    | {
        readonly kind: 'out-of-service';
        readonly workOrder: string;
        readonly reason: string;
        readonly until: number | null;
      };
}
