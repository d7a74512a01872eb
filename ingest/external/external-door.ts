import type { ExternalStats } from '../../devices/contract/stats.ts';
import { relayedTopic } from '../../devices/contract/topics.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { DeviceApi, Sender } from '../api/device-api.ts';
import { type BrokerLink, type LinkMessage, type LinkOptions, startBrokerLink } from './broker-link.ts';

export interface ExternalOptions extends Omit<LinkOptions, 'clientId'> {
  /** What tells this consumer from others of the same platform; part of its client id. */
  readonly name: string;
  /** Consumers of one group share the messages (`$share/<group>/…`); without one, this consumer gets them all. */
  readonly group?: string | undefined;
}

export interface ExternalParts extends ExternalOptions {
  readonly api: Pick<DeviceApi, 'receive' | 'tooLarge'>;
  readonly maxPacketBytes: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** How long what we send ourselves may take to come back before the access list is suspected, ms. */
  readonly probeWithinMs?: number;
}

/** The consumer of an external broker: the same API as at the embedded one, with `yanshao/<subject>/` before each topic. */
export interface ExternalDoor extends Running {
  stats(): ExternalStats;
  /** The first word: null once it is linked, or what is wrong. It goes on trying either way. */
  settled(): Promise<Bilingual | null>;
}

/** `yanshao/<subject>/<topic>`: the broker's access list has bound the subject to the user. */
const relayed = /^yanshao\/([^/]+)\/(.+)$/s;
/** No id begins so: nobody can be registered under it. */
const ownSubject = '_platform';
const probeWithinMs = 10_000;

/**
 * Links with the broker and hands every message to the API, which acknowledges it when it is durable. Who sent it is what
 * the topic says: that nobody can write under another's name is the broker's duty.
 */
export function startExternalDoor(parts: ExternalParts): ExternalDoor {
  const { api, clock, log, group, name, maxPacketBytes } = parts;
  const clientId = `yanshao-${name}`;
  const probeTopic = `yanshao/${ownSubject}/probe/${clientId}`;
  const share = group ? `$share/${group}/` : '';
  const counts = { received: 0, retained: 0, foreign: 0, unsent: 0 };
  const senders = new Map<string, Sender>();
  let silent: Bilingual | null = null;
  let probing: NodeJS.Timeout | undefined;
  /** Connections in a row that ended before the probe came back. */
  let cutShort = 0;

  const heard = (): void => {
    clearTimeout(probing);
    probing = undefined;
    cutShort = 0;
    silent = null;
  };
  const suspect = (): void => {
    if (!silent) log.error({ url: parts.url }, 'the external broker grants our subscriptions and delivers nothing');
    silent = deafTo(parts.url, parts.username, group, link.protocol);
  };
  /** Mosquitto 2.0 puts out who publishes where its access list forbids it. */
  const ended = (): void => {
    if (probing && ++cutShort >= 2) suspect();
    clearTimeout(probing);
    probing = undefined;
  };
  /** Mosquitto grants every subscription and then delivers only what its access list lets the user read. */
  const probe = (): void => {
    clearTimeout(probing);
    link.publish(probeTopic, '', { qos: 0 }).catch(() => {});
    probing = setTimeout(() => {
      probing = undefined;
      suspect();
      if (link.up) probe();
    }, parts.probeWithinMs ?? probeWithinMs);
  };

  const senderOf = (subject: string): Sender => {
    const known = senders.get(subject);
    if (known) return known;
    const reply: Sender['reply'] = (topic, body) => {
      link.publish(relayedTopic(subject, topic), JSON.stringify(body)).catch(() => {
        counts.unsent += 1;
      });
    };
    const sender: Sender = { door: 'relayed', reply };
    // Subjects are foreign words until they are judged; a broker without an access list must not fill our memory.
    if (senders.size >= 100_000) senders.clear();
    senders.set(subject, sender);
    return sender;
  };

  const take = ({ topic, payload, retained }: LinkMessage): Promise<void> => {
    const [, subject, rest] = relayed.exec(topic) ?? [];
    if (topic === probeTopic) {
      heard();
      return Promise.resolve();
    }
    if (subject === undefined || rest === undefined || subject === ownSubject) {
      counts.foreign += 1;
      return Promise.resolve();
    }
    counts.received += 1;
    heard();
    if (retained) {
      // Of what the broker kept nobody knows the age, and it would come again at each subscription.
      counts.retained += 1;
      return Promise.resolve();
    }
    const message = { topic: rest, payload, client: subject, received: clock.now() };
    return new Promise((resolve, reject) => {
      const done = (err: Error | null) => (err ? reject(err) : resolve());
      if (payload.length > maxPacketBytes) {
        const start = { ...message, payload: payload.subarray(0, 4096) };
        api.tooLarge(start, payload.length, senderOf(subject), done);
      } else api.receive(message, senderOf(subject), done);
    });
  };

  const link: BrokerLink = startBrokerLink({
    ...parts,
    clientId,
    subscriptions: {
      // What we say ourselves matches it too; with `$share`, MQTT 5 forbids to ask for silence (§3.8.3.1).
      [`${share}yanshao/+/v1/#`]: { noLocal: !group },
      [`${share}yanshao/+/v2/#`]: { noLocal: !group },
      [probeTopic]: {},
    },
    onMessage: take,
    onUp: probe,
    onDown: ended,
    log,
  });

  return {
    stats: () => ({
      url: parts.url,
      up: link.up,
      protocol: link.protocol === 5 ? '5' : '3.1.1',
      open: link.open,
      problem: silent ?? link.problem,
      ...counts,
    }),
    settled: () => link.settled(),
    async stop() {
      clearTimeout(probing);
      await link.stop();
    },
  };
}

function deafTo(url: string, username: string | undefined, group: string | undefined, protocol: 4 | 5): Bilingual {
  const user = username ?? '(anonymous)';
  const shared =
    group && protocol === 4
      ? {
          zh: '该代理只支持 MQTT 3.1.1，共享订阅（YANSHAO_MQTT_BROKER_GROUP）可能无效；',
          en: ' This broker speaks MQTT 3.1.1 only, where a shared subscription (YANSHAO_MQTT_BROKER_GROUP) may deliver nothing.',
        }
      : { zh: '', en: '' };
  return {
    zh: `外部代理 ${url} 接受了订阅但不投递消息：请在其访问控制中允许用户 ${user} 读写 yanshao/#。${shared.zh}见 docs/external-broker.md`,
    en: `the external broker at ${url} grants the subscriptions and delivers nothing: let the user ${user} read and write yanshao/# in its access list.${shared.en} See docs/external-broker.md`,
  };
}
