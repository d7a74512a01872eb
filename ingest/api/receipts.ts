import { type Receipts, topics } from '../../devices/contract/topics.ts';

/** How a door speaks to whoever sent a message. */
export type Reply = (topic: string, body: unknown) => void;

/** Numbers in one message; a longer list is told in several. */
const most = 1000;

/**
 * Gathers the numbers of telemetry that has become durable and tells each gateway in one message per turn of the event
 * loop. A receipt that does not arrive costs nothing but a resend: telling twice is harmless.
 */
export function receiptBook(): (reply: Reply, sender: object, number: number) => void {
  const waiting = new Map<object, { reply: Reply; numbers: number[] }>();
  const tell = () => {
    const batches = [...waiting.values()];
    waiting.clear();
    for (const { reply, numbers } of batches) {
      for (let i = 0; i < numbers.length; i += most)
        reply(topics.gatewayReceipts, { received: numbers.slice(i, i + most) } satisfies Receipts);
    }
  };
  return (reply, sender, number) => {
    const batch = waiting.get(sender);
    if (batch) batch.numbers.push(number);
    else {
      if (waiting.size === 0) setImmediate(tell);
      waiting.set(sender, { reply, numbers: [number] });
    }
  };
}

/** The number of a telemetry that wants a receipt, or undefined where its topic holds none. */
export function receiptNumber(level: string | undefined): number | undefined {
  if (level === undefined || !/^(0|[1-9]\d{0,15})$/.test(level)) return undefined;
  const number = Number(level);
  return Number.isSafeInteger(number) ? number : undefined;
}
