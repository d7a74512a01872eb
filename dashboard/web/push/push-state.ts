import type { PushBody, PushBrowser } from '../../../devices/contract/push.ts';

/** What this browser says of itself. */
export interface BrowserSide {
  /** Reached over https or on this machine: only then browsers allow push (W3C Push API §1). */
  readonly secure: boolean;
  /** Knows service workers, push and notifications. */
  readonly supported: boolean;
  readonly permission: NotificationPermission;
  /** Id of its subscription, and whether that was made with the platform's key of now; null where it has none. */
  readonly subscribed: { readonly id: string; readonly key: string } | null;
}

/**
 * Where web push stands in this browser. Everything but `on` means that nothing arrives here; each has its words, and what to do.
 * - `not-offered` the platform sends none · `nobody` this account is nobody's in the duty list
 * - `insecure`, `unsupported`, `denied` the browser allows none
 * - `off` not switched on · `gone` its push service has dropped it · `other-key` it was made for other keys of the platform
 */
export type PushState =
  | { readonly kind: 'not-offered' | 'nobody' | 'insecure' | 'unsupported' | 'denied' | 'off' | 'gone' | 'other-key' }
  | { readonly kind: 'on'; readonly browser: PushBrowser };

/** What the platform and this browser say, put together. What nobody can change here is told first. */
export function pushState({ key, person, browsers }: PushBody, here: BrowserSide): PushState {
  if (key === null) return { kind: 'not-offered' };
  if (person === null) return { kind: 'nobody' };
  if (!here.secure) return { kind: 'insecure' };
  if (!here.supported) return { kind: 'unsupported' };
  if (here.permission === 'denied') return { kind: 'denied' };
  const { subscribed } = here;
  const browser = browsers.find(({ id }) => id === subscribed?.id);
  if (subscribed && subscribed.key !== key) return { kind: 'other-key' };
  if (browser?.goneAt) return { kind: 'gone' };
  return subscribed && browser && here.permission === 'granted' ? { kind: 'on', browser } : { kind: 'off' };
}

/** In which states a person can switch it on. */
export const canSwitchOn = ({ kind }: PushState): boolean => kind === 'off' || kind === 'gone' || kind === 'other-key';

const makers = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const;
const systems = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
] as const;

/** A browser in the words of its owner, `Edge · Windows`, from what it calls itself. */
export function browserName(userAgent: string): string {
  const named = (table: readonly (readonly [RegExp, string])[]) => table.find(([sign]) => sign.test(userAgent))?.[1];
  return [named(makers) ?? 'Browser', named(systems)].filter(Boolean).join(' · ');
}
