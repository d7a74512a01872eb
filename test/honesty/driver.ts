import { type Alarm, type AlarmEvent, isOpen } from '../../devices/contract/alarm.ts';
import type { JournalEntry, TelemetryEntry, Value } from '../../devices/contract/entry.ts';
import type { Device, Gateway } from '../../devices/contract/registry.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { createEngine, type Engine, type StateRow } from '../../rules/engine/engine.ts';
import { benchCatalogue, benchCity, kitchen, momentOf } from '../../rules/engine/engine-bench.ts';
import { stateOf } from '../../rules/judge/transition.ts';
import { compileCatalogue } from '../../rules/standards/compile.ts';

/** The catalogue's figures, written once more by hand: a test that read them there would agree with any mistake. */
export const LEVEL_2 = { rule: 'G05-14.com-l2', limit: 40, back: 35, offDelayMs: 60_000 } as const;
export const LEVEL_1 = { rule: 'G05-14.com-l1', limit: 10, back: 7, onDelayMs: 10_000, offDelayMs: 60_000 } as const;
export const SILENT = { rule: 'G05-14.silent', afterMs: 300_000 } as const;

export const BEGIN = momentOf('10:00');
export const gateway: Gateway = { id: 'g1', name: 'g1', lon: 112.6, lat: 26.9, demo: false };
/** Two kitchens behind a gateway, one that connects itself. */
export const devices: readonly Device[] = [
  kitchen('k1', { gateway: 'g1' }),
  kitchen('k2', { gateway: 'g1' }),
  kitchen('k3'),
];
export const ids = devices.map(({ id }) => id);

/** What happens: an entry of the journal, or what a person does about the alarms that stand then. */
export type Step =
  | { readonly kind: 'entry'; readonly entry: JournalEntry }
  | { readonly kind: 'acknowledge' | 'reset'; readonly which: number; readonly at: number };

export const tick = (at: number): Step => ({ kind: 'entry', entry: { kind: 'tick', at } });

/** A reading of a kitchen's detector as admission hands it on. */
export const gas = (device: string, at: number, value: Value, more: Partial<TelemetryEntry> = {}): Step => ({
  kind: 'entry',
  entry: { kind: 'telemetry', device, at, received: at, source: 'mqtt', values: { 'alarm.ch4': value }, ...more },
});

export const connection = (subject: string, state: 'up' | 'down', at: number): Step => ({
  kind: 'entry',
  entry: { kind: 'connection', subject, state, at },
});

/** What an observer of the whole run has seen. */
export interface Seen {
  /** Every alarm, by its last row. */
  readonly rows: ReadonlyMap<string, Alarm>;
  readonly events: readonly AlarmEvent[];
}

export interface RunOptions {
  /** After these steps the process is killed and starts again from the snapshots that were taken until then. */
  readonly killsAfter?: ReadonlySet<number>;
  /** Before these steps a snapshot of at most so many units is taken. */
  readonly keepsBefore?: ReadonlyMap<number, number>;
  /** Entries that fall between two people's steps are handed over in blocks of this many. */
  readonly block?: number;
  /** Called after every block or command. */
  readonly watch?: (seen: Seen, at: number) => void;
}

const catalogue = compileCatalogue(benchCatalogue, deviceTypes, benchCity.platformDepartment);

/** A database as far as it matters: rows of alarms, numbered events, snapshots. They survive a kill; the engine does not. */
function database() {
  const rows = new Map<string, Alarm>();
  const events: AlarmEvent[] = [];
  const state = new Map<string, StateRow>();
  return {
    rows,
    events,
    state,
    commit(effects: ReturnType<Engine['take']>) {
      for (const alarm of effects?.alarms ?? []) rows.set(alarm.id, alarm);
      events.push(...(effects?.events ?? []));
    },
  };
}

/** Runs the engine over these steps, with kills where asked, and returns what was committed. */
export function run(steps: readonly Step[], options: RunOptions = {}): Seen {
  const db = database();
  const blocks: JournalEntry[][] = [];
  const start = (): Engine => {
    const made = createEngine({ catalogue, city: benchCity, types: deviceTypes, version: '0-bench' });
    made.load({ devices, sites: [], gateways: [gateway], version: 0 });
    return made;
  };
  let engine = start();
  let held = 0;
  let at = BEGIN;
  let waiting: JournalEntry[] = [];
  const give = () => {
    if (waiting.length === 0) return;
    blocks.push(waiting);
    waiting = [];
    db.commit(engine.take({ position: blocks.length, entries: blocks.at(-1)! }));
    options.watch?.(db, at);
  };
  const keep = (limit: number) => {
    give();
    if (blocks.length === 0) return;
    const { rows, heldTo } = engine.snapshot(limit);
    for (const row of rows) db.state.set(row.device, row);
    held = Math.max(held, heldTo ?? held);
  };
  const kill = () => {
    give();
    engine = start();
    engine.restore(db.state.values());
    engine.desk.load([...db.rows.values()].filter(isOpen), db.events.length);
    for (let position = held + 1; position <= blocks.length; position++) {
      engine.replay({ position, entries: blocks[position - 1]! });
    }
    engine.found();
  };
  steps.forEach((step, index) => {
    const limit = options.keepsBefore?.get(index);
    if (limit !== undefined) keep(limit);
    if (step.kind === 'entry') {
      waiting.push(step.entry);
      if (step.entry.kind === 'tick') at = step.entry.at;
      if (waiting.length >= (options.block ?? 1)) give();
    } else {
      give();
      person(engine, step);
      db.commit(engine.pending());
      options.watch?.(db, step.at);
    }
    if (options.killsAfter?.has(index)) kill();
  });
  give();
  return db;
}

/** Somebody at the desk takes up one of the open alarms; where none is open, or it cannot be, nothing happens. */
function person({ desk }: Engine, { kind, which, at }: Exclude<Step, { kind: 'entry' }>): void {
  const open = [...desk.open()].map(({ id }) => id).sort();
  const id = open[which % Math.max(1, open.length)];
  if (id !== undefined) desk[kind](id, 'mira', at, null);
}

/** The run in the words that must agree: what every alarm is, and what happened to it when. */
export function told({ rows, events }: Seen) {
  return {
    rows: [...rows.values()]
      .map(
        (a) =>
          `${a.id} ${stateOf(a)} ${a.lane} ${a.raisedAt} ${a.returnedAt} ${a.override?.kind ?? ''} ${a.supersededBy ?? ''}`,
      )
      .sort(),
    // What falls into one second has no order that anybody was promised.
    events: events.map(({ alarm, at, kind }) => `${at} ${alarm} ${kind}`).sort(),
  };
}

/** Alarms of a rule, whatever became of them. */
export const alarmsOf = ({ rows }: Seen, rule: string, device?: string): Alarm[] =>
  [...rows.values()].filter((a) => a.rule === rule && (device === undefined || a.device === device));
