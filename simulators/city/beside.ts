import type { Demo, DemoPipe } from '../../devices/city/demo.ts';
import type { BesideListed, PlaceRecord } from '../../devices/contract/beside.ts';
import { along, type Place } from '../../kit/metres.ts';
import { Problem } from '../../kit/problem.ts';

const DAY = 86_400_000;

/** Pipes, valves, crews and records of the demonstration, all marked so. Records lie around `today`, ms. */
export function besideOf(demo: Demo, today: number) {
  const records = demo.records.map((record) => ({ kind: record.kind, record: toRecord(record, demo, today) }));
  const of = (kind: (typeof records)[number]['kind']): PlaceRecord[] =>
    records.filter((one) => one.kind === kind).map(({ record }) => record);
  return {
    pipes: demo.pipes.map((pipe) => ({
      ...named(pipe),
      area: streetOf(demo, pipe.street).area,
      line: streetOf(demo, pipe.street).line,
      pressure: pipe.pressure,
      circuit: pipe.id,
    })),
    valves: demo.valves.map((valve) => {
      const pipe = pipeOf(demo, valve.pipe);
      const { area } = streetOf(demo, pipe.street);
      return { ...named(valve), area, ...along(lineOf(demo, pipe.street), valve.atM), pipe: pipe.id };
    }),
    crews: demo.crews.map(({ name: _, ...crew }, i) => ({ ...crew, ...named(demo.crews[i]!) })),
    workOrders: of('work-order'),
    permits: of('permit'),
    protectionPlans: of('protection-plan'),
  } satisfies BesideListed;
}

const named = ({ id, name }: { id: string; name: { zh: string; en: string } }) => ({
  id,
  name: `${name.zh}（虚构）`,
  nameEn: `${name.en} (invented)`,
  demo: true,
});

function toRecord(record: Demo['records'][number], demo: Demo, today: number): PlaceRecord {
  const { kind: _, name, street, atM, fromDay, toDay, ...rest } = record;
  return {
    ...rest,
    ...named({ id: record.id, name }),
    ...along(lineOf(demo, street), atM),
    area: streetOf(demo, street).area,
    devices: [],
    wholeArea: false,
    from: new Date(today + fromDay * DAY).toISOString(),
    to: new Date(today + toDay * DAY).toISOString(),
  };
}

function streetOf(demo: Demo, id: string): Demo['streets'][number] {
  const street = demo.streets.find((one) => one.id === id);
  if (!street) throw new Problem(`demo.yaml: there is no street "${id}" for a pipe or record to lie in`);
  return street;
}

function pipeOf(demo: Demo, id: string): DemoPipe {
  const pipe = demo.pipes.find((one) => one.id === id);
  if (!pipe) throw new Problem(`demo.yaml: there is no pipe "${id}" for a valve to sit on`);
  return pipe;
}

const lineOf = (demo: Demo, street: string): Place[] => streetOf(demo, street).line.map(([lon, lat]) => ({ lon, lat }));
