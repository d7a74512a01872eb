import type { ChainFault } from '../devices/audit/chain.ts';
import type { AuditCheck } from '../devices/audit/verify-audit.ts';
import type { AuditHeadsBody } from '../devices/contract/api.ts';
import type { AuditRow } from '../devices/contract/audit-tables.ts';

const titles: Readonly<Record<keyof AuditHeadsBody, string>> = {
  commands: '指令 / commands',
  accounts: '账号与登录 / accounts and sign-ins',
};

/** What a check found of one chain, in a line. */
export function checkLine(name: keyof AuditHeadsBody, { cut, rows, head, fault }: AuditCheck): string {
  const kept = cut === 0 ? '' : `，此前 ${cut} 行已过保留期 / ${cut} before them past retention`;
  if (fault) return `✗ 被改动 / CHANGED  ${titles[name]}: 前 ${rows} 行完好 / ${rows} rows are whole${kept}`;
  return `✓ 完好 / whole  ${titles[name]}: ${rows} 行 / rows${kept}; ${head.seq} ${head.hash}`;
}

const kinds: Readonly<Record<ChainFault['kind'], (seq: number) => string>> = {
  changed: (seq) => `第 ${seq} 行的内容被改动 / the content of row ${seq} was changed`,
  missing: (seq) => `第 ${seq} 行之前有行缺失 / rows before row ${seq} are missing`,
  unlinked: (seq) => `第 ${seq} 行与前一行不相接 / row ${seq} does not follow the row before it`,
  head: (seq) =>
    `链尾第 ${seq} 行与链头不符：末尾有行被删或被加 / the last row, ${seq}, is not the head: rows at the end were removed or added`,
  checkpoint: (seq) => `截至第 ${seq} 行的截断没有记录在链中 / no row of the chain tells of the cut up to row ${seq}`,
  'exported-head': (seq) =>
    `与另处保存的链头（第 ${seq} 行）不符 / the chain does not pass through the head that was kept elsewhere (row ${seq})`,
  'too-old': (seq) =>
    `另处保存的链头（第 ${seq} 行）早于保留期，无从对照；请更勤地保存链头 / the head that was kept elsewhere (row ${seq}) is older than what is kept: nothing is left to hold it against; keep heads more often`,
};

/** What is wrong, what was expected there and what was found. */
export const faultLines = ({ kind, seq, expected, found }: ChainFault): readonly string[] => [
  kinds[kind](seq),
  `应为 / expected: ${expected}`,
  `实为 / found:    ${found}`,
];

/** A row in a line: when, who, what, and what came of it. */
export function rowLine({ seq, at, type, actor_name, via, outcome }: AuditRow): string {
  const { refused } = JSON.parse(outcome) as { refused?: unknown };
  const done = refused !== undefined && !Array.isArray(refused) ? '✗ 被拒绝 / refused' : '✓';
  return `${seq}  ${new Date(at).toISOString()}  ${actor_name} (${via})  ${type}  ${done}`;
}
