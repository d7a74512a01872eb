import type { PageNotice } from '../../../devices/contract/pages.ts';
import type { Channel } from '../channel.ts';

/** Hands a notice to the open pages of a seat or person; gives how many took it. Each page answers through `Notifier.receipt`. */
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
