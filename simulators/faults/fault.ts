import type { DemoFault } from '../../devices/contract/api.ts';
import type { Device } from '../../devices/contract/registry.ts';
import type { Values } from '../city/behaviour/behaviour.ts';

/** What a fault sees when it bends one report. */
export interface FaultMoment {
  readonly device: Device;
  /** World seconds since the fault began: its course does not run faster with the demonstration's clock. */
  readonly elapsedS: number;
  /** Metres to the place it began; 0 for the struck device itself. */
  readonly distanceM: number;
  /** What the device would have reported when the fault first touched it. */
  readonly held: Values;
}

/** A fault on purpose: how one thing in the city goes wrong, as data and plain functions. */
export interface FaultKind extends DemoFault {
  /** Device types, or `gateway`; the first of which the city has one. */
  readonly strikes: readonly string[];
  /** World seconds until it is over by itself. */
  readonly lastsS: number;
  /** World ms between reports of what it touches: a device in alarm reports at once, not on schedule. */
  readonly everyMs?: number;
  /** It also touches devices of the same type this near, in metres. */
  readonly reachM?: number;
  /** Types that it touches beside the struck one's own; of several places it strikes where it touches most of them. */
  readonly alsoTouches?: readonly string[];
  /** The report as the fault leaves it, in canonical units. */
  readonly alter?: (values: Values, moment: FaultMoment) => Values;
  /** The bytes sent in place of a report; `nth` counts up from 0. */
  readonly payload?: (nth: number, device: Device) => string;
  /** Nothing behind the struck gateway gets through. */
  readonly cutsGateway?: true;
  /** Only strikes devices with a connection of their own. */
  readonly directOnly?: true;
}
