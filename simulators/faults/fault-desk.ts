import type { Device } from '../../devices/contract/registry.ts';
import { distance } from '../../kit/metres.ts';
import type { Values } from '../city/behaviour/behaviour.ts';
import { fixed } from '../city/chance.ts';
import type { DemoPlan } from '../city/plan.ts';
import type { FaultKind } from './fault.ts';
import { faultKinds } from './kinds.ts';

/** One fault that is running. */
export interface RunningFault {
  readonly id: string;
  readonly kind: string;
  /** Device or gateway id. */
  readonly target: string;
  /** World time, ms. */
  readonly startedAt: number;
  readonly endsAt: number;
}

/** What a device sends once the running faults have had their say. */
export type Bent = { readonly values: Values } | { readonly payload: string };

/** Starts and ends faults, and bends the reports of what they touch. World time comes in as an argument. */
export interface FaultDesk {
  /** `target` may be left out: one that fits is chosen. */
  start(kind: string, target: string | undefined, now: number): { started: RunningFault } | { refused: string };
  /** By id, kind or target; all when left out. Returns what was stopped. */
  stop(which: string | undefined): RunningFault[];
  running(): RunningFault[];
  /** Removes what is over. Returns true when the gateways that are cut changed. */
  expire(now: number): boolean;
  /** World ms between reports that a running fault asks of this device; undefined when none touches it. */
  everyMs(device: string): number | undefined;
  bend(device: Device, values: Values, now: number): Bent;
  /** Gateways whose field side is cut now. */
  cut(): ReadonlySet<string>;
}

interface Live extends RunningFault {
  readonly spec: FaultKind;
  /** Device → metres to the target. */
  readonly touched: ReadonlyMap<string, number>;
  readonly held: Map<string, Values>;
  sent: number;
}

/** A {@link FaultDesk} over the devices of a plan. */
export function faultDesk(plan: DemoPlan): FaultDesk {
  const live: Live[] = [];
  const devices = plan.put.devices.filter(({ id }) => plan.routes[id]?.by !== 'replay');
  let counter = 0;

  const shown = ({ id, kind, target, startedAt, endsAt }: Live): RunningFault => ({
    id,
    kind,
    target,
    startedAt,
    endsAt,
  });

  function candidates(spec: FaultKind): string[] {
    if (spec.strikes.includes('gateway')) {
      const behind = (id: string) => devices.filter(({ gateway }) => gateway === id).length;
      return plan.put.gateways.map(({ id }) => id).sort((a, b) => behind(b) - behind(a));
    }
    return spec.strikes.flatMap((struck) =>
      devices
        .filter(({ id, type }) => type === struck && (!spec.directOnly || plan.routes[id]?.by === 'mqtt'))
        .map(({ id }) => id)
        .sort((a, b) => reached(spec, b) - reached(spec, a) || luck(a) - luck(b)),
    );
  }
  /** How much a fault that spreads would reach from here: kinds of devices first, then devices. */
  function reached(spec: FaultKind, target: string): number {
    if (!spec.alsoTouches) return 0;
    const touched = [...touchedBy(spec, target).keys()].filter((id) => id !== target);
    const types = new Set(devices.filter(({ id }) => touched.includes(id)).map(({ type }) => type));
    return types.size * 1000 + touched.length;
  }
  const luck = (id: string): number => fixed(`${plan.seed}/${id}/luck`);

  function touchedBy(spec: FaultKind, target: string): Map<string, number> {
    const struck = devices.find(({ id }) => id === target);
    const touched = new Map<string, number>();
    if (!struck) return touched;
    touched.set(target, 0);
    if (!spec.reachM) return touched;
    for (const near of devices) {
      const fits = near.type === struck.type || spec.alsoTouches?.includes(near.type);
      if (!fits || near.id === target) continue;
      // Never 0: that means the struck device itself.
      const metres = Math.max(1, distance(struck, near));
      if (metres <= spec.reachM) touched.set(near.id, metres);
    }
    return touched;
  }

  return {
    start(kind, target, now) {
      const spec = faultKinds.find((one) => one.kind === kind);
      if (!spec) return { refused: `no fault "${kind}": there is ${faultKinds.map((one) => one.kind).join(', ')}` };
      const fit = candidates(spec);
      const free = fit.filter((id) => !live.some((one) => one.target === id));
      if (target !== undefined && !fit.includes(target)) {
        return {
          refused: `"${target}" cannot have a ${kind}: it strikes ${spec.strikes.join(' or ')}, such as ${fit.slice(0, 3).join(', ') || 'none here'}`,
        };
      }
      if (target !== undefined && !free.includes(target)) {
        return { refused: `"${target}" has a fault already: stop it first` };
      }
      const chosen = target ?? free[0];
      if (!chosen)
        return { refused: `nothing left that a ${kind} could strike: it needs a ${spec.strikes.join(' or ')}` };
      counter += 1;
      const fault: Live = {
        id: `${kind}-${counter}`,
        kind,
        target: chosen,
        startedAt: now,
        endsAt: now + spec.lastsS * 1000,
        spec,
        touched: touchedBy(spec, chosen),
        held: new Map(),
        sent: 0,
      };
      live.push(fault);
      return { started: shown(fault) };
    },
    stop(which) {
      const ending = live.filter(
        ({ id, kind, target }) => which === undefined || which === id || which === kind || which === target,
      );
      for (const fault of ending) live.splice(live.indexOf(fault), 1);
      return ending.map(shown);
    },
    running: () => live.map(shown),
    expire(now) {
      const over = live.filter(({ endsAt }) => endsAt <= now);
      for (const fault of over) live.splice(live.indexOf(fault), 1);
      return over.some(({ spec }) => spec.cutsGateway);
    },
    everyMs(device) {
      let soonest: number | undefined;
      for (const { touched, spec } of live) {
        if (spec.everyMs === undefined || !touched.has(device)) continue;
        soonest = Math.min(soonest ?? spec.everyMs, spec.everyMs);
      }
      return soonest;
    },
    bend(device, values, now) {
      let bent = values;
      for (const fault of live) {
        const distanceM = fault.touched.get(device.id);
        if (distanceM === undefined) continue;
        if (fault.spec.payload) return { payload: fault.spec.payload(fault.sent++, device) };
        if (!fault.held.has(device.id)) fault.held.set(device.id, values);
        const elapsedS = (now - fault.startedAt) / 1000;
        bent = fault.spec.alter?.(bent, { device, elapsedS, distanceM, held: fault.held.get(device.id)! }) ?? bent;
      }
      return { values: bent };
    },
    cut: () => new Set(live.filter(({ spec }) => spec.cutsGateway).map(({ target }) => target)),
  };
}
