import type { PushMessage, PushReceipt } from '../../../devices/contract/push.ts';
import { type ShownData, shownPush, unreadablePush } from './shown-push.ts';

/**
 * The service worker of web push: shows what comes, answers that it was shown, and opens it where it is acted upon. It is a file of
 * its own at `/push-worker.js`, without a hash, as browsers look there for newer versions; it caches nothing.
 */

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface PushCame extends Waiting {
  readonly data: { json(): unknown } | null;
}
interface Clicked extends Waiting {
  readonly notification: Notification;
}
interface Page {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: unknown, transfer: Transferable[]): void;
}
/** Of the worker's scope, what is used; the page's own types know nothing of workers. */
interface WorkerScope {
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(which: { type: 'window'; includeUncontrolled: true }): Promise<readonly Page[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(kind: 'install' | 'activate', listener: (event: Waiting) => void): void;
  addEventListener(kind: 'push', listener: (event: PushCame) => void): void;
  addEventListener(kind: 'notificationclick', listener: (event: Clicked) => void): void;
}
const worker = self as unknown as WorkerScope;

/** Before each try of a receipt, ms. One that does not get through costs nothing: the ladder goes on to its next rung. */
const tries = [0, 2000, 10_000];

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('push', (event) => event.waitUntil(show(event.data)));
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data as Partial<ShownData>));
});

/** Delivered is what stands on the screen: only then is it answered for. */
async function show(data: PushCame['data']): Promise<void> {
  const message = read(data);
  const { title, options } = message ? shownPush(message) : unreadablePush;
  await worker.registration.showNotification(title, options as NotificationOptions);
  if (message) await answer({ key: message.key, ...message.receipt, what: 'delivered' });
}

function read(data: PushCame['data']): PushMessage | null {
  try {
    const said = data?.json() as Partial<PushMessage> | undefined;
    return said?.key && said.title && said.receipt ? (said as PushMessage) : null;
  } catch {
    return null;
  }
}

async function answer(receipt: PushReceipt): Promise<void> {
  for (const waitMs of tries) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const answered = await fetch('/api/v1/push/receipts', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(receipt),
    }).catch(() => null);
    // What the platform refuses it refuses again.
    if (answered && answered.status < 500 && answered.status !== 429) return;
  }
}

/** Leads into the page that is open, or a new one; that it was opened is told however that goes. */
async function open({ path = '/', key, receipt }: Partial<ShownData>): Promise<void> {
  const seen = key && receipt ? answer({ key, ...receipt, what: 'seen' }) : Promise.resolve();
  await Promise.allSettled([seen, lead(path)]);
}

async function lead(path: string): Promise<void> {
  const target = new URL(path, worker.location.origin);
  // A link may be a whole address; nobody is led elsewhere by a push.
  const within = target.origin === worker.location.origin ? target.pathname + target.search : '/';
  const [page] = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (page && (await follows(page, within))) await page.focus();
  else await worker.clients.openWindow(within);
}

/** How long a page may take to say that it follows, ms: one that is still loading does not hear. */
const FOLLOWS_MS = 1000;

function follows(page: Page, path: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => resolve(true);
    setTimeout(() => resolve(false), FOLLOWS_MS);
    page.postMessage({ kind: 'open', path }, [port2]);
  });
}
