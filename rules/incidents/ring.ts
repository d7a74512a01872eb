import type { Point } from '../../devices/contract/incident.ts';
import { moved, offset } from '../../kit/metres.ts';

interface Flat {
  readonly east: number;
  readonly north: number;
}

/** Corners of the circle around a point. */
const CORNERS = 16;

/**
 * The points on the outside of these, counter-clockwise (Andrew's monotone chain). Points on a straight edge are left out, so
 * that a street of detectors keeps two.
 */
export function hull<P extends Point>(points: readonly P[]): P[] {
  const sorted = [...points].sort((a, b) => a.lon - b.lon || a.lat - b.lat);
  const unique = sorted.filter((p, i) => i === 0 || p.lon !== sorted[i - 1]!.lon || p.lat !== sorted[i - 1]!.lat);
  if (unique.length < 3) return unique;
  const lower = chain(unique);
  const upper = chain(unique.reverse());
  return [...lower.slice(0, -1), ...upper.slice(0, -1)];
}

function chain<P extends Point>(points: readonly P[]): P[] {
  const kept: P[] = [];
  for (const point of points) {
    while (kept.length >= 2 && turn(kept.at(-2)!, kept.at(-1)!, point) <= 0) kept.pop();
    kept.push(point);
  }
  return kept;
}

const turn = (a: Point, b: Point, c: Point): number =>
  (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon);

/**
 * A ring that lies at least `metres` from every one of these points, and hardly more than 2 % farther: closed, [lon, lat],
 * counter-clockwise. `points` are some or the outermost of the points it goes around; at least one.
 */
export function guardRing(points: readonly Point[], metres: number): [number, number][] {
  // Corners a little outside of the circle, so that its edges do not cut into it.
  const radius = metres / Math.cos(Math.PI / CORNERS);
  const corners = points.flatMap((point) =>
    Array.from({ length: CORNERS }, (_, i) => {
      const angle = (2 * Math.PI * i) / CORNERS;
      return moved(point, radius * Math.cos(angle), radius * Math.sin(angle));
    }),
  );
  const ring = hull(corners).map(({ lon, lat }): [number, number] => [lon, lat]);
  return [...ring, ring[0]!];
}

/** True for a point inside a closed convex ring, its edge included. */
export function inside(ring: readonly (readonly [number, number])[], { lon, lat }: Point): boolean {
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay] = ring[i - 1]!;
    const [bx, by] = ring[i]!;
    if ((bx - ax) * (lat - ay) - (by - ay) * (lon - ax) < 0) return false;
  }
  return true;
}

/** West, south, east and north of a ring. */
export function bounds(ring: readonly (readonly [number, number])[]): readonly [number, number, number, number] {
  const lons = ring.map(([lon]) => lon);
  const lats = ring.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** The middle of these points. */
export function centreOf(points: readonly Point[]): Point {
  const sum = points.reduce((so, p) => ({ lon: so.lon + p.lon, lat: so.lat + p.lat }), { lon: 0, lat: 0 });
  return { lon: round(sum.lon / points.length), lat: round(sum.lat / points.length) };
}

const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

/** Where a point lies along a line, m from its beginning, and how far beside it, m. */
export function along(
  line: readonly (readonly [number, number])[],
  point: Point,
): { readonly alongM: number; readonly besideM: number } {
  let before = 0;
  let best = { alongM: 0, besideM: Number.POSITIVE_INFINITY };
  for (let i = 1; i < line.length; i++) {
    const from = { lon: line[i - 1]![0], lat: line[i - 1]![1] };
    const leg = offset(from, { lon: line[i]![0], lat: line[i]![1] });
    const length = Math.hypot(leg.east, leg.north);
    const at = project(leg, length, offset(from, point));
    if (at.besideM < best.besideM) best = { alongM: before + at.alongM, besideM: at.besideM };
    before += length;
  }
  return best;
}

function project(leg: Flat, length: number, to: Flat): { alongM: number; besideM: number } {
  const share = length === 0 ? 0 : (leg.east * to.east + leg.north * to.north) / (length * length);
  const kept = Math.min(1, Math.max(0, share));
  return { alongM: kept * length, besideM: Math.hypot(to.east - kept * leg.east, to.north - kept * leg.north) };
}
