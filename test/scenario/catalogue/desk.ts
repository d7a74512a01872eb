import { fileURLToPath } from 'node:url';
import { loadCity } from '../../../devices/city/load-city.ts';
import { type Alarm, isOpen } from '../../../devices/contract/alarm.ts';
import type { JournalEntry, Value } from '../../../devices/contract/entry.ts';
import { deviceSchema } from '../../../devices/contract/registry.ts';
import { deviceTypes } from '../../../devices/types/registry.ts';
import { createEngine } from '../../../rules/engine/engine.ts';
import { momentOf } from '../../../rules/engine/engine-bench.ts';
import { stateOf } from '../../../rules/judge/transition.ts';
import { compileCatalogue } from '../../../rules/standards/compile.ts';
import type { At, Circumstance, Readings } from './duty-log.ts';

/** What a report is worth: status codes of OPC UA. */
const worths = { good: 0, uncertain: 0x40000000, bad: 0x80000000 } as const;
export type Worth = keyof typeof worths;

/** The first city's catalogue, as shipped. */
export const hengyang = await loadCity(fileURLToPath(new URL('../../../cities', import.meta.url)), 'hengyang');
const compiled = compileCatalogue(hengyang.catalogue, deviceTypes, hengyang.city.platformDepartment);

const noRecords = { workOrders: 0, permits: 0, protectionPlans: 0 };

/** `1d02:00` is two in the morning of the next day, `8d02:00` a week later. */
export const moment = (text: string): number => momentOf(text.replace(/^(\d+)d/, '+$1 '));

/**
 * A desk that watches one device of the city, in a day that is set by hand; devices beside it are `d2`, `d3` and so on, and
 * what they report is named `d2 ug.ch4Vol`.
 */
export function deskOver(at: At, begins: string, record?: Circumstance['record'], beside: readonly At[] = []) {
  const engine = createEngine({
    catalogue: compiled,
    city: hengyang.city,
    types: deviceTypes,
    version: hengyang.catalogue.version,
    records: () => ({ ...noRecords, ...(record ? { [record]: 1 } : {}) }),
  });
  const devices = [at, ...beside].map((one, place) =>
    deviceSchema.parse({
      id: `d${place + 1}`,
      name: `d${place + 1}`,
      lon: hengyang.city.map.center[0],
      lat: hengyang.city.map.center[1],
      gas: 'natural',
      gasUnit: '%{LEL}',
      ...one,
    }),
  );
  engine.load({ devices, sites: [], gateways: [], version: 0 });
  const rows = new Map<string, Alarm>();
  let now = moment(begins);
  let position = 0;
  const give = (...entries: JournalEntry[]) => {
    const effects = engine.take({ position: ++position, entries });
    for (const alarm of effects?.alarms ?? []) rows.set(alarm.id, alarm);
  };
  give({ kind: 'tick', at: now });
  return {
    get now() {
      return now;
    },
    /** Time passes to `until` (ms), second by second, as ingest writes it. */
    passTo(until: number) {
      while (now + 1000 <= until) {
        now += 1000;
        give({ kind: 'tick', at: now });
      }
      now = Math.max(now, until);
    },
    /** The device reports. Two reports never share a moment. */
    reads(values: Readings, worth: Worth = 'good') {
      now += 1;
      const told = new Map<string, Record<string, Value>>();
      for (const [key, value] of Object.entries(values)) {
        const [device, name] = key.includes(' ') ? (key.split(' ') as [string, string]) : ['d1', key];
        told.set(device, { ...told.get(device), [name]: value });
      }
      for (const [device, own] of told) {
        const quality = Object.fromEntries(Object.keys(own).map((name) => [name, worths[worth]]));
        give({ kind: 'telemetry', device, at: now, received: now, source: 'mqtt', values: own, quality });
      }
    },
    /** What the desk has in sight of a rule: what a design hides troubles nobody. */
    shows(rule: string): string {
      const open = [...rows.values()].filter((a) => a.rule === rule && isOpen(a) && a.override === null);
      if (open.length > 1) throw new Error(`${rule} has ${open.length} rows: one episode is one row`);
      return open[0] ? stateOf(open[0]) : 'quiet';
    },
    /** The row of a rule, as it was last written. */
    row: (rule: string): Alarm | undefined => [...rows.values()].filter((a) => a.rule === rule).at(-1),
    /** Somebody at the desk sees it, and resets what is latched. */
    settles(rule: string) {
      const alarm = [...rows.values()].find((a) => a.rule === rule && isOpen(a));
      if (!alarm) return;
      engine.desk.acknowledge(alarm.id, 'mira', now, null);
      engine.desk.reset(alarm.id, 'mira', now, null);
      for (const changed of engine.pending()?.alarms ?? []) rows.set(changed.id, changed);
    },
  };
}
