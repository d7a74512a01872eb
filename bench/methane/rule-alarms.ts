import { loadCity } from '../../devices/city/load-city.ts';
import type { AlarmEvent } from '../../devices/contract/alarm.ts';
import type { Catalogue } from '../../devices/contract/catalogue.ts';
import type { City } from '../../devices/contract/city.ts';
import type { JournalEntry, TelemetryEntry } from '../../devices/contract/entry.ts';
import { type Device, deviceSchema } from '../../devices/contract/registry.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { Problem } from '../../kit/problem.ts';
import { createEngine } from '../../rules/engine/engine.ts';
import { type CompiledCatalogue, compileCatalogue } from '../../rules/standards/compile.ts';
import { type Campaign, type Sensor, spanOf } from './campaign.ts';
import type { Standing } from './standing.ts';

/** Device type and measurement that stand for a sensor of a campaign. */
export const TYPE = 'methane-fence-line';
const MEASUREMENT = 'fence.ch4';
/** Ticks as ingest writes them, only less often: the engine calls 15 s without one a gap. */
const TICK_MS = 10_000;

/** The rules of a city's catalogue over fence-line methane, ready to be run over any number of campaigns. */
export interface FenceRules {
  readonly city: City;
  readonly catalogue: Catalogue;
  readonly compiled: CompiledCatalogue;
}

/** The rules as they are shipped with a city. A {@link Problem} where its catalogue has none over fence-line methane. */
export async function fenceRules(citiesDir: string, id: string): Promise<FenceRules> {
  const { city, catalogue } = await loadCity(citiesDir, id);
  const rules = rulesOf(city, catalogue);
  if (![...rules.compiled.ruleByKey.keys()].some((key) => key.startsWith(`${TYPE} `) && isMethane(rules, key)))
    throw new Problem(
      `${id} 的标准目录没有厂界甲烷规则（${TYPE}，${MEASUREMENT}）。\n` +
        `the catalogue of ${id} has no rule over fence-line methane (${TYPE}, ${MEASUREMENT}).`,
    );
  return rules;
}

/** The rules of a catalogue that stands in no file. */
export const rulesOf = (city: City, catalogue: Catalogue): FenceRules => ({
  city,
  catalogue,
  compiled: compileCatalogue(catalogue, deviceTypes, city.platformDepartment),
});

/**
 * How long the rules hold an alarm after the last abnormal sample, ms: a plume that comes and goes with the wind is one event.
 * The plain recipe is given the same.
 */
export const holdMs = (rules: FenceRules): number =>
  Math.max(...[...rules.compiled.ruleByKey].flatMap(([key, rule]) => (isMethane(rules, key) ? rule.offDelayMs : [])));

/** Silence is no methane, and a sensor that stands still is none either. */
function isMethane({ compiled }: FenceRules, key: string): boolean {
  const rule = compiled.ruleByKey.get(key);
  return rule?.measurementName === MEASUREMENT && rule.kind !== 'absence' && rule.kind !== 'stuck';
}

/**
 * The alarms that the engine raises over a campaign, as it would have on the day: every reading an entry of the journal, a tick
 * each ten seconds. Each alarm is acknowledged at once, so that it closes when it returns and the next one is a new row.
 * Alarms of silence are left out.
 */
export function ruleAlarms(campaign: Campaign, rules: FenceRules): readonly Standing[] {
  const { city, catalogue, compiled } = rules;
  const devices = campaign.sensors.map(deviceOf);
  const sensorOf = new Map(devices.map(({ id }, i) => [id, campaign.sensors[i]!.name]));
  const engine = createEngine({ catalogue: compiled, city, types: deviceTypes, version: catalogue.version });
  engine.load({ devices, sites: [], gateways: [], version: 0 });
  const open = new Map<string, { sensor: string; from: number; to: number }>();
  const found: { sensor: string; from: number; to: number }[] = [];
  const { to } = spanOf(campaign);
  const take = ({ alarm, kind, at }: AlarmEvent) => {
    const row = engine.desk.byId(alarm);
    if (kind === 'raised' && row && isMethane(rules, `${TYPE} ${row.rule}`)) {
      const standing = { sensor: sensorOf.get(row.device) ?? row.device, from: at, to };
      open.set(alarm, standing);
      found.push(standing);
      engine.desk.acknowledge(alarm, 'bench', at, null);
    }
    const standing = open.get(alarm);
    if (kind === 'returned' && standing) standing.to = at;
  };
  let position = 0;
  for (const entries of blocksOf(campaign, devices)) {
    for (const event of engine.take({ position: ++position, entries })?.events ?? []) take(event);
  }
  return found;
}

/** Every minute of a campaign as the block it would have been in the journal, with the ticks after it. */
function* blocksOf({ samples }: Campaign, devices: readonly Device[]): Generator<JournalEntry[]> {
  for (const [i, sample] of samples.entries()) {
    const { at, windFrom, windSpeed, ppm } = sample;
    const entries: JournalEntry[] = [{ kind: 'tick', at }];
    devices.forEach(({ id }, k) => {
      if (!Number.isNaN(ppm[k]!)) entries.push(entryOf(id, at, ppm[k]!, windFrom, windSpeed));
    });
    const next = samples[i + 1]?.at ?? at;
    for (let tick = at + TICK_MS; tick < next; tick += TICK_MS) entries.push({ kind: 'tick', at: tick });
    yield entries;
  }
}

function entryOf(device: string, at: number, ppm: number, windFrom: number, windSpeed: number): TelemetryEntry {
  const wind = {
    ...(Number.isNaN(windFrom) ? {} : { 'fence.windDirection': windFrom }),
    ...(Number.isNaN(windSpeed) ? {} : { 'fence.windSpeed': windSpeed }),
  };
  return { kind: 'telemetry', device, at, received: at, source: 'replay', values: { [MEASUREMENT]: ppm, ...wind } };
}

const deviceOf = ({ name, lon, lat }: Sensor): Device =>
  deviceSchema.parse({ id: `fence-${name}`, type: TYPE, name, lon, lat, gas: 'natural', gasUnit: '[ppm]' });
