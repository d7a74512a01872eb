import type { DrillBody, HandOff } from '../devices/contract/drill.ts';
import { drillEndWords, handOffWords } from '../devices/drills/drill-words.ts';

/** One drill in a line. */
export function drillLine({ drill, report }: DrillBody): string {
  const { id, name, seat, place, over } = drill;
  const last = report.handOffs.findLast(({ at }) => at !== null);
  const state = over ? drillEndWords[over.how] : { zh: '进行中', en: 'running' };
  const reached = last ? `${handOffWords[last.kind].zh} / ${handOffWords[last.kind].en}` : '—';
  return `${id}  ${name}  [${seat} · ${place.name}]  ${state.zh} / ${state.en}  → ${reached}`;
}

/** A drill's report: each hand-off with its minutes beside its limit. */
export function reportLines({ drill, report }: DrillBody): string[] {
  const { id, name, reason, by, startedAt, crew, seat, place, play, despite, over } = drill;
  return [
    `${id}  ${name}`,
    `  ${reason} · ${by.name} · ${moment(startedAt)} · ${seat}${crew ? ` · ${crew}` : ''}`,
    `  ${place.name} (${place.device}) · ${play.rule} ${play.priority} · ${play.measurement} = ${play.over} ${play.unit}`,
    ...(despite ? [`  有真实告警，仍经确认开始 / confirmed although a real alarm stood: ${despite.reason}`] : []),
    ...(report.ticket ? [`  工单 / ticket ${report.ticket.no}`] : []),
    ...report.handOffs.map(handOffLine),
    over
      ? `  ${drillEndWords[over.how].zh} / ${drillEndWords[over.how].en}: ${moment(over.at)} · ${over.by.name}${over.reason ? ` · ${over.reason}` : ''}`
      : '  进行中 / running',
  ];
}

function handOffLine({ kind, at, sinceMs, tookMs, due, inTime, by }: HandOff): string {
  const words = `${handOffWords[kind].zh} / ${handOffWords[kind].en}`;
  const reached =
    at === null ? '未到达 / not reached' : `+${minutes(sinceMs)} (${minutes(tookMs)})${by === null ? '' : ` ${by}`}`;
  const limit = due === null ? '' : `   限 / limit ${moment(due)}${inTime === false ? '  超时 / late' : ''}`;
  return `  ${words}: ${reached}${limit}`;
}

const minutes = (ms: number | null): string => (ms === null ? '?' : `${(ms / 60_000).toFixed(2)} min`);
const moment = (at: number): string => new Date(at).toISOString();
