import type { Window } from '../judge/window.ts';
import type { Core } from './core.ts';
import { meterOf } from './flows.ts';
import type { Unit } from './units.ts';

/** A meter as it is written down; null stands for "not yet". */
export interface MeterBody {
  readonly window: { readonly start: number | null; readonly samples: Window['samples'] };
  readonly value: number | null;
  readonly at: number | null;
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

export function writeMeters(core: Core, unit: Unit): Record<string, MeterBody> | undefined {
  let body: Record<string, MeterBody> | undefined;
  for (const flows of unit.plan.flows) {
    for (const flow of flows ?? []) {
      const meter = core.together.meters.get(flow)?.get(unit.no);
      if (!meter) continue;
      const { window, value, at } = meter;
      body ??= {};
      body[flow.key] = { window: { ...window, start: orNull(window.start) }, value: orNull(value), at: orNull(at) };
    }
  }
  return body;
}

export function readMeters(core: Core, unit: Unit, body: Readonly<Record<string, MeterBody>>): void {
  for (const flow of unit.plan.flows.flatMap((flows) => flows ?? [])) {
    const kept = body[flow.key];
    if (!kept) continue;
    const meter = meterOf(core, unit, flow);
    meter.window.start = kept.window.start ?? Number.NaN;
    meter.window.samples = kept.window.samples;
    meter.value = kept.value ?? Number.NaN;
    meter.at = kept.at ?? Number.NaN;
  }
}
