import {
  AttributeIds,
  type ClientSession,
  type ClientSessionRawSubscriptionService,
  type ClientSubscription,
  DataChangeFilter,
  DataChangeTrigger,
  DeadbandType,
  MonitoringMode,
  type StatusCode,
  TimestampsToReturn,
} from 'node-opcua-client';
import type { OpcuaSource } from '../config.ts';
import { inCalls } from './in-calls.ts';

type Node = OpcuaSource['nodes'][number];

/** A node and its handle: where it stands in the configuration. */
export interface Handled {
  readonly handle: number;
  readonly node: Node;
}

/** What became of nodes that are not watched as the configuration asks. */
export interface Watching {
  /** Not read at all, with the server's reason. */
  readonly refused: readonly { readonly node: string; readonly status: string }[];
  /** Read, but every change of them, as the server cannot apply the deadband. */
  readonly withoutDeadband: readonly { readonly node: string; readonly status: string }[];
}

export interface WatchParts {
  readonly session: ClientSession;
  readonly subscription: ClientSubscription;
  readonly nodes: readonly Handled[];
  readonly publishingMs: number;
  readonly itemsPerCall: number;
}

/**
 * Has the server watch nodes: one it refuses keeps no other from being watched, and one whose deadband it cannot apply is
 * watched without. Rejects when the server does not answer or the subscription is gone.
 */
export async function watchNodes(parts: WatchParts): Promise<Watching> {
  const plain: Handled[] = [];
  const filtered: Handled[] = [];
  for (const one of parts.nodes) (one.node.deadband === undefined ? plain : filtered).push(one);
  const withDeadband = await create(parts, filtered, true);
  const unfilterable = withDeadband.filter(({ status }) => /Filter/.test(status.name));
  const again = await create(parts, [...unfilterable.map(({ one }) => one), ...plain], false);
  const bad = [...withDeadband.filter((answer) => !unfilterable.includes(answer)), ...again].filter(({ status }) =>
    status.isNotGood(),
  );
  const refused = bad.map(({ one, status }) => ({ node: one.node.node, status: status.name }));
  return {
    refused,
    withoutDeadband: unfilterable
      .map(({ one, status }) => ({ node: one.node.node, status: status.name }))
      .filter(({ node }) => !refused.some((other) => other.node === node)),
  };
}

async function create(
  { session, subscription, publishingMs, itemsPerCall }: WatchParts,
  nodes: readonly Handled[],
  deadband: boolean,
): Promise<{ readonly one: Handled; readonly status: StatusCode }[]> {
  const answers = await inCalls(nodes, itemsPerCall, async (lot) => {
    // The service itself, without the library's object an item and its own list of them: ours is the configuration.
    const raw = session as ClientSession & ClientSessionRawSubscriptionService;
    const { results } = await raw.createMonitoredItems({
      subscriptionId: subscription.subscriptionId,
      timestampsToReturn: TimestampsToReturn.Both,
      itemsToCreate: lot.map(({ handle, node }) => ({
        itemToMonitor: { nodeId: node.node, attributeId: AttributeIds.Value },
        monitoringMode: MonitoringMode.Reporting,
        requestedParameters: {
          clientHandle: handle,
          samplingInterval: node.sampling ?? publishingMs,
          discardOldest: true,
          queueSize: node.queueSize,
          filter: deadband && node.deadband !== undefined ? filterOf(node.deadband) : null,
        },
      })),
    });
    return results ?? [];
  });
  return nodes.map((one, i) => {
    const answer = answers[i];
    if (!answer) throw new Error(`no answer about ${one.node.node}`);
    return { one, status: answer.statusCode };
  });
}

/** Trigger StatusValue: with the timestamp as a trigger, servers report changes below the deadband too. */
function filterOf(deadband: number | string): DataChangeFilter {
  const percent = typeof deadband === 'string';
  return new DataChangeFilter({
    trigger: DataChangeTrigger.StatusValue,
    deadbandType: percent ? DeadbandType.Percent : DeadbandType.Absolute,
    deadbandValue: percent ? Number.parseFloat(deadband) : deadband,
  });
}
