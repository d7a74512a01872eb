import type { PageReceipt, PagesPort } from '../../../devices/contract/pages.ts';
import type { Log } from '../../../kit/log.ts';
import { type Wait, wait } from '../../../kit/retry.ts';

/** So many wait at most while rules is away; the oldest is let go then, as a page gives newer ones all the time. */
const MOST = 10_000;
const RETRY_MS = 500;

/** Receipts on their way to rules, in their order, each until it is kept. */
export interface ReceiptQueue {
  add(receipt: PageReceipt): void;
  /** Receipts let go for want of room, since the process began. */
  readonly dropped: number;
  stop(): void;
}

export function receiptQueue(port: Pick<PagesPort, 'receipt'>, log: Log, pause: Wait = wait): ReceiptQueue {
  const queue: PageReceipt[] = [];
  const stopping = new AbortController();
  let sending = false;
  let dropped = 0;
  const send = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    let told = false;
    while (queue.length > 0 && !stopping.signal.aborted) {
      const [first] = queue;
      try {
        await port.receipt(first!);
        if (queue[0] === first) queue.shift();
        told = false;
      } catch (err) {
        if (!told) log.warn({ err }, 'receipts of pages cannot be kept now; they are told again until they are');
        told = true;
        await pause(RETRY_MS, stopping.signal);
      }
    }
    sending = false;
  };
  return {
    add(receipt) {
      queue.push(receipt);
      if (queue.length > MOST) {
        queue.shift();
        dropped++;
      }
      void send();
    },
    get dropped() {
      return dropped;
    },
    stop: () => stopping.abort(),
  };
}
