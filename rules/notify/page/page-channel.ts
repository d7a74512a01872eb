import type { Notice } from '../../../devices/contract/notice.ts';
import type { Channel } from '../channel.ts';

/** What an open page is told. It answers with receipts for `key`: delivered when it came, seen when it was shown, accepted by a person. */
export interface PageNotice {
  /** Key of the delivery. */
  readonly key: string;
  readonly notice: Notice;
  /** An earlier attempt may have been shown. */
  readonly mayRepeat: boolean;
}

/**
 * Hands a notice to the open pages of a seat or person; gives how many took it. Each page answers through `Notifier.receipt`. A page
 * that gets the same key twice shows it once.
 */
export type TellPages = (address: string, told: PageNotice) => number | Promise<number>;

/** Open pages. Where none is open, the next rung is tried at once. */
export const pageChannel = (tell: TellPages): Channel => ({
  kind: 'page',
  gathers: false,
  line: () => 'page',
  limits: () => [],
  async send({ address, carries, mayRepeat }) {
    const { delivery, notice } = carries[0]!;
    const pages = await tell(address, { key: delivery, notice, mayRepeat });
    return pages > 0
      ? { kind: 'sent' }
      : { kind: 'refused', reason: '没有打开的页面 / no page is open', whose: 'address' };
  },
});
