import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { type BrokerLink, type LinkOptions, startBrokerLink } from '../external/broker-link.ts';
import type { NodeLink, SparkplugHost } from './host.ts';
import { saysOffline, stateMessage } from './state-certificate.ts';
import { NAMESPACE, stateTopic } from './topic.ts';

export interface SparkplugLinkParts extends Omit<LinkOptions, 'clientId' | 'sessionSeconds'> {
  readonly host: SparkplugHost;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** The host application at an external broker. */
export interface SparkplugLink extends Running {
  status(): { readonly url: string; readonly connected: boolean; readonly problem: string | null };
  /** Publishes our death, then ends the connection. */
  stop(): Promise<void>;
}

/**
 * A connection of the host's own, apart from that of the device API: its session is clean, its will is our death, and its
 * subscriptions may not be shared, as one host must see each message of an edge node in order. First STATE, then the namespace, then
 * our birth (tck-id-host-topic-phid-birth-sub-required, tck-id-message-flow-phid-sparkplug-subscription).
 */
export function startSparkplugLink(parts: SparkplugLinkParts): SparkplugLink {
  const { host, clock, log, url } = parts;
  const { hostId } = host;
  const own = stateTopic(hostId);
  /** Of the last CONNECT: its will and our birth carry the same one. */
  let timestamp = 0;
  let leaving = false;

  const publish = (online: boolean, at: number): Promise<void> => {
    const { topic, payload, qos, retain } = stateMessage(hostId, online, at);
    return link.publish(topic, payload, { qos, retain });
  };
  const announce = (): void => {
    publish(true, timestamp).catch((err: unknown) =>
      log.warn({ err }, 'the birth of the Sparkplug host could not be published; the next connection brings it'),
    );
  };
  const commands: NodeLink = {
    command(_to, topic, payload) {
      if (!link.up) return false;
      // tck-id-topics-ncmd-mqtt: QoS 0, not retained.
      link.publish(topic, Buffer.from(payload), { qos: 0 }).catch(() => {});
      return true;
    },
  };

  const link: BrokerLink = startBrokerLink({
    ...parts,
    clientId: `yanshao-sparkplug-${hostId}`,
    // tck-id-message-flow-phid-sparkplug-clean-session-50 and -311.
    sessionSeconds: 0,
    subscriptions: { [own]: {}, [`${NAMESPACE}/#`]: {} },
    will() {
      // Never the same twice: an edge node compares them.
      timestamp = Math.max(clock.now(), timestamp + 1);
      return stateMessage(hostId, false, timestamp);
    },
    onUp() {
      announce();
      host.linkUp(commands);
    },
    onMessage: ({ topic, payload, retained }) =>
      new Promise((resolve, reject) => {
        if (topic === own) {
          // Our own farewell comes back to us too, and is not to be contradicted.
          if (saysOffline(payload) && link.up && !leaving) announce();
          resolve();
        } else if (retained) {
          // Births and data are not retained (chapter 5); one that is may be of any age.
          resolve();
        } else host.receive(topic, payload, { gateway: undefined }, (err) => (err ? reject(err) : resolve()));
      }),
    log,
  });

  return {
    status: () => ({ url, connected: link.up, problem: link.problem?.en ?? null }),
    async stop() {
      leaving = true;
      // tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean: with the time of the disconnect.
      if (link.up) await publish(false, Math.max(clock.now(), timestamp + 1)).catch(() => {});
      await link.stop();
    },
  };
}
