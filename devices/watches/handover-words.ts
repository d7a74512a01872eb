import type { HandoverSection, HandoverState } from '../contract/watch.ts';
import type { Bilingual } from '../model/device-type.ts';

/** Parts of a hand-over note in words. */
export const sectionWords: Readonly<Record<HandoverSection, Bilingual>> = {
  alarms: { zh: '未结束的告警', en: 'Open alarms' },
  aside: { zh: '搁置、停用与抑制', en: 'Shelved, out of service, suppressed' },
  blind: { zh: '看不见的', en: 'What nobody watches' },
  tickets: { zh: '未结工单', en: 'Open tickets' },
  detectors: { zh: '到期与校准', en: 'Expiry and calibration' },
  carried: { zh: '已答应的事', en: 'Promises' },
};

/** States of its items in words. */
export const handoverStateWords: Readonly<Record<HandoverState, Bilingual>> = {
  unacknowledged: { zh: '未确认', en: 'not acknowledged' },
  standing: { zh: '仍在告警', en: 'still standing' },
  returned: { zh: '已恢复', en: 'returned to normal' },
  'needs-verdict': { zh: '待研判', en: 'wants a verdict' },
  shelved: { zh: '已搁置', en: 'shelved' },
  'out-of-service': { zh: '已停用', en: 'out of service' },
  suppressed: { zh: '按设计抑制', en: 'suppressed by design' },
  blind: { zh: '失明', en: 'unwatched' },
  open: { zh: '办理中', en: 'under way' },
  overdue: { zh: '已超时限', en: 'overdue' },
  disputed: { zh: '责任待裁定', en: 'disputed' },
  suspended: { zh: '已挂起', en: 'suspended' },
  unowned: { zh: '无人接单', en: 'nobody has it' },
  expired: { zh: '已过期', en: 'expired' },
  'expires-soon': { zh: '即将到期', en: 'expires soon' },
  'calibration-overdue': { zh: '校准已超期', en: 'calibration overdue' },
  'calibration-soon': { zh: '校准即将到期', en: 'calibration due soon' },
  promised: { zh: '已答应', en: 'promised' },
};
