import type { Clock } from '../kit/clock.ts';
import type { DataFolder } from '../kit/data-folder.ts';
import { journalThread } from '../kit/journal/sqlite/journal-thread.ts';
import { openSqliteJournal } from '../kit/journal/sqlite/sqlite-journal.ts';
import type { Log } from '../kit/log.ts';
import { type Gateway, startGateway } from './app.ts';
import type { GatewayConfig } from './config.ts';
import { droppedFile } from './outbox/dropped-file.ts';
import type { OutboxJournals } from './outbox/outbox.ts';
import { packedRowCodec, rowCodec, type UplinkRow } from './row.ts';

export interface GatewayNeeds {
  readonly gateway: GatewayConfig;
  readonly outboxMb: number;
  readonly folder: DataFolder;
  readonly clock: Clock;
  /** The clock is a demonstration's, which runs faster than the world's. */
  readonly demo: boolean;
  readonly version?: string;
  readonly log: Log;
}

/** The gateways of one process write and read their outboxes in one thread: a demonstration has seven of them. */
const thread = journalThread({ readsToo: true });

/** What a gateway's outbox lies in, below its folder. */
export const outboxFiles = { front: 'outbox.db', safety: 'outbox-safety.db', rest: 'outbox-rest.db' } as const;

/** Opens the journals of a gateway's outbox; the outbox itself keeps them below its cap. */
export async function openOutboxJournals(
  path: (file: string) => string,
  capBytes: number,
): Promise<OutboxJournals & { close(): Promise<void> }> {
  const room = { capBytes: 2 * capBytes, safetyBytes: 0 };
  // Little is remembered: what a gateway hears it sends at once, or much later.
  const front = openSqliteJournal<UplinkRow>(
    path(outboxFiles.front),
    rowCodec,
    { ...room, tail: { maxEntries: 8192, maxBytes: 2 * 1_048_576 } },
    thread,
  );
  const packed = (file: string) =>
    openSqliteJournal<UplinkRow>(path(file), packedRowCodec, { ...room, tail: { maxEntries: 1, maxBytes: 1 } }, thread);
  const opening = [front, packed(outboxFiles.safety), packed(outboxFiles.rest)] as const;
  const close = async () => {
    for (const opened of await Promise.allSettled(opening))
      if (opened.status === 'fulfilled') await opened.value.close();
  };
  try {
    const [first, safety, rest] = await Promise.all(opening);
    return { front: first, safety, rest, close };
  } catch (err) {
    await close();
    throw err;
  }
}

/** Opens a gateway's outbox and starts it; stopping it closes the outbox. */
export async function openGateway({
  gateway,
  outboxMb,
  folder,
  clock,
  demo,
  version,
  log,
}: GatewayNeeds): Promise<Gateway> {
  const path = (file: string) => folder.path('gateways', gateway.id, file);
  const capBytes = outboxMb * 1_048_576;
  const journals = await openOutboxJournals(path, capBytes);
  try {
    const running = await startGateway({
      config: gateway,
      journals,
      capBytes,
      dropped: droppedFile(path('dropped.json')),
      pkiDir: path('pki'),
      opcuaDir: path('opcua'),
      alarmsDir: path('alarms'),
      clock,
      ...(version !== undefined && { version }),
      ...(demo && { time: { wall: clock.now, monotonic: clock.now } }),
      log,
    });
    return {
      ...running,
      async stop() {
        await running.stop();
        await journals.close();
      },
    };
  } catch (err) {
    await journals.close();
    throw err;
  }
}

/** Loads what reading OPC UA takes, which is much, ahead of a gateway that will need it. */
export const loadOpcua = (): Promise<unknown> =>
  Promise.all([import('./opcua/trust.ts'), import('./opcua/stations-client.ts')]);
