import { z } from 'zod';
import type { DemoFault } from '../devices/contract/api.ts';
import type { RunningFault } from './faults/fault-desk.ts';
import { faultKinds } from './faults/kinds.ts';
import type { LinkCounters } from './mqtt/device-link.ts';
import type { ReplayProgress } from './replay/replay.ts';

/** How the simulators do, for `yanshao simulate` and the demonstration's page. */
export interface SimulatorStatus {
  readonly devices: number;
  readonly directConnected: number;
  readonly fieldConnected: number;
  readonly opcuaUrl: string | null;
  readonly fieldPort: number;
  /** Reports and readings (values) since the start. */
  readonly reports: number;
  readonly readings: number;
  readonly links: Readonly<LinkCounters>;
  /** Reports not made because the process stood still. */
  readonly skipped: number;
  readonly faults: readonly RunningFault[];
  readonly replays: readonly ReplayProgress[];
  readonly rssBytes: number;
}

/** What can be asked of running simulators; `control` methods have the same names. */
export interface SimulatorControl {
  startFault(kind: string, target?: string): { started: RunningFault } | { refused: string };
  stopFault(which?: string): readonly RunningFault[];
  running(): readonly RunningFault[];
  status(): SimulatorStatus;
  /** Publishes a text as that device, on the way its reports take; resolves when the broker acknowledged it. */
  sendPayload(device: string, payload: string): Promise<{ sent: true } | { refused: string }>;
}

/** `faults.list` */
export interface FaultList {
  readonly kinds: readonly DemoFault[];
  readonly running: readonly RunningFault[];
}

const startParams = z.object({ kind: z.string(), target: z.string().optional() });
const stopParams = z.object({ which: z.string().optional() }).nullish();
const payloadParams = z.object({ device: z.string(), payload: z.string().max(65_536) });

/** The faults a demonstration offers, without their workings. */
export const demoFaults: readonly DemoFault[] = faultKinds.map(({ kind, title, expect }) => ({ kind, title, expect }));

/** Methods for kit/rpc: `faults.list`, `faults.start {kind, target?}`, `faults.stop {which?}`, `status`, `payload.send {device, payload}`. */
export function controlMethods(
  control: SimulatorControl,
): Readonly<Record<string, (params: unknown) => Promise<unknown>>> {
  return {
    'faults.list': async () => ({ kinds: demoFaults, running: control.running() }) satisfies FaultList,
    'faults.start': async (params) => {
      const asked = startParams.safeParse(params);
      if (!asked.success) return { refused: `faults.start wants {kind, target?}: ${z.prettifyError(asked.error)}` };
      return control.startFault(asked.data.kind, asked.data.target);
    },
    'faults.stop': async (params) => {
      const asked = stopParams.safeParse(params);
      if (!asked.success) return { refused: `faults.stop wants {which?}: ${z.prettifyError(asked.error)}` };
      return { stopped: control.stopFault(asked.data?.which) };
    },
    'payload.send': async (params) => {
      const asked = payloadParams.safeParse(params);
      if (!asked.success) return { refused: `payload.send wants {device, payload}: ${z.prettifyError(asked.error)}` };
      return control.sendPayload(asked.data.device, asked.data.payload);
    },
    status: async () => control.status(),
  };
}
