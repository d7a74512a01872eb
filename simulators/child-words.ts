import type { DemoTime } from '../kit/clock.ts';
import type { SimulatorParts } from './app.ts';
import type { Endpoints } from './ways-out.ts';

/** What the child process is told first; all of it plain data. */
export interface SimulatorOrder extends Omit<SimulatorParts, 'endpoints' | 'clock' | 'world' | 'log'> {
  readonly endpoints: Omit<Endpoints, 'mqttUrl'>;
  /** The demonstration's time, which all its processes share. `{worldAt: 0, demoAt: 0, speed: 1}` is the world's. */
  readonly time: DemoTime;
  readonly logLevel: string;
}

/** What the child process is told second: the platform's door is open, and its devices are registered. */
export interface DoorOpen {
  readonly mqttUrl: string;
}

/** Where the running simulators can be reached. */
export interface SimulatorsAt {
  readonly controlUrl: string;
  readonly fieldPort: number;
  readonly opcuaUrl: string | null;
}

/** What the child answers, once. */
export type ChildAnswer = { readonly running: SimulatorsAt } | { readonly failed: string };
