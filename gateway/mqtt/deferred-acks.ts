import type { MqttClient } from 'mqtt';

/** What mqtt.js hands to `handleMessage`. */
export type Incoming = Parameters<MqttClient['handleMessage']>[0];

/** Messages that may be on their way to the disk at once; beyond it the broker waits. */
const mostOpen = 64;

/**
 * Takes messages from a client as they come and acknowledges each when `settle` has resolved for it, in order of arrival
 * (MQTT-4.6.0-2). A message for which it rejects ends the connection, and its broker sends it again.
 *
 * mqtt.js acknowledges when `handleMessage` calls back, and takes one message at a time: a disk that needs a millisecond
 * for a commit would let through under a thousand a second. An error in the callback makes it skip the acknowledgement
 * and go on, so that many share one commit; `_sendPacket` is private, which is why the version is pinned.
 */
export function deferAcks(client: MqttClient, settle: (packet: Incoming) => Promise<void>): void {
  let connection = 0;
  let open = 0;
  let inOrder = Promise.resolve();
  const held: (() => void)[] = [];
  client.on('close', () => {
    connection += 1;
    // What a lost connection still held is its broker's again.
    held.length = 0;
  });

  client.handleMessage = (packet, goOn) => {
    const mine = connection;
    const begin = () => {
      open += 1;
      const settled = settle(packet);
      inOrder = inOrder
        .then(() => settled)
        .then(
          () => mine === connection && acknowledge(client, packet),
          () => void (mine === connection && client.stream.destroy()),
        )
        .then(() => {
          open -= 1;
          held.shift()?.();
        });
      goOn(new Error('acknowledged when it is durable'));
    };
    if (open < mostOpen) begin();
    else held.push(begin);
  };
}

function acknowledge(client: MqttClient, { qos, messageId }: Incoming): void {
  if (qos === 0 || messageId === undefined) return;
  (client as unknown as { _sendPacket(packet: object): void })._sendPacket({ cmd: 'puback', messageId, reasonCode: 0 });
}
