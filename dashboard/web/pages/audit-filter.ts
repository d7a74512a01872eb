import { zoneOffset } from '../../../kit/local-time.ts';
import type { Route } from '../frame/route.ts';

/** The part of the audit page's address that says what is looked for. */
export type AuditFilter = Pick<Route, 'q' | 'device' | 'incident' | 'ticket' | 'type' | 'from' | 'to' | 'log'>;

const DAY = 86_400_000;

/**
 * The question to `/api/v1/audit` that a filter stands for. Days begin and end at midnight of the city's zone; `to` is the last
 * day shown. What is empty, or no day, is left out.
 */
export function auditQuery(filter: AuditFilter, timeZone: string): URLSearchParams {
  const to = midnightOf(filter.to, timeZone, DAY);
  const asked: Readonly<Record<string, string | number | null>> = {
    log: filter.log,
    person: filter.q.trim(),
    device: filter.device?.trim() ?? null,
    incident: filter.incident,
    ticket: filter.ticket,
    type: filter.type,
    from: midnightOf(filter.from, timeZone),
    to,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== null && value !== '') query.set(name, String(value));
  return query;
}

/** Whether anything is looked for at all. */
export const isFiltered = (filter: AuditFilter): boolean => [...auditQuery({ ...filter, log: null }, 'UTC')].length > 0;

/** When a day (`2026-11-22`) begins in a zone, or the day so many ms after it, ms. */
function midnightOf(day: string | null, timeZone: string, later = 0): number | null {
  const utc = day && /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) + later : Number.NaN;
  if (Number.isNaN(utc)) return null;
  // Asked twice: the offset is that of the moment itself, which is near only at first.
  const offset = zoneOffset(timeZone);
  return utc - offset(utc - offset(utc));
}
