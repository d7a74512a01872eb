import { stateTopic } from './topic.ts';

/** What a host publishes of itself: QoS 1 and retained, as its birth and as its will (tck-id-payloads-state-*). */
export interface StateMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 1;
  readonly retain: true;
}

/** Birth (`online`) or death of the host application; both of one connection carry the same timestamp, ms. */
export const stateMessage = (host: string, online: boolean, timestamp: number): StateMessage => ({
  topic: stateTopic(host),
  payload: JSON.stringify({ online, timestamp }),
  qos: 1,
  retain: true,
});

/**
 * Whether a message on our own STATE topic says that we are offline while we are not: the will of an earlier connection of ours, or a
 * second host of our name (tck-id-message-flow-hid-sparkplug-state-message-delivered).
 */
export function saysOffline(payload: Uint8Array): boolean {
  try {
    const said: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    return typeof said === 'object' && said !== null && (said as { online?: unknown }).online === false;
  } catch {
    return false;
  }
}
