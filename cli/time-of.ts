import { Problem } from '../kit/problem.ts';

/** A time given on the command line, ms: ISO 8601, or milliseconds as they are. */
export function timeOf(text: string): number {
  const at = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(at)) return at;
  throw new Problem(
    `“${text}” 不是时间：如 2026-11-22T08:00:00+08:00 或毫秒数 / is no time: such as 2026-11-22T08:00:00+08:00, or ms`,
  );
}
