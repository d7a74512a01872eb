import type { Notice } from '../../devices/contract/notice.ts';
import { HEARTBEAT_ADDRESS } from '../../devices/contract/pages.ts';

const id = (number: number): string => `heartbeat/${number}`;

/** A heartbeat of the alarm path as a notice to whoever has a page open. It asks nobody for anything. */
export const beatNotice = (number: number): Notice => ({
  id: id(number),
  at: number,
  priority: 'P4',
  hazard: null,
  area: null,
  categories: [],
  subject: { kind: 'heartbeat' },
  title: { zh: '报警通路心跳', en: 'Heartbeat of the alarm path' },
  body: { zh: '', en: '' },
  link: '',
  mark: null,
  to: [
    {
      kind: 'seat',
      id: HEARTBEAT_ADDRESS,
      name: HEARTBEAT_ADDRESS,
      language: 'zh',
      reach: [{ channel: 'page', address: HEARTBEAT_ADDRESS }],
      quietHours: null,
      wave: 0,
    },
  ],
  handledAt: null,
  handledBy: null,
});

/** The number of the beat that a notice, or a delivery of it, carries; null for anything else. */
export function beatOf(idOrKey: string): number | null {
  const [kind, number] = idOrKey.split('/');
  return kind === 'heartbeat' && /^\d+$/.test(number ?? '') ? Number(number) : null;
}
