import type { Device } from '../../devices/contract/registry.ts';
import type { SelfReport } from '../../devices/detectors/life.ts';
import { type Evaluations, evaluations } from '../judge/evaluate.ts';
import type { TypePlan } from '../standards/compile.ts';
import type { History } from './history.ts';

/** One device as the engine keeps it. What it last said lies in shared columns, from `m` (values), `s` (rules), `h` (silence). */
export interface Unit {
  readonly no: number;
  device: Device;
  /** Another one when the standards or its place change. */
  plan: TypePlan;
  m: number;
  s: number;
  h: number;
  /** Source time of the newest live reading of anything, ms; NaN before the first. */
  newestAt: number;
  /** Journal time at which the platform came to know the device, ms: silence of one never heard counts from here. */
  added: number;
  /** Limit and return limit by rule offset, where they follow from its constants; null where all are shared. */
  limits: Float64Array | null;
  history: History | null;
  /** The least lateness its live readings came with, ms: what is usual for it. NaN before the first. */
  lag: number;
  /** The first late reading since the last live one: what shows whether its clock was set back. */
  late: { readonly at: number; readonly received: number } | null;
  /** What derived measurements remember. */
  memory: Record<string, unknown> | null;
  /** What it has said of its own soundness in its attributes; null while it said nothing. */
  said: SelfReport | null;
  /** Which reminders the device itself has asked for. */
  deriving: boolean;
  /** It changed since its last snapshot. */
  dirty: boolean;
  /** Position up to which the loaded snapshot already holds it. */
  heldTo: number;
}

/** Shared columns: what a device last said costs 20 bytes a measurement and one byte a rule. */
export interface Columns {
  values: Float64Array;
  /** Source time of the newest live value; NaN before the first. */
  times: Float64Array;
  qualities: Uint32Array;
  /** Engine time at which the subject of each absence rule was last heard; 0 before it is listened for. */
  heard: Float64Array;
}

export interface Units {
  readonly columns: Columns;
  readonly evals: Evaluations;
  /** Makes room for one more device of each plan, so that loading a city does not grow the columns step by step. */
  reserve(plans: Iterable<TypePlan>): void;
  add(device: Device, plan: TypePlan): Unit;
  remove(unit: Unit): void;
  /** Gives a unit empty places for another plan. What it remembered must be read into them. */
  replan(unit: Unit, plan: TypePlan): void;
  /** By device id. */
  get(id: string): Unit | undefined;
  at(no: number): Unit | undefined;
  all(): IterableIterator<Unit>;
  readonly count: number;
}

/** Where a removed device left its places, for the next one of the same layout. */
type Places = Pick<Unit, 'm' | 's' | 'h'>;

/** An empty set of units whose columns grow as devices come; places of removed ones are used again. */
export function units(): Units {
  const byId = new Map<string, Unit>();
  const byNo: (Unit | undefined)[] = [];
  const free = new Map<string, Places[]>();
  const freeNumbers: number[] = [];
  const columns: Columns = {
    values: new Float64Array(1024),
    times: new Float64Array(1024).fill(Number.NaN),
    qualities: new Uint32Array(1024),
    heard: new Float64Array(256),
  };
  const evals = evaluations(1024);
  let m = 0;
  let s = 0;
  let h = 0;
  const grow = (m: number, s: number, h: number): void => {
    if (m > columns.values.length) {
      const size = sizeFor(m, columns.values.length);
      columns.values = copied(columns.values, new Float64Array(size));
      columns.times = copied(columns.times, new Float64Array(size).fill(Number.NaN));
      columns.qualities = copied(columns.qualities, new Uint32Array(size));
    }
    if (h > columns.heard.length)
      columns.heard = copied(columns.heard, new Float64Array(sizeFor(h, columns.heard.length)));
    if (s > evals.phases.length) evals.phases = copied(evals.phases, new Uint8Array(sizeFor(s, evals.phases.length)));
  };
  const places = (plan: TypePlan): Places => {
    const left = free.get(plan.layout)?.pop();
    if (left) return left;
    const fresh = { m, s, h };
    m += plan.names.length;
    s += plan.rules.length;
    h += plan.absences.length;
    grow(m, s, h);
    return fresh;
  };
  const leave = ({ m, s, h, plan }: Unit): void => {
    columns.times.fill(Number.NaN, m, m + plan.names.length);
    columns.heard.fill(0, h, h + plan.absences.length);
    for (let i = s; i < s + plan.rules.length; i++) {
      evals.phases[i] = 0;
      evals.episodes.delete(i);
    }
    const there = free.get(plan.layout);
    if (there) there.push({ m, s, h });
    else free.set(plan.layout, [{ m, s, h }]);
  };
  return {
    columns,
    evals,
    reserve(plans) {
      let [values, rules, absences] = [m, s, h];
      for (const plan of plans) {
        values += plan.names.length;
        rules += plan.rules.length;
        absences += plan.absences.length;
      }
      grow(values, rules, absences);
    },
    add(device, plan) {
      const { m, s, h } = places(plan);
      const no = freeNumbers.pop() ?? byNo.length;
      // Written out: a spread would keep each unit's fields in an object beside it.
      const unit: Unit = {
        no,
        m,
        s,
        h,
        device,
        plan,
        newestAt: Number.NaN,
        added: 0,
        limits: null,
        history: null,
        lag: Number.NaN,
        late: null,
        memory: null,
        said: null,
        deriving: false,
        dirty: false,
        heldTo: 0,
      };
      byId.set(device.id, unit);
      byNo[unit.no] = unit;
      return unit;
    },
    remove(unit) {
      byId.delete(unit.device.id);
      byNo[unit.no] = undefined;
      freeNumbers.push(unit.no);
      leave(unit);
    },
    replan(unit, plan) {
      leave(unit);
      Object.assign(unit, places(plan), { plan });
    },
    get: (id) => byId.get(id),
    at: (no) => byNo[no],
    all: () => byId.values(),
    get count() {
      return byId.size;
    },
  };
}

/** Grows by an eighth: a million devices neither copy their columns a million times nor leave a third of them empty. */
const sizeFor = (needed: number, has: number): number => Math.max(needed, Math.ceil(has * 1.125));

function copied<T extends Float64Array | Uint32Array | Uint8Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
