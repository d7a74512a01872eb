import { AttributeIds, type ClientSession, VariableIds } from 'node-opcua-client';
import { inCalls } from './in-calls.ts';

/** How much a server takes at once (OPC 10000-5 §6.3.11); what it does not say is what passes everywhere. */
export interface ServerLimits {
  readonly itemsPerCall: number;
  readonly itemsPerSubscription: number;
  readonly nodesPerRead: number;
  readonly nodesPerHistoryRead: number;
}

/** Never more, even where a server has no limit: large calls starve what it does for others. */
const ours: ServerLimits = {
  itemsPerCall: 1000,
  itemsPerSubscription: 1000,
  nodesPerRead: 1000,
  nodesPerHistoryRead: 50,
};

const limitNodes: Readonly<Record<keyof ServerLimits, number>> = {
  itemsPerCall: VariableIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
  itemsPerSubscription: VariableIds.Server_ServerCapabilities_MaxMonitoredItemsPerSubscription,
  nodesPerRead: VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
  nodesPerHistoryRead: VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerHistoryReadData,
};

/** Reads what the server says about its limits. Rejects only when it does not answer. */
export async function readServerLimits(session: ClientSession): Promise<ServerLimits> {
  const names = Object.keys(limitNodes) as (keyof ServerLimits)[];
  const values = await inCalls(names, names.length, (lot) =>
    session.read(lot.map((name) => ({ nodeId: `i=${limitNodes[name]}`, attributeId: AttributeIds.Value }))),
  );
  const limits = { ...ours };
  for (const [i, name] of names.entries()) {
    const said: unknown = values[i]?.value.value;
    // Zero is no limit (OPC 10000-5 §6.3.11); a missing node has no value.
    if (typeof said === 'number' && said > 0) limits[name] = Math.min(said, ours[name]);
  }
  return limits;
}

/** What the server's clock showed when ours showed `at`, half the way there allowed for; undefined if it does not say. */
export async function readServerTime(
  session: ClientSession,
  now: () => number,
): Promise<{ readonly time: number; readonly at: number } | undefined> {
  const began = now();
  const { value } = await session.read({
    nodeId: `i=${VariableIds.Server_ServerStatus_CurrentTime}`,
    attributeId: AttributeIds.Value,
  });
  const time: unknown = value.value;
  return time instanceof Date && time.getTime() > 0 ? { time: time.getTime(), at: (began + now()) / 2 } : undefined;
}
