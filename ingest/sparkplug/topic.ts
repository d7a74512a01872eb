/** Topics of the Sparkplug B namespace (chapter 4). */
export const NAMESPACE = 'spBv1.0';

const types = ['NBIRTH', 'NDEATH', 'NDATA', 'NCMD', 'DBIRTH', 'DDEATH', 'DDATA', 'DCMD'] as const;
export type MessageType = (typeof types)[number];

/** An edge node's address: group and node together are unique. */
export interface NodeName {
  readonly group: string;
  readonly node: string;
}

export type SparkplugTopic =
  | ({ readonly kind: 'message'; readonly type: MessageType; readonly device: string | undefined } & NodeName)
  | { readonly kind: 'state'; readonly host: string }
  | { readonly kind: 'other' };

/** What a topic says; `other` where it is none of the namespace, or of a form that the namespace does not have. */
export function parseTopic(topic: string): SparkplugTopic {
  const parts = topic.split('/');
  if (parts[0] !== NAMESPACE || parts.length > 5 || parts.some((part) => part === '')) return { kind: 'other' };
  const [, group = '', type = '', node = '', device] = parts;
  if (group === 'STATE') return parts.length === 3 ? { kind: 'state', host: type } : { kind: 'other' };
  const known = types.find((one) => one === type);
  // Device messages name their device, node messages have none.
  if (!known || node === '' || known.startsWith('D') !== (device !== undefined)) return { kind: 'other' };
  return { kind: 'message', type: known, group, node, device };
}

export const nodeKey = ({ group, node }: NodeName): string => `${group}/${node}`;

export const stateTopic = (host: string): string => `${NAMESPACE}/STATE/${host}`;
export const commandTopic = ({ group, node }: NodeName): string => `${NAMESPACE}/${group}/NCMD/${node}`;
