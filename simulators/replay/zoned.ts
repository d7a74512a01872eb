import { zoneOffset } from '../../kit/local-time.ts';

/**
 * ms since 1970 of a time written as text. A time with its own zone (`Z`, `+08:00`) is taken at its word; one without is
 * local time in the IANA `zone`. Undefined for what is no time.
 */
export function parseTime(text: string, format: 'iso' | 'epoch-s' | 'epoch-ms', zone: string): number | undefined {
  const trimmed = text.trim();
  if (format !== 'iso') {
    const value = trimmed === '' ? Number.NaN : Number(trimmed);
    return Number.isFinite(value) ? Math.round(value * (format === 'epoch-s' ? 1000 : 1)) : undefined;
  }
  const match =
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(
      trimmed,
    );
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', own] = match;
  const ms = Math.floor(Number(`0.${fraction}`) * 1000);
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), ms);
  if (Number.isNaN(wall)) return undefined;
  return own ? wall - ownOffset(own) : wall - offsetAtWall(wall, zone);
}

function ownOffset(own: string): number {
  if (own.toUpperCase() === 'Z') return 0;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(own)!;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

const zones = new Map<string, (at: number) => number>();

/** Offset of `zone` at a wall-clock time: looked up twice, since the first look uses a moment that is off by the offset. */
function offsetAtWall(wall: number, zone: string): number {
  let offset = zones.get(zone);
  if (!offset) {
    offset = zoneOffset(zone);
    zones.set(zone, offset);
  }
  return offset(wall - offset(wall));
}
