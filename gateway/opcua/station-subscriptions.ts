import type {
  ClientSession,
  ClientSubscription,
  DataChangeNotification,
  DataValue,
  NotificationMessage,
} from 'node-opcua-client';
import type { OpcuaSource } from '../config.ts';
import { type EventNews, watchConditions } from './condition-events.ts';
import type { Life } from './life.ts';
import { type Handled, type Watching, watchNodes } from './monitored-nodes.ts';
import type { ServerLimits } from './server-limits.ts';
import { watchSilence } from './silence.ts';

export interface SubscriptionParts {
  readonly session: ClientSession;
  readonly source: OpcuaSource;
  readonly limits: ServerLimits;
  /** The session's: whatever a subscription suffers ends it. */
  readonly life: Life;
  /** A value of one configured node, as the server sent it. */
  readonly onValue: (node: OpcuaSource['nodes'][number], value: DataValue) => void;
  readonly onEvent: (news: EventNews) => void;
  /** The server spoke, if only to say that there is nothing to say. */
  readonly onHeard: () => void;
}

/** Everything that is heard of one server. */
export interface Subscriptions extends Watching {
  readonly all: readonly ClientSubscription[];
  /** The one of the conditions, where some are mapped and the server lets us hear them. */
  readonly events: ClientSubscription | undefined;
  /** Why events are not heard, though they are mapped. */
  readonly eventsRefused: string | undefined;
}

/** What a server keeps for us after a line has died; kept short, as it has few sessions to give, ms. */
export const keptForMs = ({ keepaliveMs }: Pick<OpcuaSource, 'keepaliveMs'>): number =>
  Math.max(60_000, 4 * keepaliveMs);

/** Subscribes to every node and condition of the configuration. Rejects when the server does not answer or refuses us whole. */
export async function subscribeToAll(parts: SubscriptionParts): Promise<Subscriptions> {
  const { session, source, limits, life } = parts;
  const { publishingMs } = source;
  const { itemsPerCall, itemsPerSubscription } = limits;
  const handled: Handled[] = source.nodes.map((node, handle) => ({ handle, node }));
  const all: ClientSubscription[] = [];
  const refused: Watching['refused'][number][] = [];
  const withoutDeadband: Watching['withoutDeadband'][number][] = [];
  for (let i = 0; i < handled.length; i += itemsPerSubscription) {
    const subscription = await subscribe(parts).catch((err: Error) => {
      // A server with few subscriptions to give: the rest of the nodes go into the last one it gave.
      const last = all.at(-1);
      if (last && /BadTooManySubscriptions/.test(err.message)) return last;
      throw err;
    });
    if (!all.includes(subscription)) all.push(subscription);
    const nodes = handled.slice(i, i + itemsPerSubscription);
    const watching = await life.during(watchNodes({ session, subscription, nodes, publishingMs, itemsPerCall }));
    refused.push(...watching.refused);
    withoutDeadband.push(...watching.withoutDeadband);
  }
  const { events, eventsRefused } = await subscribeToEvents(parts);
  if (events) all.push(events);
  return { all, refused, withoutDeadband, events, eventsRefused };
}

async function subscribeToEvents(parts: SubscriptionParts): Promise<Pick<Subscriptions, 'events' | 'eventsRefused'>> {
  const { source, life, onEvent } = parts;
  if (source.events.length === 0) return { events: undefined, eventsRefused: undefined };
  try {
    const events = await subscribe(parts);
    await life.during(watchConditions(events, source.notifier, onEvent));
    return { events, eventsRefused: undefined };
  } catch (err) {
    // Readings are worth having without events; a dead line is noticed by whoever waits for the end.
    return { events: undefined, eventsRefused: (err as Error).message };
  }
}

async function subscribe({ session, source, life, onValue, onHeard }: SubscriptionParts): Promise<ClientSubscription> {
  const { publishingMs, keepaliveMs, nodes } = source;
  const keepalives = Math.max(1, Math.round(keepaliveMs / publishingMs));
  const subscription = await life.during(
    session.createSubscription2({
      requestedPublishingInterval: publishingMs,
      requestedMaxKeepAliveCount: keepalives,
      requestedLifetimeCount: Math.max(3 * keepalives, Math.ceil(keptForMs(source) / publishingMs)),
      maxNotificationsPerPublish: 0,
      publishingEnabled: true,
      priority: 10,
    }),
  );
  // What the server made of our wishes.
  const everyMs = subscription.publishingInterval * subscription.maxKeepAliveCount;
  const watch = watchSilence(everyMs * 3, (silentMs) => life.end(`the server has said nothing for ${silentMs} ms`));
  life.onEnd(watch.stop);
  subscription.on('raw_notification', (message: NotificationMessage) => {
    watch.heard();
    onHeard();
    for (const one of message.notificationData ?? []) {
      if (one?.schema.name !== 'DataChangeNotification') continue;
      for (const { clientHandle, value } of (one as DataChangeNotification).monitoredItems ?? []) {
        const node = nodes[clientHandle];
        if (node) onValue(node, value);
      }
    }
  });
  subscription.on('status_changed', (status) => life.end(`the server ended a subscription: ${status.name}`));
  subscription.on('terminated', () => life.end('a subscription ended'));
  subscription.on('internal_error', (err: Error) => life.end(`a subscription failed: ${err.message}`));
  return subscription;
}
