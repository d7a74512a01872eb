import type { DeviceRules, RuleState } from '../devices/contract/rules-tools.ts';
import { countdown } from '../rules/explain/countdown.ts';
import { quantityText, spanText } from '../rules/standards/words.ts';

const phases = {
  normal: '正常 / normal',
  pending: '等待延时 / waits out its delay',
  active: '报警 / active',
  returning: '恢复中 / returning',
  held: '条件未成立 / held by its condition',
} as const;

const span = (ms: number): string => `${spanText(ms).zh} / ${spanText(ms).en}`;
const left = (ms: number): string => `${countdown(ms).zh} / ${countdown(ms).en}`;
const time = (at: number | null): string => (at === null ? '—' : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'));

/** What the rules think of a device, as it is printed. */
export const explainLines = (device: DeviceRules): string[] => [
  `${device.device}  ${device.name}  [${device.type}]`,
  `引擎时间 / time of the engine ${time(device.at)}，最近数据 / last heard ${time(device.heardAt)}${device.draining ? '，正在补传 / a backlog is draining' : ''}`,
  ...device.rules.flatMap(stateLines),
];

function stateLines(state: RuleState): string[] {
  const { rule, priority, title, phase, leftMs, since, alarm, wouldHide, change, words } = state;
  const running = leftMs !== null && phase !== 'normal' ? `，还剩 / left ${left(leftMs)}` : '';
  const lines = [
    '',
    `${rule}  ${priority}  ${title.zh} / ${title.en}`,
    `  规则 / rule    ${words.zh} / ${words.en}`,
    `  状态 / phase   ${phases[phase]}${running}${since === null ? '' : `，始于 / since ${time(since)}`}`,
    newestLine(state),
    limitLine(state),
    windowLine(state),
    state.memory && `  记忆 / memory  ${state.memory.zh} / ${state.memory.en}`,
    conditionLine(state),
    alarm &&
      `  报警 / alarm   ${alarm.id}${alarm.acked ? ' 已确认 / acknowledged' : ''}${alarm.latched ? ' 自锁 / latched' : ''}${alarm.supersededBy ? ` 让位于 / behind ${alarm.supersededBy}` : ''}${alarm.overrides.map(({ kind }) => ` ${kind}`).join('')}`,
    ...wouldHide.map(({ rule: by, because }) => `  抑制 / hidden  ${by} ← ${because}`),
    `  → ${change.zh}`,
    `  → ${change.en}`,
  ];
  return lines.filter((line) => line !== null);
}

function newestLine({ newest, compared, unit, measurement }: RuleState): string | null {
  if (!newest) return measurement === '*' ? null : `  现值 / value   — (${measurement})`;
  const value =
    typeof newest.value === 'number'
      ? quantityText(newest.value, unit.endsWith('/min') ? '1' : unit)
      : String(newest.value);
  const made =
    compared !== null && compared !== newest.value ? `，比较值 / compared ${quantityText(compared, unit)}` : '';
  return `  现值 / value   ${value}  ${newest.quality}，${left(newest.ageMs)}前 / ago${made}`;
}

function limitLine({ limit, unit }: RuleState): string | null {
  if (!limit) return null;
  const shown = (value: typeof limit.value) => (typeof value === 'number' ? quantityText(value, unit) : String(value));
  const back = limit.back === limit.value ? '' : `，恢复界 / back at ${shown(limit.back)}`;
  return `  限值 / limit   ${shown(limit.value)}${back}  ← ${limit.from.zh}`;
}

const windowLine = ({ window }: RuleState): string | null =>
  window &&
  `  窗口 / window  ${span(window.spanMs)}，已看 / watched ${left(window.watchedMs)}，${window.samples} 个样本 / samples`;

const conditionLine = ({ condition }: RuleState): string | null =>
  condition &&
  `  条件 / while   ${condition.text.zh} / ${condition.text.en}：${condition.holds === null ? '现在无法判断 / cannot be told now' : condition.holds ? '成立 / so' : '不成立 / not so'}`;
