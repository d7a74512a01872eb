import { unwatchFile, watchFile } from 'node:fs';
import type { Running } from '../kit/cleanups.ts';
import type { Log } from '../kit/log.ts';
import type { Gateway } from './app.ts';
import type { GatewayConfig } from './config.ts';

export interface FollowParts {
  readonly file: string;
  /** Reads and checks the whole of it; throws what is wrong with it, in words. */
  readonly read: () => GatewayConfig;
  readonly gateway: Pick<Gateway, 'reload'>;
  readonly log: Log;
}

/** How soon a changed file is noticed, ms. Polled: an editor replaces a file rather than writing to it. */
const lookEveryMs = 1_000;

/**
 * Goes by a gateway's file as it changes, and by it and all it names on SIGHUP. The new one is checked whole first: with a fault
 * in it the old one stays. What it does not change stays connected.
 */
export function followConfig({ file, read, gateway, log }: FollowParts): Running {
  const again = async (): Promise<void> => {
    let config: GatewayConfig;
    try {
      config = read();
    } catch (err) {
      log.error(
        { err: (err as Error).message },
        'the new configuration has faults; the gateway goes on with the old one',
      );
      return;
    }
    try {
      log.info({ ...(await gateway.reload(config)) }, 'the gateway goes by its new configuration');
    } catch (err) {
      log.error({ err: (err as Error).message }, 'the new configuration could not be put to use');
    }
  };
  const onChange = (now: { mtimeMs: number }, before: { mtimeMs: number }) => {
    // 0: it is gone for a moment, while an editor replaces it.
    if (now.mtimeMs !== 0 && now.mtimeMs !== before.mtimeMs) void again();
  };
  const onHangUp = () => void again();
  watchFile(file, { interval: lookEveryMs }, onChange);
  process.on('SIGHUP', onHangUp);
  return {
    stop() {
      unwatchFile(file, onChange);
      process.off('SIGHUP', onHangUp);
    },
  };
}
