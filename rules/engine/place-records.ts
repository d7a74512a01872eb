import type { ConditionContext } from '../../devices/city/expressions.ts';
import { type PlaceRecord, recordKinds } from '../../devices/contract/beside.ts';
import type { RecordInside } from '../../devices/contract/incident.ts';
import type { Device } from '../../devices/contract/registry.ts';
import type { BesideBook } from '../../devices/registry/beside-book.ts';
import { cells, type PlaceGrid, placeGrid } from '../../kit/cells.ts';
import { distance } from '../../kit/metres.ts';

/** A record with its times as numbers, ms. */
export interface Dated {
  readonly kind: RecordInside['kind'];
  readonly record: PlaceRecord;
  readonly from: number;
  readonly to: number;
}

/** Records by what they name, so that a device finds its own without looking at all. */
interface RecordIndex {
  readonly all: readonly Dated[];
  readonly byDevice: ReadonlyMap<string, readonly Dated[]>;
  readonly bySite: ReadonlyMap<string, readonly Dated[]>;
  readonly byArea: ReadonlyMap<string, readonly Dated[]>;
  readonly circles: PlaceGrid<Circle>;
  readonly widestM: number;
}
interface Circle {
  readonly lon: number;
  readonly lat: number;
  readonly radiusM: number;
  readonly dated: Dated;
}

const CELL_M = 500;

/** Work orders, permits and protection plans by place and time. What is worked out of them is built when first asked for. */
export interface PlaceRecords {
  /** All there are. */
  all(): readonly Dated[];
  /** How many are in force at a device at `at`, ms. */
  at(device: Device, at: number): ConditionContext['records'];
}

/** @param version counts up when a record changes. */
export function placeRecords(beside: BesideBook, version: () => number, latitude: number): PlaceRecords {
  let held: { readonly version: number; readonly index: RecordIndex } | undefined;
  const index = (): RecordIndex => {
    const now = version();
    if (held?.version !== now) held = { version: now, index: build(beside, latitude) };
    return held.index;
  };
  return {
    all: () => index().all,
    at: (device, at) => countsAt(index(), device, at),
  };
}

function build(beside: BesideBook, latitude: number): RecordIndex {
  const all = recordKinds.flatMap((kind) => [...beside.of(kind).values()].map((record) => dated(kind, record)));
  const byDevice = new Map<string, Dated[]>();
  const bySite = new Map<string, Dated[]>();
  const byArea = new Map<string, Dated[]>();
  const circles: Circle[] = [];
  for (const one of all) {
    const { devices, site, area, wholeArea, lon, lat, radiusM } = one.record;
    for (const id of devices) into(byDevice, id, one);
    if (site !== undefined) into(bySite, site, one);
    if (wholeArea && area !== undefined) into(byArea, area, one);
    if (lon !== undefined && lat !== undefined && radiusM !== undefined)
      circles.push({ lon, lat, radiusM, dated: one });
  }
  const widestM = circles.reduce((most, { radiusM }) => Math.max(most, radiusM), 0);
  return { all, byDevice, bySite, byArea, circles: placeGrid(cells(CELL_M, latitude), circles), widestM };
}

const dated = (kind: Dated['kind'], record: PlaceRecord): Dated => ({
  kind,
  record,
  from: Date.parse(record.from),
  to: record.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(record.to),
});

function into(map: Map<string, Dated[]>, key: string, one: Dated): void {
  const there = map.get(key);
  if (there) there.push(one);
  else map.set(key, [one]);
}

/** True while a record holds: from its beginning on, and no more at its end. */
export const inForce = ({ from, to }: Dated, at: number): boolean => from <= at && at < to;

function countsAt(index: RecordIndex, device: Device, at: number): ConditionContext['records'] {
  if (index.all.length === 0) return noRecords;
  const found = new Set(matching(index, device));
  const count = (kind: Dated['kind']) => [...found].filter((one) => one.kind === kind && inForce(one, at)).length;
  return { workOrders: count('work-order'), permits: count('permit'), protectionPlans: count('protection-plan') };
}

/** Nothing is in force. */
export const noRecords: ConditionContext['records'] = { workOrders: 0, permits: 0, protectionPlans: 0 };

function matching(index: RecordIndex, { id, site, area, lon, lat }: Device): Dated[] {
  const around = index.widestM === 0 ? [] : index.circles.near({ lon, lat }, index.widestM, distance);
  return [
    ...(index.byDevice.get(id) ?? []),
    ...(site === undefined ? [] : (index.bySite.get(site) ?? [])),
    ...(area === undefined ? [] : (index.byArea.get(area) ?? [])),
    ...around.filter(({ thing, metres }) => metres <= thing.radiusM).map(({ thing }) => thing.dated),
  ];
}
