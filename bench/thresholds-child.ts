import { Engine, type RuleProperties } from 'json-rules-engine';
import { loadCity } from '../devices/city/load-city.ts';
import type { Catalogue, Rule } from '../devices/contract/catalogue.ts';
import type { TelemetryEntry } from '../devices/contract/entry.ts';
import { deviceTypes } from '../devices/types/registry.ts';
import { createEngine } from '../rules/engine/engine.ts';
import { compares, type Op } from '../rules/judge/compare.ts';
import { type CompiledCatalogue, type CompiledRule, compileCatalogue } from '../rules/standards/compile.ts';
import { benchCity, entryOf, healthy } from './city.ts';
import { answering, given } from './measured.ts';
import { upsets } from './upsets.ts';

/** The plain comparisons of a catalogue, judged by json-rules-engine and by this project's engine over the same readings. */
export interface ThresholdsStart {
  readonly citiesDir: string;
  readonly city: string;
  readonly devices: number;
  readonly abnormal: number;
}

/** What one of the two needed for the same minutes. */
export interface Judged {
  readonly cpuUs: number;
  readonly readings: number;
}

const { citiesDir, city: cityId, devices: count, abnormal } = given<ThresholdsStart>();
const BEGIN = Date.UTC(2026, 10, 22, 2);

/** A comparison of one value with one number, flag or word that is the same for every device: what both engines can say. */
const isPlain = (rule: Rule): boolean =>
  (rule.kind === 'threshold' || rule.kind === 'state') &&
  !rule.when &&
  !('windowS' in rule && rule.windowS !== undefined) &&
  !('expr' in rule.limit);

function plainOnly(catalogue: Catalogue): Catalogue {
  const domains = catalogue.domains.map((domain) => ({
    ...domain,
    categories: domain.categories.map((category) => ({
      ...category,
      items: category.items.map((item) => ({ ...item, rules: item.rules.filter(isPlain) })),
    })),
  }));
  return { ...catalogue, domains };
}

const operators: Readonly<Record<Op, string>> = {
  '>': 'greaterThan',
  '>=': 'greaterThanInclusive',
  '<': 'lessThan',
  '<=': 'lessThanInclusive',
  '==': 'equal',
  // Its own `notEqual` holds for a value that was not sent.
  '!=': 'differs',
};

/** The limit of a rule as the value that devices report. */
function limitValue(rule: CompiledRule, compiled: CompiledCatalogue, type: string): number | boolean | string {
  const kind = compiled.plans.get(type)!.measurements[rule.measurement]!.kind;
  if (kind === 'boolean') return rule.limit !== 0;
  return kind === 'text' ? compiled.words.word(rule.limit) : rule.limit;
}

const plainRules = (compiled: CompiledCatalogue, type: string): CompiledRule[] =>
  (compiled.plans.get(type)?.rules ?? []).filter(({ kind, limit }) => kind !== 'absence' && !Number.isNaN(limit));

/** One engine a device type, with the type's rules: a rule of another type costs nothing there either. */
function peers(compiled: CompiledCatalogue): Map<string, Engine> {
  const made = new Map<string, Engine>();
  for (const type of compiled.plans.keys()) {
    const engine = new Engine([], { allowUndefinedFacts: true });
    engine.addOperator('differs', (value: unknown, limit: unknown) => value !== undefined && value !== limit);
    for (const rule of plainRules(compiled, type)) {
      const condition = {
        fact: rule.measurementName,
        operator: operators[rule.op],
        value: limitValue(rule, compiled, type),
      };
      engine.addRule({ conditions: { all: [condition] }, event: { type: rule.key } } satisfies RuleProperties);
    }
    made.set(type, engine);
  }
  return made;
}

async function open() {
  const loaded = await loadCity(citiesDir, cityId);
  const { city } = loaded;
  const catalogue = plainOnly(loaded.catalogue);
  const compiled = compileCatalogue(catalogue, deviceTypes, city.platformDepartment);
  const made = benchCity(loaded, count);
  const upset = upsets(compiled, abnormal);
  const typeOf = new Map(made.devices.map(({ id, type }) => [id, type]));
  const minute = (n: number): TelemetryEntry[] => {
    const at = BEGIN + n * 60_000;
    const world = made.world(at);
    const entries = made.devices.map((d) => entryOf(d, at, { ...healthy(d, world), ...upset(d, n) }));
    return JSON.parse(JSON.stringify(entries)) as TelemetryEntry[];
  };
  const ours = createEngine({ catalogue: compiled, city, types: deviceTypes, version: catalogue.version });
  ours.load({ devices: made.devices, sites: made.sites, gateways: made.gateways, version: 1 });
  return { compiled, minute, ours, peer: peers(compiled), typeOf };
}

const opened = open();
let position = 0;

/** How many values are past their limits, counted without either engine. */
function expected({ compiled, typeOf }: Awaited<typeof opened>, entries: readonly TelemetryEntry[]): number {
  let found = 0;
  for (const { device, values } of entries) {
    const type = typeOf.get(device)!;
    for (const rule of plainRules(compiled, type)) {
      const value = values[rule.measurementName];
      if (value === undefined) continue;
      const number = typeof value === 'string' ? compiled.words.number(value) : Number(value);
      if (compares(rule.op, number, rule.limit)) found++;
    }
  }
  return found;
}

const readingsOf = (entries: readonly TelemetryEntry[]) =>
  entries.reduce((sum, { values }) => sum + Object.keys(values).length, 0);

async function measured(entries: readonly TelemetryEntry[], judge: () => Promise<void> | void): Promise<Judged> {
  const began = process.cpuUsage();
  await judge();
  const { user, system } = process.cpuUsage(began);
  return { cpuUs: user + system, readings: readingsOf(entries) };
}

async function ours(n: number): Promise<Judged> {
  const parts = await opened;
  const entries = parts.minute(n);
  const at = BEGIN + n * 60_000;
  return measured(entries, () => {
    for (let i = 0; i < entries.length; i += 1000) {
      parts.ours.take({ position: ++position, entries: entries.slice(i, i + 1000) });
    }
    parts.ours.take({ position: ++position, entries: [{ kind: 'tick', at: at + 59_000 }] });
  });
}

async function peer(n: number): Promise<Judged> {
  const parts = await opened;
  const entries = parts.minute(n);
  const wanted = expected(parts, entries);
  let found = 0;
  const result = await measured(entries, async () => {
    for (const { device, values } of entries) {
      const { events } = await parts.peer.get(parts.typeOf.get(device)!)!.run(values);
      found += events.length;
    }
  });
  if (found !== wanted)
    throw new Error(`json-rules-engine found ${found} values past their limits, there are ${wanted}`);
  return result;
}

answering(opened, {
  ours: (n) => ours(n as number),
  peer: (n) => peer(n as number),
  stop: async () => {},
});
