import type { RpcClient } from '../../kit/rpc/rpc.ts';
import type { Refusal } from './command.ts';
import type { PushReceipt } from './push.ts';

/** A delivery report as a gateway of SMS or voice sent it. */
export interface ReportSaid {
  readonly channel: 'sms' | 'voice';
  /** The secret part of the address that it was sent to. */
  readonly token: string;
  /** IP address of whoever sent it. */
  readonly from: string;
  /** As parsed from JSON or a form. */
  readonly body: unknown;
}

/** What became of a report. Counts are lines; `unread` had no id, or a status that the template does not name. */
export type ReportHeard =
  | {
      readonly kept: number;
      readonly unknown: number;
      readonly unread: number;
      /** What the gateway wants to hear. */
      readonly answer?: string | undefined;
    }
  /** `whose`: it may not speak here, it cannot be read, or it speaks of nothing that is known (yet). */
  | { readonly refused: Refusal; readonly whose: 'sender' | 'body' | 'message' };

/** What comes back from outside about messages that were sent: rules keep it, whoever has an open door passes it on. */
export interface NotifyPort {
  /** With what browsers subscribe to web push; null where this platform sends none. */
  pushKey(): Promise<string | null>;
  /** Keeps the receipt of a browser; false where its proof is wrong. The same again changes nothing. */
  pushReceipt(receipt: PushReceipt): Promise<boolean>;
  /** Keeps the delivery report of a gateway. The same again changes nothing. */
  report(said: ReportSaid): Promise<ReportHeard>;
}

/** Rules in another process of this host, as its {@link NotifyPort}. */
export const notifyClient = (rpc: Pick<RpcClient, 'call'>): NotifyPort => ({
  pushKey: () => rpc.call('rules.push.key'),
  pushReceipt: (receipt) => rpc.call('rules.push.receipt', receipt),
  report: (said) => rpc.call('rules.notify.report', said),
});
