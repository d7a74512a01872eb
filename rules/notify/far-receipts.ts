import type { Transaction } from 'kysely';
import type { Refusal } from '../../devices/contract/command.ts';
import type { NotifyPort, ReportHeard, ReportSaid } from '../../devices/contract/notify-port.ts';
import type { RulesTables } from '../store/migrations.ts';
import { actOnNotices } from '../store/notice-store.ts';
import { markReceived } from '../store/push-store.ts';
import { knowsToken, mayReport, readReceipt } from './gateway/read-receipt.ts';
import type { GatewayTemplate } from './gateway/template.ts';
import type { Notifier } from './outbox.ts';
import { isProven } from './web-push/receipt-proof.ts';
import type { VapidKeys } from './web-push/vapid.ts';

/** By what far sides are known that speak back. */
export interface FarSides {
  /** Null where this platform sends no web push. */
  readonly vapid: VapidKeys | null;
  readonly gateways: Readonly<Partial<Record<ReportSaid['channel'], GatewayTemplate>>>;
}

/** Nobody speaks back. */
export const noFarSides: FarSides = { vapid: null, gateways: {} };

interface FarReceiptParts extends FarSides {
  readonly notifier: Pick<Notifier, 'receipt'>;
  readonly transaction: <T>(fn: (trx: Transaction<RulesTables>) => Promise<T>) => Promise<T>;
  /** Platform time, ms. */
  readonly now: () => number;
}

/** Keeps what browsers and gateways tell of messages, where they show that it is them. */
export function farReceipts({ vapid, gateways, notifier, transaction, now }: FarReceiptParts): NotifyPort {
  return {
    pushKey: async () => vapid?.publicKey ?? null,
    async pushReceipt(said) {
      if (!vapid || !isProven(vapid, said)) return false;
      const at = now();
      await notifier.receipt({ message: said.key }, said.what, at);
      await transaction(async (trx) => {
        await markReceived(trx, said.browser, said.what, at);
        // A test of a browser asks for nothing but its receipt.
        await actOnNotices(trx, { subject: { kind: 'test', id: said.browser } }, at, 'web-push');
      });
      return true;
    },
    async report({ channel, token, from, body }): Promise<ReportHeard> {
      const template = gateways[channel]?.receipt;
      if (!template || !knowsToken(template, token)) return { refused: wrongToken, whose: 'sender' };
      if (!mayReport(template, from)) return { refused: notFromThere(from), whose: 'sender' };
      const { receipts, other, unread } = readReceipt(template, body);
      if (receipts.length + other === 0) return { refused: unreadable(template, unread), whose: 'body' };
      if (receipts.length > MOST_LINES) return { refused: tooMany, whose: 'body' };
      let kept = 0;
      for (const { id, what, reason } of receipts)
        if (await notifier.receipt({ channel, farId: id }, what, now(), { reason })) kept++;
      const unknown = receipts.length - kept;
      if (kept === 0 && unknown > 0) return { refused: unknownMessage(receipts[0]!.id), whose: 'message' };
      return { kept, unknown, unread, answer: template.answer };
    },
  };
}

/** Lines of one report; each is a transaction of its own. */
const MOST_LINES = 500;

const wrongToken: Refusal = {
  code: 'report-token',
  zh: '此地址不接受回执：请核对 notify.yaml 中的 receipt.token',
  en: 'no reports are taken at this address: compare receipt.token in notify.yaml',
};
const notFromThere = (from: string): Refusal => ({
  code: 'report-source',
  zh: `不接受来自 ${from} 的回执：请将它列入 notify.yaml 的 receipt.from`,
  en: `reports from ${from} are not taken: list it under receipt.from in notify.yaml`,
});
const unreadable = ({ items, id, status }: NonNullable<GatewayTemplate['receipt']>, lines: number): Refusal => {
  const where = items ?? '/';
  return {
    code: 'report-unreadable',
    zh: `回执无法读取：在 ${where} 找到 ${lines} 条，均无 ${id} 与 ${status}`,
    en: `the report cannot be read: ${lines} lines at ${where}, none with ${id} and ${status}`,
  };
};
const tooMany: Refusal = {
  code: 'report-too-long',
  zh: `一次最多 ${MOST_LINES} 条回执，请分批发送`,
  en: `at most ${MOST_LINES} lines in one report: send it in parts`,
};
const unknownMessage = (id: string): Refusal => ({
  code: 'report-unknown',
  zh: `没有编号为“${id.slice(0, 100)}”的消息；若刚刚发出，请稍后重发回执`,
  en: `no message has the id "${id.slice(0, 100)}"; if it was sent just now, report it again a little later`,
});
