import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { RECEIVE_MAXIMUM } from './ingest-load.ts';
import { answering, given } from './measured.ts';

/** The yardstick behind an external broker: mqtt.js as it comes, which acknowledges what it receives and forgets it. */
const { url } = given<{ url: string }>();
let received = 0;
const client = connectAsync(url, { protocolVersion: 5, properties: { receiveMaximum: RECEIVE_MAXIMUM } });
const ready = client.then(async (mqtt) => {
  mqtt.on('message', () => received++);
  await mqtt.subscribeAsync('yanshao/+/#', { qos: 1 });
});

answering(ready, {
  /** Resolves once so many messages have come in all. */
  received: async (count) => {
    while (received < (count as number)) await pause(5);
  },
  settle: async () => {},
  stop: async () => (await client).endAsync(true),
});
