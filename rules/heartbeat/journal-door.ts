import type { IngestPort } from '../../devices/contract/ports.ts';
import { BEAT, HEARTBEAT_DEVICE } from '../../devices/heartbeat/heartbeat-device.ts';
import type { Clock } from '../../kit/clock.ts';
import type { HeartbeatDoor } from './heartbeat.ts';

/** Where ingest opens no door of its own (devices speak to the city's broker), the beat goes in behind it: into the journal. */
export const journalHeartbeatDoor = (ingest: Pick<IngestPort, 'append'>, clock: Clock): HeartbeatDoor => ({
  async send(number) {
    const at = clock.now();
    await ingest.append([
      { kind: 'telemetry', device: HEARTBEAT_DEVICE, at, received: at, source: 'mqtt', values: { [BEAT]: number } },
    ]);
  },
});
