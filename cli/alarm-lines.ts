import { type Alarm, type DetectorMark, isOpen, type Override } from '../devices/contract/alarm.ts';
import type { AlarmBody } from '../devices/contract/api.ts';
import type { OverrideAsk } from '../devices/contract/overrides.ts';
import type { TicketRef } from '../devices/contract/ticket-line.ts';
import { stageWords } from '../devices/tickets/stages.ts';

const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;
const both = ({ zh, en }: { readonly zh: string; readonly en: string }): string => `${zh} / ${en}`;

const markWords: Readonly<Record<DetectorMark, string>> = {
  expired: '探测器已过期 / its detector is expired',
  uncalibrated: '探测器未校准 / its detector is not calibrated',
  'self-test-failed': '探测器自检失败 / its detector failed its self-test',
};

/** How an alarm stands, in both languages. */
function stateOf(alarm: Alarm): string {
  if (!isOpen(alarm)) return '已结束 / closed';
  if (alarm.needsVerdict) return '待研判 / wants a verdict';
  if (alarm.active) return alarm.acked ? '处置中 / in hand' : '待确认 / to acknowledge';
  return alarm.latched ? '已恢复，待复位 / cleared, to be reset' : '已恢复未确认 / cleared, unacknowledged';
}

const untilText = (until: number | null): string => (until === null ? '' : ` → ${stamp(until)}`);

function asideOf(override: Override): string {
  switch (override.kind) {
    case 'shelved':
      return `搁置 / shelved${untilText(override.until)} · ${override.by}: ${override.reason}`;
    case 'out-of-service':
      return `停用 / out of service${untilText(override.until)} · ${override.workOrder} · ${override.by}: ${override.reason}`;
    default:
      return '按设计抑制 / suppressed by design';
  }
}

/** An alarm in two lines: its id to copy, and what, where, since when, whose ticket. Times are UTC. */
export const alarmLine = (alarm: Alarm, ticket?: TicketRef | null): string =>
  [
    `${alarm.priority} ${stateOf(alarm)} · ${stamp(alarm.since)} · ${alarm.deviceName} · ${alarm.clause.item} ${alarm.clause.name}`,
    `   ${alarm.id}${ticket ? ` · ${ticket.no} ${both(stageWords[ticket.stage])}` : ''}${alarm.override ? ` · ${asideOf(alarm.override)}` : ''}`,
  ].join('\n');

/** What somebody asked for and a second person must confirm; its id first, to copy. */
export const askLine = ({ id, device, rule, wants, by, lapses }: OverrideAsk): string =>
  `? ${id} · ${wants.kind === 'shelved' ? '搁置 / shelve' : '停用 / out of service'} ${device}${rule ? `/${rule}` : ''} · ${by.name} (${by.role}): ${wants.reason} · 至 / until ${stamp(lapses)}`;

/** An alarm in full with its history, as lines for a terminal. */
export function alarmLines({ alarm, events, ticket }: AlarmBody): string[] {
  const { clause, explanation, verdict, overrides, marks, deadlines } = alarm;
  const due = Object.entries(deadlines).flatMap(([name, at]) =>
    typeof at === 'number' ? [`  ${name} ≤ ${stamp(at)}`] : [],
  );
  return [
    alarmLine(alarm, ticket),
    explanation.zh,
    explanation.en,
    `${clause.item} ${clause.text} · ${clause.department}`,
    ...due,
    ...overrides.map((one) => `  ${asideOf(one)}`),
    ...marks.map((mark) => `  ! ${markWords[mark]}`),
    ...(verdict
      ? [`  研判 / verdict: ${verdict.kind} · ${verdict.by} ${stamp(verdict.at)} · ${verdict.evidence}`]
      : []),
    ...events.map(
      ({ at, kind, actor, note }) => `${stamp(at)} ${kind}${actor ? ` · ${actor}` : ''}${note ? ` · ${note}` : ''}`,
    ),
  ];
}
