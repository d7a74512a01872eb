import type { JournalEntry } from '../devices/contract/entry.ts';
import type { RegistryChange } from '../devices/contract/registry.ts';
import type { Log } from '../kit/log.ts';
import type { Admission } from './admission/admission.ts';
import type { Broker } from './mqtt/broker.ts';

/** The registry as ingest follows it; other processes' caches of this process may be the same object. */
export interface FollowedRegistry {
  readonly version: number;
  /** Takes the change that follows its version. */
  apply(change: RegistryChange): void;
}

export interface RegistryFeedParts {
  readonly registry: FollowedRegistry;
  readonly admission: Pick<Admission, 'deviceChanged'>;
  readonly broker: Pick<Broker, 'dismiss'>;
  /** Loads the registry anew when changes were missed. */
  readonly reload?: () => Promise<void>;
  readonly log: Log;
}

/**
 * Follows the registry by the changes that pass through on their way into the journal: compiled devices are made anew, and
 * whoever lost a credential or a registration loses the connection at once.
 */
export function registryFeed({ registry, admission, broker, reload, log }: RegistryFeedParts) {
  const follow = async (change: RegistryChange): Promise<void> => {
    if (change.version === registry.version + 1) registry.apply(change);
    else if (change.version > registry.version + 1) {
      log.warn(
        { holds: registry.version, came: change.version },
        'registry changes were missed; the registry is loaded anew',
      );
      await reload?.();
    }
    settle(change);
  };

  /** What hangs on the record that changed, whoever applied it to the cache. */
  const settle = (change: RegistryChange): void => {
    if ('put' in change) {
      if (change.put === 'device') admission.deviceChanged(change.record.id);
      if (change.put === 'credential') broker.dismiss(({ credential }) => credential === change.record.id);
      return;
    }
    if (change.remove === 'device') admission.deviceChanged(change.id);
    if (change.remove === 'credential') broker.dismiss(({ credential }) => credential === change.id);
    else if (change.remove === 'device' || change.remove === 'gateway')
      broker.dismiss(({ subject }) => subject === change.id);
  };

  return {
    /** Takes the registry changes among entries that are durable in the journal, in their order. */
    async follow(entries: readonly JournalEntry[]): Promise<void> {
      for (const entry of entries) if (entry.kind === 'registry') await follow(entry.change);
    },
  };
}
