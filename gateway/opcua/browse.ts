import {
  AccessLevelFlag,
  AttributeIds,
  BrowseDirection,
  type ClientSession,
  DataType,
  NodeClass,
} from 'node-opcua-client';
import { inCalls } from './in-calls.ts';

/** A node of a server as a person who maps it wants to see it. */
export interface SeenNode {
  readonly node: string;
  readonly name: string;
  readonly depth: number;
  /** Variables only. */
  readonly variable?: SeenVariable;
}

export interface SeenVariable {
  readonly dataType: string;
  /** As text, cut to a readable length; '' where it cannot be read. */
  readonly value: string;
  readonly status: string;
  /** The server's own words for the unit; '' where it says none. */
  readonly unit: string;
  readonly readable: boolean;
  /** The server lets others write it; Yanshao never does. */
  readonly writable: boolean;
  readonly historizing: boolean;
}

export interface Seen {
  readonly nodes: readonly SeenNode[];
  /** There was more than is shown. */
  readonly cut: boolean;
}

const hierarchical = 'i=33';
const hasProperty = 'i=46';
const nodesPerCall = 100;
const mostNodes = 20_000;
const longestValue = 60;

interface Found {
  readonly node: string;
  readonly name: string;
  readonly depth: number;
  readonly isVariable: boolean;
  readonly parent: string | null;
}

/**
 * Walks a server from `from` downwards, at most `depth` levels, and reads what stands in its variables. A node that is reached
 * by two ways is shown once. Everything is read; nothing is written.
 */
export async function browseTree(session: ClientSession, from: string, depth: number): Promise<Seen> {
  const found = new Map<string, Found>();
  let level: Found[] = [{ node: from, name: from, depth: 0, isVariable: false, parent: null }];
  let cut = false;
  for (let at = 1; at <= depth && level.length > 0; at++) {
    const children = await childrenOf(session, level, at);
    level = [];
    for (const child of children) {
      if (child.node === from || found.has(child.node)) continue;
      if (found.size >= mostNodes) {
        cut = true;
        break;
      }
      found.set(child.node, child);
      level.push(child);
    }
  }
  const variables = [...found.values()].filter(({ isVariable }) => isVariable).map(({ node }) => node);
  const seen = await readVariables(session, variables);
  return { nodes: inTreeOrder([...found.values()], from, seen), cut };
}

async function childrenOf(session: ClientSession, parents: readonly Found[], depth: number): Promise<Found[]> {
  const lists = await referencesOf(
    session,
    parents.map(({ node }) => node),
    hierarchical,
  );
  return lists.flatMap((references, at) =>
    references
      .filter(({ referenceType }) => referenceType !== hasProperty)
      .map(({ node, name, nodeClass }) => ({
        node,
        name,
        depth,
        isVariable: nodeClass === NodeClass.Variable,
        parent: parents[at]?.node ?? null,
      })),
  );
}

interface Reference {
  readonly node: string;
  readonly name: string;
  readonly nodeClass: NodeClass;
  readonly referenceType: string;
}

/** Forward references of each node, continued until the server has no more. */
async function referencesOf(
  session: ClientSession,
  nodes: readonly string[],
  referenceTypeId: string,
): Promise<Reference[][]> {
  return inCalls(nodes, nodesPerCall, async (lot) => {
    const results = await session.browse(
      lot.map((nodeId) => ({
        nodeId,
        referenceTypeId,
        includeSubtypes: true,
        browseDirection: BrowseDirection.Forward,
        // Objects and variables: methods are never called and types hold no values.
        nodeClassMask: NodeClass.Object | NodeClass.Variable,
        resultMask: 63,
      })),
    );
    return Promise.all(
      results.map(async (result) => {
        const references = [...(result.references ?? [])];
        let point = result.continuationPoint;
        while (point && point.length > 0) {
          const more = await session.browseNext(point, false);
          references.push(...(more.references ?? []));
          point = more.continuationPoint;
        }
        return references.map((one) => ({
          node: one.nodeId.toString(),
          name: one.displayName.text ?? one.browseName.name ?? '',
          nodeClass: one.nodeClass,
          referenceType: one.referenceTypeId.toString(),
        }));
      }),
    );
  });
}

const attributes = [
  AttributeIds.Value,
  AttributeIds.DataType,
  AttributeIds.UserAccessLevel,
  AttributeIds.Historizing,
] as const;

async function readVariables(session: ClientSession, nodes: readonly string[]): Promise<Map<string, SeenVariable>> {
  const wanted = nodes.flatMap((nodeId) => attributes.map((attributeId) => ({ nodeId, attributeId })));
  const values = await inCalls(wanted, nodesPerCall * attributes.length, (lot) => session.read([...lot]));
  const units = await unitsOf(session, nodes);
  const typeNames = await dataTypeNames(
    session,
    nodes.map((_, at) => values[at * attributes.length + 1]?.value.value?.toString() ?? ''),
  );
  return new Map(
    nodes.map((node, at) => {
      const [value, , access, historizing] = values.slice(at * attributes.length, (at + 1) * attributes.length);
      const level = Number(access?.value.value ?? 0);
      return [
        node,
        {
          dataType: typeNames[at] ?? '',
          value: valueText(value?.value.value),
          status: value?.statusCode.name ?? 'Bad',
          unit: units.get(node) ?? '',
          readable: (level & AccessLevelFlag.CurrentRead) !== 0,
          writable: (level & AccessLevelFlag.CurrentWrite) !== 0,
          historizing: historizing?.value.value === true || (level & AccessLevelFlag.HistoryRead) !== 0,
        },
      ];
    }),
  );
}

/** What EngineeringUnits says of the variables that have it (OPC 10000-8 §5.6.3): the unit's display name. */
async function unitsOf(session: ClientSession, nodes: readonly string[]): Promise<Map<string, string>> {
  const lists = await referencesOf(session, nodes, hasProperty);
  const properties = lists.flatMap((list, at) =>
    list.filter(({ name }) => name === 'EngineeringUnits').map(({ node }) => ({ of: nodes[at] ?? '', node })),
  );
  const values = await inCalls(properties, nodesPerCall, (lot) =>
    session.read(lot.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.Value }))),
  );
  return new Map(
    properties.map(({ of }, at) => {
      const unit = values[at]?.value.value as { displayName?: { text?: string } } | null | undefined;
      return [of, unit?.displayName?.text ?? ''];
    }),
  );
}

/** Names of data types: those of the standard by their number, others by asking. */
async function dataTypeNames(session: ClientSession, types: readonly string[]): Promise<string[]> {
  const names = new Map<string, string>();
  const foreign = [...new Set(types)].filter((type) => {
    const builtIn = /^(?:ns=0;)?i=(\d+)$/.exec(type);
    const name = builtIn ? DataType[Number(builtIn[1])] : undefined;
    if (name) names.set(type, name);
    return !name && type !== '';
  });
  const asked = await inCalls(foreign, nodesPerCall, (lot) =>
    session.read(lot.map((nodeId) => ({ nodeId, attributeId: AttributeIds.BrowseName }))),
  );
  for (const [at, type] of foreign.entries()) names.set(type, asked[at]?.value.value?.name ?? type);
  return types.map((type) => names.get(type) ?? '');
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const plain = value instanceof Date ? value.toISOString() : typeof value === 'object' ? jsonOf(value) : String(value);
  const printable = plain.replaceAll(/\p{Cc}/gu, '�');
  return printable.length > longestValue ? `${printable.slice(0, longestValue)}…` : printable;
}

function jsonOf(value: object): string {
  const text = (value as { text?: unknown }).text;
  if (typeof text === 'string') return text;
  return JSON.stringify(ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value);
}

/** Children below their parents, in the order in which the server listed them. */
function inTreeOrder(found: readonly Found[], from: string, variables: ReadonlyMap<string, SeenVariable>): SeenNode[] {
  const children = Map.groupBy(found, ({ parent }) => parent);
  const below = (parent: string): SeenNode[] =>
    (children.get(parent) ?? []).flatMap(({ node, name, depth }) => {
      const variable = variables.get(node);
      return [{ node, name, depth, ...(variable && { variable }) }, ...below(node)];
    });
  return below(from);
}
