import { AccessLevelFlag, AttributeIds, type ClientSession, type DataValue } from 'node-opcua-client';
import type { Log } from '../../kit/log.ts';
import type { GatewayConfig, OpcuaSource } from '../config.ts';
import { inCalls } from './in-calls.ts';
import { looking } from './looking.ts';
import { openTrust } from './trust.ts';

/** What a server said of the mapping: that it cannot be asked, or which nodes cannot be read, and why. */
export interface OnlineCheck {
  readonly endpoint: string;
  readonly nodes: number;
  /** Why the server could not be asked at all. */
  readonly problem?: string;
  readonly faults: readonly { readonly node: string; readonly why: string }[];
}

const nodesPerCall = 200;

/** Asks every server of a gateway's file whether each mapped node is there and may be read. Nothing is subscribed to. */
export async function checkOnline(config: GatewayConfig, pkiDir: string, log: Log): Promise<OnlineCheck[]> {
  const trust = await openTrust(
    pkiDir,
    config.opcua.flatMap(({ trusted }) => trusted),
    log,
    config.id,
  );
  try {
    await trust.refresh();
    const answers: OnlineCheck[] = [];
    for (const source of config.opcua) {
      const { endpoint, nodes } = source;
      try {
        const faults = await looking(config.id, trust.manager, source, (session) => unreadable(session, nodes));
        answers.push({ endpoint, nodes: nodes.length, faults });
      } catch (err) {
        answers.push({ endpoint, nodes: nodes.length, problem: (err as Error).message, faults: [] });
      }
    }
    return answers;
  } finally {
    await trust.stop();
  }
}

async function unreadable(session: ClientSession, nodes: OpcuaSource['nodes']): Promise<OnlineCheck['faults']> {
  const wanted = nodes.flatMap(({ node }) =>
    [AttributeIds.Value, AttributeIds.UserAccessLevel].map((attributeId) => ({ nodeId: node, attributeId })),
  );
  const values = await inCalls(wanted, nodesPerCall * 2, (lot) => session.read([...lot]));
  return nodes.flatMap(({ node }, at) => {
    const why = faultOf(values[at * 2], values[at * 2 + 1]);
    return why === undefined ? [] : [{ node, why }];
  });
}

/** A value that is bad now may be good tomorrow: what counts is that the node is there, is a variable and may be read. */
function faultOf(value: DataValue | undefined, access: DataValue | undefined): string | undefined {
  const status = value?.statusCode.name ?? 'no answer';
  if (/BadNodeId|BadAttributeId|BadNotReadable|BadUserAccessDenied|BadSecurityModeInsufficient/.test(status))
    return status;
  const level = access?.value.value;
  return typeof level === 'number' && (level & AccessLevelFlag.CurrentRead) === 0 ? 'BadNotReadable' : undefined;
}
