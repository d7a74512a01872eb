import type { ClosingNeed, Ticket, TicketAlarm } from '../../devices/contract/ticket.ts';
import type { TicketPolicy } from '../../devices/contract/ticket-policy.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import { type ClosingRule, closingRule } from '../../devices/tickets/closing-rule.ts';

/** What is known of a ticket's alarm beside its row. */
export interface AlarmFreshness {
  /** Source time of the newest good reading of what it watches, ms; null when there is none. */
  readonly goodAt: number | null;
  /** Why its detector's word alone does not end it; null when it does. */
  readonly doubt: Bilingual | null;
}

const MINUTE = 60_000;

/**
 * What the close of a ticket rests on, each met or not: below its limit on fresh data for long enough, nothing but a marked
 * detector's word, what was found on site, the evidence, the procedure, the report upward. Reasons of place never block: a
 * basement has no satellites.
 */
export function needsOf(
  ticket: Ticket,
  policy: TicketPolicy,
  now: number,
  freshness: (alarm: TicketAlarm) => AlarmFreshness,
): ClosingNeed[] {
  const rule = closingRule(policy, ticket);
  const needs: ClosingNeed[] = [];
  const need = (id: ClosingNeed['id'], met: boolean, zh: string, en: string) =>
    needs.push({ id, met, text: { zh, en } });
  if (rule?.overForMin !== undefined) alarmNeeds(ticket, rule, now, freshness, need);
  if (rule?.verdict && ticket.alarms.length > 0) {
    const judged = ticket.alarms.some(({ verdict }) => verdict !== null);
    need(
      'verdict',
      judged,
      judged ? '已研判' : '尚未研判：请写明是什么、依据是什么',
      judged ? 'judged' : 'no verdict yet: say what it was and what that rests on',
    );
  }
  if (rule?.onSiteReading) {
    const met = ticket.reading !== null;
    need(
      'on-site-reading',
      met,
      met ? `现场读数 ${ticket.reading?.value} ${ticket.reading?.unit}` : '缺现场读数',
      met ? `read on site: ${ticket.reading?.value} ${ticket.reading?.unit}` : 'no reading was taken on site',
    );
  }
  if (rule?.evidence) {
    const met = ticket.photos.length > 0 || proofInWords(ticket);
    need(
      'evidence',
      met,
      met ? '已有处置证据' : '缺处置证据：照片，或说明为何没有照片',
      met ? 'there is evidence' : 'no evidence: a photograph, or words why there is none',
    );
  }
  if (rule?.procedure && ticket.procedure) {
    const left = ticket.procedure.steps.filter(({ done }) => done === null).length;
    need(
      'procedure',
      left === 0,
      left === 0 ? '规程各步已记录' : `规程还有 ${left} 步未记录（不适用的请写明原因）`,
      left === 0
        ? 'every step of the procedure is recorded'
        : `${left} steps of the procedure are not recorded (say why, where one does not apply)`,
    );
  }
  const report = ticket.clocks.find(({ kind }) => kind === 'report-up');
  if (report)
    need(
      'report-up',
      report.metAt !== null,
      report.metAt !== null ? '已上报信息' : '尚未上报信息（见事报信）',
      report.metAt !== null ? 'reported upward' : 'not reported upward yet',
    );
  if (ticket.dispute && ticket.dispute.settledAt === null)
    need('dispute', false, '责任争议尚未裁定', 'whose it is has not been settled');
  return needs;
}

type Say = (id: ClosingNeed['id'], met: boolean, zh: string, en: string) => void;

function alarmNeeds(
  ticket: Ticket,
  rule: ClosingRule,
  now: number,
  freshness: (alarm: TicketAlarm) => AlarmFreshness,
  need: Say,
): void {
  const { alarms } = ticket;
  if (alarms.length === 0) return;
  const overForMs = (rule.overForMin ?? 0) * MINUTE;
  const active = alarms.filter((alarm) => alarm.active);
  const over = alarms.every((alarm) => !alarm.active && (alarm.returnedAt ?? alarm.closedAt ?? 0) <= now - overForMs);
  need(
    'alarm-over',
    over,
    over
      ? `已恢复满 ${rule.overForMin} 分钟`
      : active.length > 0
        ? `${active.length} 条告警仍越限`
        : `恢复未满 ${rule.overForMin} 分钟`,
    over
      ? `back for ${rule.overForMin} min`
      : active.length > 0
        ? `${active.length} alarms still stand`
        : `back for less than ${rule.overForMin} min`,
  );
  const facts = alarms.map(freshness);
  const stale = facts.filter(({ goodAt }) => goodAt === null || goodAt < now - rule.freshWithinMin * MINUTE).length;
  need(
    'fresh-data',
    stale === 0,
    stale === 0 ? '数据新鲜' : `${stale} 个测点在 ${rule.freshWithinMin} 分钟内没有良好数据：没有数据不等于正常`,
    stale === 0
      ? 'data are fresh'
      : `${stale} points gave no good data within ${rule.freshWithinMin} min: silence is not calm`,
  );
  const doubt = facts.find((fact) => fact.doubt !== null)?.doubt;
  if (doubt) need('witness', false, doubt.zh, doubt.en);
  const open = alarms.filter(({ closedAt }) => closedAt === null).length;
  need(
    'alarm-closed',
    open === 0,
    open === 0 ? '告警均已确认并复位' : `${open} 条告警尚未确认或复位`,
    open === 0 ? 'its alarms are acknowledged and reset' : `${open} alarms are not acknowledged or not reset yet`,
  );
}

/** Words that stand for a photograph: where nobody may carry a phone, a written finding is evidence. */
const proofInWords = (ticket: Ticket): boolean =>
  ticket.procedure?.steps.some(
    ({ done, record }) => record === 'photo' && done !== null && (done.note !== null || done.skipped !== null),
  ) ?? false;

/** What is missing, as one sentence; null when nothing is. */
export function whyNotClosed(needs: readonly ClosingNeed[]): Bilingual | null {
  const missing = needs.filter(({ met }) => !met);
  if (missing.length === 0) return null;
  return { zh: missing.map(({ text }) => text.zh).join('；'), en: missing.map(({ text }) => text.en).join('; ') };
}
