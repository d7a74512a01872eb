import type { IngestPort } from '../devices/contract/ports.ts';
import type { Device } from '../devices/contract/registry.ts';
import type { Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { CompiledCatalogue } from './standards/compile.ts';
import { siteBundle } from './standards/site-bundle.ts';

export interface SiteBundlesParts {
  /** What judges now. */
  readonly catalogue: () => CompiledCatalogue;
  readonly registry: { devices(): Iterable<Device> };
  readonly ingest: Pick<IngestPort, 'provision'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Hands every gateway's rules to ingest, and again when its devices change. */
export interface SiteBundles extends Running {
  /** A device was put or removed, or other standards judge. */
  changed(): void;
}

/** An import of a thousand devices is one change, ms. */
const GATHER_MS = 500;
const AGAIN_MS = 10_000;

export function startSiteBundles({ catalogue, registry, ingest, clock, log }: SiteBundlesParts): SiteBundles {
  /** Versions that ingest has. */
  const handed = new Map<string, string>();
  let due: (() => void) | null = null;
  let running = Promise.resolve();

  const hand = async (): Promise<void> => {
    const rules = catalogue();
    const behind = new Map<string, Device[]>();
    for (const gateway of handed.keys()) behind.set(gateway, []);
    for (const device of registry.devices()) {
      if (device.gateway === undefined) continue;
      const known = behind.get(device.gateway);
      if (known) known.push(device);
      else behind.set(device.gateway, [device]);
    }
    for (const [gateway, devices] of behind) {
      const bundle = siteBundle(rules, rules.version, devices);
      if (handed.get(gateway) === bundle.version) continue;
      await ingest.provision(gateway, bundle);
      handed.set(gateway, bundle.version);
    }
  };
  const schedule = (ms: number): void => {
    due ??= clock.after(ms, () => {
      due = null;
      running = running.then(hand).catch((err: unknown) => {
        log.warn({ err }, 'the rules of gateways could not be handed to ingest; it is tried again');
        schedule(AGAIN_MS);
      });
    });
  };
  schedule(GATHER_MS);
  return {
    changed: () => schedule(GATHER_MS),
    async stop() {
      due?.();
      await running;
    },
  };
}
