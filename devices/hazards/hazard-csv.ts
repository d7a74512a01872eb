import type { HazardEntry } from '../contract/hazard.ts';
import { cell } from '../readings/csv.ts';

const columns: Readonly<Record<string, (entry: HazardEntry) => string | number | null>> = {
  no: ({ no }) => no,
  stage: ({ stage }) => stage,
  kind: ({ kind }) => kind,
  grade: ({ grade }) => grade?.id ?? null,
  title: ({ title }) => title.zh,
  text: ({ text }) => text,
  source: ({ source }) => source,
  reference: ({ reference }) => reference,
  area: ({ area }) => area,
  site: ({ site }) => site,
  site_name: ({ siteName }) => siteName,
  address: ({ address }) => address,
  lon: ({ lon }) => lon,
  lat: ({ lat }) => lat,
  department: ({ assigned }) => assigned?.department ?? null,
  post: ({ assigned }) => assigned?.post ?? null,
  found: ({ foundAt }) => iso(foundAt),
  due: ({ clocks }) => iso(clocks.find(({ kind }) => kind === 'rectify')?.due ?? null),
  rectified: ({ clocks }) => iso(clocks.find(({ kind }) => kind === 'rectify')?.metAt ?? null),
  closed: ({ closedAt }) => iso(closedAt),
  closed_by: ({ closedBy }) => closedBy,
  repeats: ({ repeats }) => repeats,
  pictures_before: ({ before }) => before.length,
  pictures_after: ({ after }) => after.length,
};

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** The register as CSV (RFC 4180), times in UTC; nothing in it runs as a formula. */
export const hazardCsv = (entries: readonly HazardEntry[]): string =>
  [
    Object.keys(columns).join(','),
    ...entries.map((entry) =>
      Object.values(columns)
        .map((of) => text(of(entry)))
        .join(','),
    ),
  ]
    .map((line) => `${line}\r\n`)
    .join('');

/** A number is one: a minus before a longitude is no formula. */
const text = (value: string | number | null): string =>
  typeof value === 'number' ? String(value) : value === null ? '' : cell(value);
