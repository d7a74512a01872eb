import { timingSafeEqual } from 'node:crypto';
import type { Receipt } from '../../../devices/contract/notice.ts';
import { at, type GatewayTemplate } from './template.ts';

/** One line of a delivery report. */
export interface GatewayReceipt {
  /** The gateway's id of the message, or our key where it sends that back. */
  readonly id: string;
  readonly what: Extract<Receipt, 'delivered' | 'failed'>;
  readonly reason?: string;
}

/** What a delivery report says. `unread` counts lines without an id, or with a status that the template does not name. */
export interface GatewayReport {
  readonly receipts: readonly GatewayReceipt[];
  readonly unread: number;
}

type ReceiptTemplate = NonNullable<GatewayTemplate['receipt']>;

/** True where a report came with the token that the template asks for. */
export function knowsToken({ token }: ReceiptTemplate, given: string): boolean {
  const [mine, theirs] = [Buffer.from(token), Buffer.from(given)];
  return mine.length === theirs.length && timingSafeEqual(mine, theirs);
}

/** Reads a delivery report. @param body as parsed from JSON or a form */
export function readReceipt(template: ReceiptTemplate, body: unknown): GatewayReport {
  const found = template.items === undefined ? body : at(body, template.items);
  const lines = Array.isArray(found) ? found : found === undefined ? [] : [found];
  const receipts = lines.flatMap((line) => readLine(template, line) ?? []);
  return { receipts, unread: lines.length - receipts.length };
}

function readLine(template: ReceiptTemplate, line: unknown): GatewayReceipt | undefined {
  const id = at(line, template.id);
  const status = at(line, template.status) as string;
  if (typeof id !== 'string' && typeof id !== 'number') return undefined;
  if (template.delivered.includes(status)) return { id: String(id), what: 'delivered' };
  if (!template.failed.includes(status)) return undefined;
  const reason = template.reason === undefined ? status : at(line, template.reason);
  return { id: String(id), what: 'failed', reason: String(reason).slice(0, 200) };
}
