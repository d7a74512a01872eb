import type { Overlay } from '../contract/overlay.ts';
import type { StandardsVersion } from '../contract/standards.ts';
import { span } from './effective.ts';

/** The version that judges at a moment; the last that ever began, where all have ended. */
export function versionAt(known: readonly StandardsVersion[], at: number): StandardsVersion | undefined {
  const begun = known.filter(({ from }) => from <= at);
  return begun.findLast(({ to }) => to === null || at < to) ?? begun.at(-1);
}

/** The overlays of a version that hold at a moment. */
export const overlaysAt = ({ overlays }: StandardsVersion, at: number, timeZone: string): Overlay[] =>
  overlays.filter(({ effective }) => {
    const { from, to } = span(effective, timeZone);
    return from <= at && at < to;
  });

/** The next moment after `at` at which another version or overlay begins or ends, ms; Infinity when none is known. */
export function nextChange(known: readonly StandardsVersion[], at: number, timeZone: string): number {
  const moments = known.flatMap(({ from, to, overlays }) => {
    const spans = overlays.map(({ effective }) => span(effective, timeZone));
    return [from, to ?? Number.POSITIVE_INFINITY, ...spans.flatMap((one) => [one.from, one.to])];
  });
  return moments.reduce((soonest, one) => (one > at && one < soonest ? one : soonest), Number.POSITIVE_INFINITY);
}
