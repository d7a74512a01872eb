import {
  AttributeIds,
  type ClientSession,
  type ClientSubscription,
  callConditionRefresh,
  EventFilter,
  type NodeId,
  SimpleAttributeOperand,
  type StatusCode,
  TimestampsToReturn,
  type Variant,
} from 'node-opcua-client';
import type { ConditionEvent } from './conditions.ts';

/** What a notifier says. */
export type EventNews =
  | { readonly kind: 'event'; readonly event: ConditionEvent }
  /** The server begins to tell all conditions that matter now (i=2787), and has told them (i=2788). */
  | { readonly kind: 'refresh-begins' | 'refresh-ends' }
  /** The server asks to be asked again (i=2789), or says that it dropped events (i=3035). */
  | { readonly kind: 'refresh-needed' | 'overflow' };

const baseEvent = 'i=2041';
const conditionType = 'i=2782';
const alarmConditionType = 'i=2915';

/** Field by field as selected; each with the type that declares it and its path there. */
const fields = {
  eventType: [baseEvent, 'EventType'],
  sourceNode: [baseEvent, 'SourceNode'],
  sourceName: [baseEvent, 'SourceName'],
  time: [baseEvent, 'Time'],
  severity: [baseEvent, 'Severity'],
  message: [baseEvent, 'Message'],
  conditionName: [conditionType, 'ConditionName'],
  branch: [conditionType, 'BranchId'],
  retain: [conditionType, 'Retain'],
  quality: [conditionType, 'Quality'],
  active: [alarmConditionType, 'ActiveState/Id'],
  acked: ['i=2881', 'AckedState/Id'],
  /** No path: the condition's own node id (OPC 10000-9 §5.5.2). */
  condition: [conditionType, ''],
} as const;
type Field = keyof typeof fields;
const names = Object.keys(fields) as Field[];

/** Longest queue of events at the server: an alarm storm is when nothing may be lost. */
const queueSize = 1000;

/**
 * Subscribes to the events of `notifier`. Rejects when the server does not let us, with its reason.
 */
export async function watchConditions(
  subscription: ClientSubscription,
  notifier: string,
  onNews: (news: EventNews) => void,
): Promise<void> {
  const filter = new EventFilter({
    selectClauses: names.map((name) => {
      const [type, path] = fields[name];
      return new SimpleAttributeOperand({
        typeDefinitionId: type,
        browsePath: path === '' ? [] : path.split('/').map((part) => ({ namespaceIndex: 0, name: part })),
        attributeId: path === '' ? AttributeIds.NodeId : AttributeIds.Value,
      });
    }),
  });
  const item = await subscription.monitor(
    { nodeId: notifier, attributeId: AttributeIds.EventNotifier },
    { samplingInterval: 0, discardOldest: true, queueSize, filter },
    TimestampsToReturn.Neither,
  );
  const { statusCode } = item;
  if (statusCode?.isNotGood()) throw new Error(`events of ${notifier}: ${statusCode.name}`);
  item.on('changed', (values: unknown) => {
    const news = newsIn(values as readonly Variant[]);
    if (news) onNews(news);
  });
}

/**
 * Asks the server to tell again all conditions that matter now. It is a method by name, the only one this gateway knows, and
 * changes nothing at the server (OPC 10000-9 §5.5.7). Answers with the status; never rejects.
 */
export const refreshConditions = (session: ClientSession, { subscriptionId }: ClientSubscription): Promise<string> =>
  callConditionRefresh(session, subscriptionId).then(
    ({ name }: StatusCode) => name,
    (err: Error) => err.message,
  );

/** What an event says, or undefined where it concerns nobody: a state of the past that somebody should still comment on. */
export function newsIn(values: readonly Variant[]): EventNews | undefined {
  const said = (name: Field): unknown => values[names.indexOf(name)]?.value;
  const type = idText(said('eventType'));
  if (type === 'i=2787') return { kind: 'refresh-begins' };
  if (type === 'i=2788') return { kind: 'refresh-ends' };
  if (type === 'i=2789') return { kind: 'refresh-needed' };
  if (type === 'i=3035') return { kind: 'overflow' };
  // A branch is an earlier state of a condition, kept for the operator's sake (OPC 10000-9 §4.3): not what is true now.
  if (!isNull(said('branch'))) return undefined;
  const time = said('time');
  const active = said('active');
  const sourceNode = idText(said('sourceNode'));
  const conditionName = text(said('conditionName'));
  const quality = said('quality') as StatusCode | null | undefined;
  return {
    kind: 'event',
    event: {
      condition: idText(said('condition')) || `${sourceNode}/${conditionName}`,
      conditionName,
      sourceNode,
      sourceName: text(said('sourceName')),
      active: typeof active === 'boolean' ? active : undefined,
      severity: Number(said('severity') ?? 0),
      message: text(said('message')),
      quality: typeof quality?.value === 'number' ? quality.value >>> 0 : 0,
      at: time instanceof Date && time.getTime() > 0 ? time.getTime() : undefined,
    },
  };
}

const idText = (id: unknown): string => {
  const { namespace } = (id ?? {}) as Partial<NodeId>;
  if (namespace === undefined) return '';
  // As people write it: the namespace 0 goes without saying.
  return String(id).replace(/^ns=0;/, '');
};

const isNull = (id: unknown): boolean => {
  const written = idText(id);
  return written === '' || written === 'i=0';
};

/** A text, or a text with its language. */
const text = (said: unknown): string => {
  if (typeof said === 'string') return said;
  const words = (said as { text?: unknown } | null | undefined)?.text;
  return typeof words === 'string' ? words : '';
};
