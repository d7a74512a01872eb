import type { MqttClient } from 'mqtt';

/** What mqtt.js hands to `handleMessage`. */
export type Incoming = Parameters<MqttClient['handleMessage']>[0];

/** What has been taken from a client and is not acknowledged yet. */
export interface DeferredAcks {
  /** Messages on their way to the disk. */
  readonly open: number;
  /** Resolves when none is open any more; what a lost connection had open counts until it is settled too. */
  idle(): Promise<void>;
}

/**
 * Takes messages from a client as they come and acknowledges each when `settle` has resolved for it, in order of arrival
 * (MQTT-4.6.0-2). A message for which it rejects ends the connection, and its broker sends it again. At most `window`
 * messages are on their way at once; beyond it the broker waits.
 *
 * mqtt.js acknowledges when `handleMessage` calls back, and takes one message at a time: a disk that needs a millisecond
 * for a commit would let through under a thousand a second. An error in the callback makes it skip the acknowledgement
 * and go on, so that many share one commit; `_sendPacket` is private, which is why the version is pinned. While the window
 * is full nothing at all is read from the connection, a PINGRESP neither; where the broker keeps to a receive maximum of
 * the same size it never is.
 */
export function deferAcks(client: MqttClient, settle: (packet: Incoming) => Promise<void>, window = 64): DeferredAcks {
  let connection = 0;
  let open = 0;
  let inOrder = Promise.resolve();
  const held: (() => void)[] = [];
  const idle: (() => void)[] = [];
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
      // Awaited in its turn, which may be later: until then a rejection is not unhandled.
      settled.catch(() => {});
      inOrder = inOrder
        .then(() => settled)
        .then(
          () => mine === connection && acknowledge(client, packet),
          () => void (mine === connection && client.stream.destroy()),
        )
        .then(() => {
          open -= 1;
          held.shift()?.();
          if (open === 0) for (const resolve of idle.splice(0)) resolve();
        });
      goOn(later);
    };
    if (open < window) begin();
    else held.push(begin);
  };

  return {
    get open() {
      return open;
    },
    idle: () => (open === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}

/** One for all messages: to make an error is to walk over the stack. */
const later = new Error('acknowledged when it is durable');

function acknowledge(client: MqttClient, { qos, messageId }: Incoming): void {
  if (qos === 0 || messageId === undefined) return;
  (client as unknown as { _sendPacket(packet: object): void })._sendPacket({ cmd: 'puback', messageId, reasonCode: 0 });
}
