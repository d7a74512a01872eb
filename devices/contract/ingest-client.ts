import type { RpcClient } from '../../kit/rpc/rpc.ts';
import { type PackedBatch, unpackBatch } from '../../kit/telemetry/scanning.ts';
import type { IngestPort } from './ports.ts';

/** Ingest in another process of this host, as its {@link IngestPort}. Parameters travel as a list, in the order of the port. */
export function ingestClient(rpc: RpcClient): IngestPort {
  return {
    append: (entries) => rpc.call('ingest.append', [entries]),
    register: (consumer) => rpc.call('ingest.register', [consumer]),
    release: (consumer, position) => rpc.call('ingest.release', [consumer, position]),
    series: (query) => rpc.call('ingest.series', [query]),
    curve: (query) => rpc.call('ingest.curve', [query]),
    page: (query) => rpc.call('ingest.page', [query]),
    scan: async (query) => unpackBatch(await rpc.call<PackedBatch>('ingest.scan', [query])),
    storeStatus: () => rpc.call('ingest.storeStatus', []),
    arrangeStore: (options) => rpc.call('ingest.arrangeStore', [options]),
    backupStore: (folder) => rpc.call('ingest.backupStore', [folder]),
    quarantine: (query) => rpc.call('ingest.quarantine', [query]),
    readmit: (query) => rpc.call('ingest.readmit', [query]),
    clock: (device) => rpc.call('ingest.clock', [device]),
    provision: (gateway, bundle) => rpc.call('ingest.provision', [gateway, bundle]),
    stats: () => rpc.call('ingest.stats', []),
    sparkplug: (query) => rpc.call('ingest.sparkplug', [query]),
  };
}
