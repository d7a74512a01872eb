import type { Clock } from '../kit/clock.ts';
import type { DataFolder } from '../kit/data-folder.ts';
import { journalThread } from '../kit/journal/sqlite/journal-thread.ts';
import { openSqliteJournal } from '../kit/journal/sqlite/sqlite-journal.ts';
import type { Log } from '../kit/log.ts';
import { type Gateway, startGateway } from './app.ts';
import type { GatewayConfig } from './config.ts';
import { rowCodec, type UplinkRow } from './row.ts';

export interface GatewayNeeds {
  readonly gateway: GatewayConfig;
  readonly outboxMb: number;
  readonly folder: DataFolder;
  readonly clock: Clock;
  readonly log: Log;
}

/** The gateways of one process write their outboxes in one thread: a demonstration has seven of them. */
const thread = journalThread();

/** Opens a gateway's outbox and starts it; stopping it closes the outbox. */
export async function openGateway({ gateway, outboxMb, folder, clock, log }: GatewayNeeds): Promise<Gateway> {
  const outbox = await openSqliteJournal<UplinkRow>(
    folder.path('gateways', gateway.id, 'outbox.db'),
    rowCodec,
    // What a gateway hears has one class: nothing of it is held back for the sake of the rest.
    { capBytes: outboxMb * 1_048_576, safetyBytes: 0 },
    thread,
  );
  try {
    const running = await startGateway({
      config: gateway,
      outbox,
      pkiDir: folder.path('gateways', gateway.id, 'pki'),
      opcuaDir: folder.path('gateways', gateway.id, 'opcua'),
      clock,
      log,
    });
    return {
      ...running,
      async stop() {
        await running.stop();
        await outbox.close();
      },
    };
  } catch (err) {
    await outbox.close();
    throw err;
  }
}
