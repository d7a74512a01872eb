import type { Evidence, Series } from './evidence.ts';

/** Curves drawn by hand, for tests. */
export const HOUR = 3_600_000;
/** The moment at which a curve drawn here is judged. */
export const NOW = Date.UTC(2026, 5, 15, 3);

/** `value` of every quarter of an hour, by hours before {@link NOW} (below 0). */
export const drawn = (hours: number, value: (hour: number) => number): Series =>
  Array.from({ length: hours * 4 }, (_, i) => -hours + i / 4).map((hour) => ({
    at: NOW + hour * HOUR,
    value: value(hour),
  }));

/** Evidence of the last four days with nothing but a methane curve, and what is added to it. */
export const evidenceOf = (methane: Series, more: Partial<Evidence> = {}): Evidence => ({
  from: NOW - 96 * HOUR,
  to: NOW + 1,
  methane,
  ...more,
});

/** A sewer that comes and goes, and is at its highest now. */
export const sewer = (hour: number): number => 0.65 + 0.5 * Math.cos((2 * Math.PI * hour) / 30);

/** A clean pit in which gas appeared `hours` ago and came up within `rise` hours. */
export const sudden =
  (hours: number, rise: number, top = 3) =>
  (hour: number): number =>
    0.05 + top * Math.min(1, Math.max(0, (hour + hours) / rise));

/** Ethane in ppm as a share of a methane curve. */
export const ethaneOf = (methane: Series, share: number): Series =>
  methane.map(({ at, value }) => ({ at, value: 4 + value * 10_000 * share }));

/** A curve without what was heard from … to, hours before {@link NOW}. */
export const without = (series: Series, from: number, to: number): Series =>
  series.filter(({ at }) => at < NOW + from * HOUR || at >= NOW + to * HOUR);
