import type { Evidence, Series } from '../../../devices/biogas/evidence.ts';
import { SLOT_MS } from '../../../devices/biogas/grid.ts';
import type { Alarm, VerdictKind } from '../../../devices/contract/alarm.ts';
import type { IngestPort } from '../../../devices/contract/ports.ts';
import type { Device } from '../../../devices/contract/registry.ts';
import { isBad } from '../../../devices/model/quality.ts';
import type { Companions, Source } from './companions.ts';

const HOUR = 3_600_000;
/** How far back before the alarm is looked, and how far beyond its beginning, ms: the model was fitted on four days. */
const LOOKS_BACK = 96 * HOUR;
const LOOKS_ON = 48 * HOUR;
/** Samples asked of one series: several for each slot of the grid. */
const SAMPLES = (4 * (LOOKS_BACK + LOOKS_ON)) / SLOT_MS;

/** The stretch that a judgement of `alarm` looks at: until it returned, or now; at most two days after it began. */
export function stretchOf(alarm: Pick<Alarm, 'since' | 'returnedAt'>, now: number): { from: number; to: number } {
  const until = Math.min(alarm.returnedAt ?? now, now, alarm.since + LOOKS_ON);
  const to = Math.max(until, alarm.since) + 1;
  return { from: to - LOOKS_BACK, to };
}

/** Reads from the store all that is known around one space. `verdicts` are those of its earlier alarms. */
export async function gatherEvidence(
  { device, measurement }: { readonly device: Device; readonly measurement: string },
  companions: Companions,
  { from, to }: { readonly from: number; readonly to: number },
  ingest: Pick<IngestPort, 'curve'>,
  verdicts: readonly VerdictKind[],
): Promise<Evidence> {
  const read = (source: Pick<Source, 'device' | 'measurement'>) => seriesOf(source, { from, to }, ingest);
  const one = async (sources: readonly Source[]) => {
    const series = sources[0] ? await read(sources[0]) : [];
    return series.length > 0 ? series : undefined;
  };
  const cover = await one(companions['cover-open']);
  return {
    from,
    to,
    methane: await read({ device, measurement }),
    ethane: await one(companions.ethane),
    temperature: await one(companions.temperature),
    demand: await one(companions.demand),
    pressure: await one(companions.pressure),
    rain: await one(companions.rain),
    knocks: await one(companions.knocks),
    opened: cover && openings(cover),
    neighbours: await Promise.all(
      companions.methane.map(async (source) => ({ metres: source.metres, methane: await read(source) })),
    ),
    verdicts,
  };
}

async function seriesOf(
  { device, measurement }: Pick<Source, 'device' | 'measurement'>,
  { from, to }: { readonly from: number; readonly to: number },
  ingest: Pick<IngestPort, 'curve'>,
): Promise<Series> {
  const asked = { type: device.type, device: device.id, measurement, from, to, maxSamples: SAMPLES };
  const { samples } = await ingest.curve(asked);
  return samples.flatMap(({ at, value, quality }) =>
    isBad(quality) || typeof value === 'string' ? [] : [{ at, value: Number(value) }],
  );
}

/** When a cover went from shut to open, ms. */
const openings = (cover: Series): number[] =>
  cover.filter(({ value }, i) => value === 1 && cover[i - 1]?.value !== 1).map(({ at }) => at);
