import { ApiError, api, commandId } from '../api/client.ts';
import type { BrowserSide } from './push-state.ts';
import { browserName } from './push-state.ts';

/** Where the worker is served; a stable name, so that the browser finds its next version. */
const WORKER = '/push-worker.js';

const isSupported = (): boolean => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** What this browser says of itself now. */
export async function browserSide(): Promise<BrowserSide> {
  const secure = window.isSecureContext;
  // Without a secure origin a browser hides what it could do.
  if (!secure || !isSupported()) return { secure, supported: isSupported(), permission: 'default', subscribed: null };
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  const subscription = (await registration?.pushManager.getSubscription()) ?? null;
  return {
    secure,
    supported: true,
    permission: Notification.permission,
    subscribed: subscription && { id: await idOf(subscription.endpoint), key: keyOf(subscription) },
  };
}

/**
 * Asks the person, subscribes at the browser's push service and tells the platform. Rejects with an {@link ApiError} whose words can
 * be shown; where the person refuses, the browser's side says so afterwards.
 * @param key the platform's, VAPID
 */
export async function switchOn(key: string): Promise<void> {
  await navigator.serviceWorker.register(WORKER);
  const registration = await navigator.serviceWorker.ready;
  if ((await Notification.requestPermission()) !== 'granted') return;
  const old = await registration.pushManager.getSubscription();
  if (old && keyOf(old) !== key) await old.unsubscribe();
  const subscription = await registration.pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: key })
    .catch((cause) => {
      throw new ApiError(noService(cause), cause);
    });
  const { endpoint, keys } = subscription.toJSON();
  await api('/push/browsers', {
    body: { subscription: { endpoint, keys }, name: browserName(navigator.userAgent), commandId: commandId() },
  });
}

/** Ends a browser of mine; this one also at its push service. */
export async function switchOff(id: string): Promise<void> {
  await api(`/push/browsers/${id}`, { method: 'DELETE' });
  const registration = isSupported() ? await navigator.serviceWorker.getRegistration(WORKER) : undefined;
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription && (await idOf(subscription.endpoint)) === id) await subscription.unsubscribe();
}

export const sendTest = (id: string): Promise<unknown> => api(`/push/browsers/${id}/test`, { method: 'POST' });

/** A click on a notification leads here, into the page that is open. */
export function followClicks(go: (path: string) => void): () => void {
  if (!('serviceWorker' in navigator)) return () => undefined;
  const listen = ({ data, ports }: MessageEvent): void => {
    if (data?.kind !== 'open' || typeof data.path !== 'string' || !data.path.startsWith('/')) return;
    go(data.path);
    // Otherwise the worker opens a page of its own.
    ports[0]?.postMessage('follows');
  };
  navigator.serviceWorker.addEventListener('message', listen);
  return () => navigator.serviceWorker.removeEventListener('message', listen);
}

/** By what the platform knows a subscription (`rules/store/push-store.ts`). */
async function idOf(endpoint: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint));
  return [...new Uint8Array(hash).slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The key a subscription was made with, as the platform writes it. */
function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

const noService = (cause: unknown) => ({
  status: 0,
  code: 'push-service',
  zh: `浏览器没能连上它的推送服务（${String(cause)}）。安卓 Chrome 的推送服务在中国大陆不可用，请改用短信或企业微信等渠道。`,
  en: `The browser could not reach its push service (${String(cause)}). That of Chrome on Android is not available in mainland China: use SMS, WeCom or another channel.`,
});
