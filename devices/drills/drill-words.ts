import type { DrillEnd, HandOffKind } from '../contract/drill.ts';
import type { Bilingual } from '../model/device-type.ts';

/** Hand-offs in words. */
export const handOffWords: Readonly<Record<HandOffKind, Bilingual>> = {
  published: { zh: '读数发出', en: 'reading published' },
  journaled: { zh: '写入日志', en: 'durable in the journal' },
  raised: { zh: '触发告警', en: 'alarm raised' },
  shown: { zh: '页面显示', en: 'shown on a page' },
  acknowledged: { zh: '确认', en: 'acknowledged' },
  dispatched: { zh: '派遣', en: 'dispatched' },
  accepted: { zh: '接单', en: 'accepted' },
  arrived: { zh: '到场', en: 'arrived' },
  'made-safe': { zh: '控制', en: 'made safe' },
  closed: { zh: '核查结案', en: 'verified and closed' },
};

/** How a drill came to its end, in words. */
export const drillEndWords: Readonly<Record<DrillEnd, Bilingual>> = {
  ended: { zh: '已结束', en: 'ended' },
  'broken-off': { zh: '已中止', en: 'broken off' },
};
