import type { SparkplugStatus } from '../../devices/contract/sparkplug.ts';
import type { Running } from '../../kit/cleanups.ts';
import { startSparkplugLink } from './external-link.ts';
import { type SparkplugHost, type SparkplugHostParts, sparkplugHost } from './host.ts';
import type { SparkplugOptions } from './sparkplug-options.ts';

export interface SparkplugParts extends SparkplugOptions, Omit<SparkplugHostParts, 'limits' | keyof SparkplugOptions> {}

/** Sparkplug while it runs: the host application, and its link to the external broker where there is one. */
export interface Sparkplug extends Running {
  readonly host: SparkplugHost;
  status(query: { readonly node?: string; readonly limit?: number }): SparkplugStatus;
}

/** Starts the host application and its links. What the registry lacks of its mapping is told in the log and in the status. */
export function startSparkplug(parts: SparkplugParts): Sparkplug {
  const { broker, clock, log, missing } = parts;
  for (const { line, zh, en } of missing)
    log.error({ line }, `the Sparkplug mapping names what the registry lacks: ${en} / ${zh}`);
  const host = sparkplugHost({ ...parts, limits: { reorderMs: parts.reorderMs } });
  const link = broker && startSparkplugLink({ ...broker, host, clock, log });
  return {
    host,
    status: (query) => ({ ...host.status(query), broker: link?.status() ?? null }),
    async stop() {
      await link?.stop();
      host.stop();
    },
  };
}
