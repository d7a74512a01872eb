import { connect, type IClientOptions, type IClientSubscribeOptions, type MqttClient } from 'mqtt';
import type { Bilingual } from '../../devices/model/device-type.ts';
import type { Running } from '../../kit/cleanups.ts';
import type { Log } from '../../kit/log.ts';
import { deferAcks, type Incoming } from '../../kit/mqtt/deferred-acks.ts';
import { retryDelays, wait } from '../../kit/retry.ts';

/** A message as an external broker delivers it. */
export interface LinkMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  /** It was kept at the broker from before; nobody knows for how long. */
  readonly retained: boolean;
}

export interface PublishOptions {
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
}

/** What the broker publishes when this link ends without a word. */
export interface Will extends PublishOptions {
  readonly topic: string;
  readonly payload: string | Buffer;
}

/** Where the broker is and who we are there. */
export interface LinkOptions {
  /** `mqtts://…`; `mqtt://` where {@link checkBrokerUrl} lets it pass. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM texts. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  /** Fixed for ever where the session is to be found again; one connection of this name at a time. */
  readonly clientId: string;
  /** How long the broker keeps what comes while we are away, s; 0 begins anew at each connection. */
  readonly sessionSeconds: number;
  /** Messages that the broker may send before the first of them is acknowledged. */
  readonly receiveMaximum: number;
}

export interface LinkParts extends LinkOptions {
  /** Filters; MQTT 5 may say of each that our own messages do not come back (not with `$share`). */
  readonly subscriptions: Readonly<Record<string, { readonly noLocal?: boolean }>>;
  /**
   * Takes a message; it is acknowledged when this resolves, in order of arrival. When it rejects, the connection ends and
   * the broker sends the message again over the next.
   */
  readonly onMessage: (message: LinkMessage) => Promise<void>;
  /** Asked before each connection. */
  readonly will?: () => Will;
  /** Every subscription of a new connection is granted. */
  readonly onUp?: () => void;
  readonly onDown?: () => void;
  readonly log: Log;
}

/** A connection to an external broker that is taken up again for ever. */
export interface BrokerLink extends Running {
  /** Connected, and every subscription granted. */
  readonly up: boolean;
  /** 5, or 4 (MQTT 3.1.1) where the broker speaks no other. */
  readonly protocol: 4 | 5;
  /** What keeps messages from coming, in words for a person; null while nothing does. */
  readonly problem: Bilingual | null;
  /** Messages taken and not acknowledged yet. */
  readonly open: number;
  /** Resolves when the broker has it (QoS 1), or it is sent (QoS 0); rejects when the link is down or the broker refuses. */
  publish(topic: string, payload: string | Buffer, options?: PublishOptions): Promise<void>;
  /** Resolves once it is up, or with the first problem. */
  settled(): Promise<Bilingual | null>;
  /** Ends the connection; what is not acknowledged stays with the broker. */
  stop(): Promise<void>;
}

/** How long a good-bye waits for what is under way, ms. */
const farewellMs = 2_000;
const connectTimeoutMs = 10_000;
/** A broker that vanished without a word is missed after one and a half of these. */
const keepaliveSeconds = 20;
/** Messages of ours that may be on their way at once, and that may wait for it. */
const mostUnderWay = 64;
const mostWaiting = 10_000;

/** MQTT 3.1.1 §3.2.2.3 and MQTT 5 §3.2.2.2: the broker does not speak the version we asked for. */
const versionRefused = new Set([1, 132]);
/** MQTT 5 §3.14.2.1: another connection came with our client id. */
const sessionTakenOver = 0x8e;
const credentialsRefused = new Set([4, 5, 134, 135]);

/**
 * Connects and stays connected, with pauses that grow to half a minute, each a little different. Each connection is a
 * client of its own: mqtt.js's stores resend one by one and hold up `connect` until they are empty, and the session that
 * matters is the broker's. A new connection waits until what the last one had taken is settled, so that a window bounds
 * the memory however often the link breaks.
 */
export function startBrokerLink(parts: LinkParts): BrokerLink {
  const { log, url } = parts;
  const stopping = new AbortController();
  const firstWord: ((problem: Bilingual | null) => void)[] = [];
  let client: MqttClient | undefined;
  let acks: ReturnType<typeof deferAcks> | undefined;
  let protocol: 4 | 5 = 5;
  let up = false;
  let problem: Bilingual | null = null;
  let slots = sendSlots();

  const state = (now: Bilingual | null): void => {
    if (now && now.en !== problem?.en) log.error({ url, problem: now.en }, 'the external broker gives us nothing');
    problem = now;
    for (const resolve of firstWord.splice(0)) resolve(now);
  };

  /** One connection, from its beginning to its end; resolves with whether it was up. */
  const once = async (): Promise<boolean> => {
    await acks?.idle();
    if (stopping.signal.aborted) return false;
    const mine = connect(url, optionsOf(parts, protocol));
    client = mine;
    const mySlots = sendSlots();
    slots = mySlots;
    acks = deferAcks(
      mine,
      ({ topic, payload, qos, retain }: Incoming) =>
        parts.onMessage({ topic, payload: payload as Buffer, qos, retained: retain }),
      parts.receiveMaximum,
    );
    let wasUp = false;
    let downgraded = false;
    mine.on('connect', () => {
      subscribe(mine, parts, protocol).then(
        () => {
          wasUp = true;
          up = true;
          state(null);
          log.info({ url, protocol }, 'linked with the external broker');
          parts.onUp?.();
        },
        (err: Error) => {
          if (!mine.connected) return;
          state(subscriptionRefused(url, Object.keys(parts.subscriptions), err));
          mine.end(true);
        },
      );
    });
    mine.on('error', (err) => {
      const { code } = err as { code?: number | string };
      if (typeof code === 'number' && versionRefused.has(code) && protocol === 5) {
        protocol = 4;
        downgraded = true;
      } else if (!wasUp) state(unreachable(url, parts.username, err));
    });
    mine.on('disconnect', ({ reasonCode }) => {
      if (reasonCode === sessionTakenOver) state(takenOver(url, parts.clientId));
    });
    await new Promise<void>((resolve) => mine.once('close', () => resolve()));
    mySlots.drop();
    mine.end(true);
    if (up) {
      up = false;
      log.warn({ url }, 'the link with the external broker is down; it keeps what comes');
      parts.onDown?.();
    }
    if (!problem && !downgraded && !stopping.signal.aborted) state(unreachable(url, parts.username));
    return wasUp || downgraded;
  };

  const running = (async () => {
    let delays = retryDelays(500, 30_000);
    while (!stopping.signal.aborted) {
      if (await once()) delays = retryDelays(500, 30_000);
      if (!stopping.signal.aborted) await wait(delays.next().value, stopping.signal);
    }
  })();

  return {
    get up() {
      return up;
    },
    get protocol() {
      return protocol;
    },
    get problem() {
      return problem;
    },
    get open() {
      return acks?.open ?? 0;
    },
    publish(topic, payload, { qos = 1, retain = false } = {}) {
      const mine = client;
      // Before the subscriptions are granted too: what the broker kept for us comes first, and is answered.
      if (!mine?.connected) return Promise.reject(new Error(`the link with ${url} is down`));
      return slots.run(
        () =>
          new Promise((resolve, reject) =>
            mine.publish(topic, payload, { qos, retain }, (err) => (err ? reject(err) : resolve())),
          ),
      );
    },
    settled: () => (up || problem ? Promise.resolve(problem) : new Promise((resolve) => firstWord.push(resolve))),
    async stop() {
      stopping.abort();
      // In good order while the link is whole, and for so long as that may take; what is under way stays with the broker.
      const patience = new AbortController();
      if (client?.connected) await Promise.race([client.endAsync(), wait(farewellMs, patience.signal)]);
      client?.end(true);
      // What is still on its way to the disk may take for ever too.
      await Promise.race([running, wait(connectTimeoutMs, patience.signal)]);
      patience.abort();
    },
  };
}

function optionsOf(parts: LinkParts, protocol: 4 | 5): IClientOptions {
  const { username, password, tls, clientId, sessionSeconds, receiveMaximum } = parts;
  const will = parts.will?.();
  return {
    clientId,
    username,
    password,
    ...tls,
    protocolVersion: protocol,
    clean: sessionSeconds === 0,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    connectTimeout: connectTimeoutMs,
    keepalive: keepaliveSeconds,
    ...(protocol === 5 && { properties: { receiveMaximum, sessionExpiryInterval: sessionSeconds } }),
    ...(will && {
      will: {
        topic: will.topic,
        payload: Buffer.from(will.payload as string),
        qos: will.qos ?? 1,
        retain: will.retain ?? false,
      },
    }),
  };
}

/** Asks for every subscription anew at each connection: a session that the broker has lost would else stay silent. */
async function subscribe(client: MqttClient, { subscriptions }: LinkParts, protocol: 4 | 5): Promise<void> {
  for (const [filter, { noLocal = false }] of Object.entries(subscriptions)) {
    // rh 2: what the broker retained is not sent again with each subscription (MQTT 5 only).
    const options: IClientSubscribeOptions = protocol === 5 ? { qos: 1, nl: noLocal, rh: 2 } : { qos: 1 };
    const granted = await client.subscribeAsync(filter, options);
    // One that exists is granted as a no-op; QoS 0 would be a subscription that loses.
    if (granted.some(({ qos }) => qos !== 1)) throw new Error(`${filter} was granted with QoS ${granted[0]?.qos}`);
  }
}

/** Lets so many be sent at a time over one connection; the rest wait their turn. */
function sendSlots() {
  const busy = new Set<(err: Error) => void>();
  const waiting: { begin: () => void; drop: (err: Error) => void }[] = [];
  return {
    run: (send: () => Promise<void>): Promise<void> =>
      new Promise((resolve, reject) => {
        const begin = () => {
          busy.add(reject);
          const ended = () => {
            busy.delete(reject);
            waiting.shift()?.begin();
          };
          send().then(resolve, reject).finally(ended);
        };
        if (busy.size < mostUnderWay) begin();
        else if (waiting.length < mostWaiting) waiting.push({ begin, drop: reject });
        else reject(new Error('too much waits to be sent'));
      }),
    /** The connection is gone: nothing more of it will ever be answered. */
    drop() {
      const gone = new Error('the link went down');
      for (const { drop } of waiting.splice(0)) drop(gone);
      for (const drop of busy) drop(gone);
    },
  };
}

function unreachable(url: string, username: string | undefined, err?: Error): Bilingual {
  const { code } = (err ?? {}) as { code?: number | string };
  if (typeof code === 'number' && credentialsRefused.has(code)) {
    const user = username ?? '(none)';
    return {
      zh: `外部代理 ${url} 拒绝用户 ${user}：请检查 YANSHAO_MQTT_BROKER_USERNAME、YANSHAO_MQTT_BROKER_PASSWORD 与代理的用户配置`,
      en: `the external broker at ${url} refuses the user ${user}: check YANSHAO_MQTT_BROKER_USERNAME, YANSHAO_MQTT_BROKER_PASSWORD and the broker's users`,
    };
  }
  const why = err?.message || String(code ?? 'the connection ended');
  return {
    zh: `无法连接外部代理 ${url}（${why}）：请检查 YANSHAO_MQTT_BROKER_URL、证书与代理；将一直重试`,
    en: `the external broker at ${url} cannot be reached (${why}): check YANSHAO_MQTT_BROKER_URL, the certificates and the broker; it is tried for ever`,
  };
}

const subscriptionRefused = (url: string, filters: readonly string[], err: Error): Bilingual => ({
  zh: `外部代理 ${url} 拒绝订阅 ${filters.join('、')}（${err.message}）：请在其访问控制中允许本平台的用户读取这些主题（docs/external-broker.md）`,
  en: `the external broker at ${url} refuses the subscription to ${filters.join(', ')} (${err.message}): let the platform's user read them in its access list (docs/external-broker.md)`,
});

const takenOver = (url: string, clientId: string): Bilingual => ({
  zh: `另一个进程以同一名字 ${clientId} 连接了外部代理 ${url}：请为每个进程设置不同的 YANSHAO_MQTT_BROKER_NAME`,
  en: `another process has come to the external broker at ${url} under our name ${clientId}: give each a YANSHAO_MQTT_BROKER_NAME of its own`,
});
