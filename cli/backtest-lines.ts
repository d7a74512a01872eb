import type { BacktestJob, BacktestReport, Difference, ListedAlarm, TriedRule } from '../devices/contract/backtest.ts';
import { countdown } from '../rules/explain/countdown.ts';
import { quantityText, spanText } from '../rules/standards/words.ts';

/** Alarms of a list that are printed. */
const SHOWN = 20;

const time = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
const span = (ms: number): string => {
  const { zh, en } = spanText(ms);
  return `${zh} / ${en}`;
};
const decimals = (value: number): string => (value >= 100 ? String(Math.round(value)) : value.toFixed(2));

/** How far a back-test is, as one line. */
export const progressLine = ({ progress, readings, leftMs }: BacktestJob): string =>
  `试算 / back-test ${(100 * progress).toFixed(0)} %  ${readings} 条读数 / readings${leftMs === null ? '' : `  还需 / left ${countdown(leftMs).zh} / ${countdown(leftMs).en}`}`;

/** A report as it is printed. */
export function backtestLines(report: BacktestReport): string[] {
  const { rule, title, priority, department, cooperating, unit } = report;
  return [
    `${rule}  ${priority}  ${title.zh} / ${title.en}`,
    `试 / tried     ${report.tried.zh}\n               ${report.tried.en}`,
    ...(report.standing ? [`现行 / today   ${report.standing.zh}\n               ${report.standing.en}`] : []),
    `期间 / period  ${time(report.from)} – ${time(report.to)}`,
    `读数 / read    ${report.readings} 条 / readings，${report.heard} / ${report.registered} 台设备有数据 / devices heard，${span(report.tookMs)}`,
    `通知 / called  ${department.name.zh} / ${department.name.en}${cooperating.length > 0 ? `；协同 / with ${cooperating.join(', ')}` : ''}`,
    ...(report.cutAt === null ? [] : [cutLine(report.cutAt, report.after.alarms)]),
    ...(report.registered === 0
      ? ['没有登记这类设备 / no device of this type is registered']
      : report.readings === 0
        ? ['这段时间没有读数 / no reading is stored for this period']
        : []),
    '',
    ...figures(report),
    ...(report.difference ? differenceLines(report.difference, unit) : []),
    ...alarmLines('报警 / alarms', report.after.list, report.after.alarms, unit),
    ...report.verdicts.map(
      ({ kind, total, kept, missed }) =>
        `研判 / verdict ${kind}: ${kept} / ${total} 仍会报警 / would ring${
          missed.length > 0
            ? `，漏 / missed ${missed
                .slice(0, 5)
                .map(({ device, since }) => `${device} ${time(since)}`)
                .join('; ')}`
            : ''
        }`,
    ),
    ...report.notes.map(({ zh, en }) => `注 / note ${zh}\n           ${en}`),
    ...report.problems.map(({ device, text, count }) => `问题 / problem ${device}: ${text} (${count})`),
  ];
}

const cutLine = (at: number, alarms: number): string =>
  `到 ${time(at)} 已有 ${alarms} 条报警，其后未再试算：规则太灵敏 / it rang ${alarms} times by ${time(at)} and was not tried further: it is far too sensitive`;

/** The figures of both forms, side by side where there are two. */
function figures({ before, after }: BacktestReport): string[] {
  const rows: [string, (rule: TriedRule) => string][] = [
    ['报警 / alarms', ({ alarms }) => String(alarms)],
    ['响过的设备 / devices that rang', ({ devices }) => String(devices)],
    ['每小时 / an hour', ({ perHour }) => decimals(perHour)],
    ['每 10 分钟（宜 ≤ 1）/ in 10 min (≤ 1)', ({ perTenMinutes }) => decimals(perTenMinutes)],
    ['最忙 10 分钟 / worst 10 min', ({ worst }) => (worst ? `${worst.alarms}  ${time(worst.from)}` : '—')],
    ['洪泛 / floods', ({ floods, inFlood }) => `${floods}  ${(100 * inFlood).toFixed(1)} %`],
    ['抖动设备 / chattering', ({ chattering }) => String(chattering.length)],
    ['中位时长 / median length', ({ medianMs }) => (medianMs === null ? '—' : spanText(medianMs).en)],
    ['最长 / longest', ({ longestMs }) => (longestMs === null ? '—' : spanText(longestMs).en)],
    ['期末仍在 / standing at the end', ({ standing }) => String(standing)],
    ['期初已在 / stood before', ({ stoodBefore }) => String(stoodBefore)],
  ];
  const head = before ? [`${' '.repeat(40)}${'现行 / today'.padEnd(30)}试 / tried`] : [];
  return [
    ...head,
    ...rows.map(([name, of]) => `  ${padded(name, 38)}${before ? padded(of(before), 30) : ''}${of(after)}`),
    '',
  ];
}

/** Chinese characters are two columns wide. */
function padded(text: string, width: number): string {
  const wide = [...text].filter((letter) => letter > '⺀').length;
  return text + ' '.repeat(Math.max(1, width - text.length - wide));
}

function differenceLines(difference: Difference, unit: string): string[] {
  const { gained, lost, moved, movedMs } = difference;
  const by = movedMs === null ? '' : `（中位 / median ${movedMs >= 0 ? '+' : '−'}${span(Math.abs(movedMs))}）`;
  return [
    `变化 / change: 多出 / gained ${gained}，少了 / lost ${lost}，移位 / moved ${moved}${by}`,
    ...alarmLines('多出 / gained', difference.gainedList, gained, unit),
    ...alarmLines('少了 / lost', difference.lostList, lost, unit),
    '',
  ];
}

function alarmLines(title: string, list: readonly ListedAlarm[], total: number, unit: string): string[] {
  if (total === 0) return [];
  const more = total > SHOWN ? [`  … ${total - SHOWN} 条未列 / more (--json)`] : [];
  return [`${title}:`, ...list.slice(0, SHOWN).map((alarm) => alarmLine(alarm, unit)), ...more];
}

function alarmLine(
  { device, deviceName, siteName, area, raisedAt, returnedAt, value }: ListedAlarm,
  unit: string,
): string {
  const shown = typeof value === 'number' ? quantityText(value, unit) : String(value ?? '—');
  const lasted = returnedAt === null ? '仍在 / stands' : span(returnedAt - raisedAt);
  const place = [deviceName, siteName, area].filter((part) => part !== null && part !== device).join(' · ');
  return `  ${time(raisedAt)}  ${device}  ${shown}  ${lasted}${place ? `  ${place}` : ''}`;
}
