import type { TicketDutyKind, TicketStepKind } from '../../devices/contract/ticket.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';

/** What a step says to whoever it is told. */
export const ticketWords: Readonly<Partial<Record<TicketStepKind, Bilingual>>> = {
  opened: { zh: '新工单待派遣', en: 'New ticket to dispatch' },
  'auto-dispatch': { zh: '新工单', en: 'New ticket' },
  dispatch: { zh: '派给您的工单', en: 'Dispatched to you' },
  'hand-back': { zh: '工单交回，请接手', en: 'Handed back, please take over' },
  return: { zh: '工单被退回，请改派', en: 'Returned as not theirs, please dispatch again' },
  'settle-dispute': { zh: '责任已裁定，派给您', en: 'Dispute settled, it is yours' },
  finish: { zh: '处置完成，请核查', en: 'Handled, please verify' },
  closable: { zh: '结案条件已齐，请核查', en: 'Nothing is missing, please verify' },
  fail: { zh: '核查不通过，请继续处置', en: 'Verification failed, please go on' },
  'alarm-again': { zh: '告警再次出现', en: 'The alarm is back' },
  warned: { zh: '时限将到', en: 'Deadline near' },
  overdue: { zh: '已超时限', en: 'Overdue' },
  resumed: { zh: '挂起结束，请继续处置', en: 'Suspension over, please go on' },
  recheck: { zh: '回头看不通过，已重新打开', en: 'Recheck failed, open again' },
  'recheck-due': { zh: '回头看到期', en: 'Recheck due' },
  disputed: { zh: '三次退回，责任待裁定', en: 'Returned three times: whose is it?' },
  'report-up': { zh: '见事报信，请回执', en: 'Reported upward, please confirm' },
  'drill-over': { zh: '演练已结束，不必再处置', en: 'The drill is over, nothing more to do' },
  'shift-changed': { zh: '接班工单，现由您负责', en: 'Yours now: the shift has changed' },
};

/** Clocks of a ticket in words. */
export const clockWords: Readonly<Record<string, Bilingual>> = {
  acknowledge: { zh: '确认', en: 'acknowledge' },
  arrive: { zh: '到场', en: 'arrive' },
  'make-safe': { zh: '控制', en: 'make safe' },
  close: { zh: '结案', en: 'close' },
  'report-up': { zh: '报信', en: 'report upward' },
  'duty:local': { zh: '属地责任', en: 'local government' },
  'duty:supervise': { zh: '监管责任', en: 'supervising bureau' },
  'duty:company': { zh: '主体责任', en: 'the company' },
};

/** What each of the three duties is asked. */
export const dutyWords: Readonly<Record<TicketDutyKind, Bilingual>> = {
  local: { zh: '属地责任，请接收', en: 'Local government, please take note' },
  supervise: { zh: '监管责任，请接收', en: 'Supervising bureau, please take note' },
  company: { zh: '主体责任，请接收', en: 'Company, please take note' },
};
