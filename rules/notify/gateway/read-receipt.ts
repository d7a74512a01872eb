import { timingSafeEqual } from 'node:crypto';
import type { Receipt } from '../../../devices/contract/notice.ts';
import { addressList } from '../outgoing/allowed-hosts.ts';
import { at, type GatewayTemplate } from './template.ts';

/** One line of a delivery report. */
export interface GatewayReceipt {
  /** The gateway's id of the message, or our key where it sends that back. */
  readonly id: string;
  readonly what: Extract<Receipt, 'delivered' | 'failed'>;
  readonly reason?: string;
}

/** What a delivery report says. */
export interface GatewayReport {
  readonly receipts: readonly GatewayReceipt[];
  /** Lines with a status that the template does not name: on its way, and nothing to keep. */
  readonly other: number;
  /** Lines without an id or a status. */
  readonly unread: number;
}

type ReceiptTemplate = NonNullable<GatewayTemplate['receipt']>;

/** True where a report came with the token that the template asks for. */
export function knowsToken({ token }: ReceiptTemplate, given: string): boolean {
  const [mine, theirs] = [Buffer.from(token), Buffer.from(given)];
  return mine.length === theirs.length && timingSafeEqual(mine, theirs);
}

/** True where a report came from an address that the template lists; without a list from anywhere. @param ip of the sender */
export const mayReport = ({ from }: Pick<ReceiptTemplate, 'from'>, ip: string): boolean =>
  from === undefined || addressList(from)(ip);

/** Reads a delivery report. @param body as parsed from JSON or a form */
export function readReceipt(template: ReceiptTemplate, body: unknown): GatewayReport {
  const found = template.items === undefined ? body : at(body, template.items);
  const lines = Array.isArray(found) ? found : found === undefined ? [] : [found];
  const read = lines.map((line) => readLine(template, line));
  return {
    receipts: read.filter((one) => typeof one === 'object'),
    other: read.filter((one) => one === 'other').length,
    unread: read.filter((one) => one === 'unread').length,
  };
}

function readLine(template: ReceiptTemplate, line: unknown): GatewayReceipt | 'other' | 'unread' {
  const id = at(line, template.id);
  const status = at(line, template.status);
  if ((typeof id !== 'string' && typeof id !== 'number') || !isScalar(status)) return 'unread';
  if (template.delivered.includes(status)) return { id: String(id), what: 'delivered' };
  if (!template.failed.includes(status)) return 'other';
  const reason = template.reason === undefined ? status : at(line, template.reason);
  return { id: String(id), what: 'failed', reason: String(reason).slice(0, 200) };
}

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);
