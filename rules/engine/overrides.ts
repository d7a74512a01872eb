import type { OverrideAsk, PersonsOverride, Point, StandingOverride } from '../../devices/contract/overrides.ts';

/** What changed since it was last taken: rows to write and to delete. */
export interface OverrideChanges {
  readonly put: readonly StandingOverride[];
  readonly gone: readonly StandingOverride[];
  readonly asked: readonly OverrideAsk[];
  /** Ids of asks that were answered, lapsed or fell with their device. */
  readonly answered: readonly string[];
}

/** What people have laid over points, and what waits for a second person. It knows no clock: who holds it says what time it is. */
export interface Overrides {
  /** What lies over the alarms of a device's rule, strongest first. */
  over(device: string, rule: string): readonly PersonsOverride[];
  /** The override of this kind exactly at the point. */
  at(point: Point, kind: PersonsOverride['kind']): StandingOverride | undefined;
  /** Lays it over its point, in place of one of the same kind. */
  put(standing: StandingOverride): void;
  lift(standing: StandingOverride): void;
  /** Overrides whose time has come by `now`, ms. */
  ended(now: number): StandingOverride[];
  ask(ask: OverrideAsk): void;
  asked(id: string): OverrideAsk | undefined;
  /** The open ask of this kind exactly at the point. */
  askedAt(point: Point, kind: PersonsOverride['kind']): OverrideAsk | undefined;
  answered(id: string): void;
  /** Asks that nobody answered by `now`, ms. */
  lapsed(now: number): OverrideAsk[];
  /** All that stands or is asked at a device, which is gone from the registry. */
  forget(device: string): void;
  counts(): { shelved: number; outOfService: number; asked: number; version: number };
  /** Puts back what the database holds. */
  load(standing: Iterable<StandingOverride>, asked: Iterable<OverrideAsk>): void;
  /** What changed since the last take; undefined when nothing did. */
  take(): OverrideChanges | undefined;
}

const keyOf = ({ device, rule }: Point, kind: PersonsOverride['kind']): string => `${device} ${rule ?? ''} ${kind}`;
const none: readonly PersonsOverride[] = [];

export function overrides(): Overrides {
  const standing = new Map<string, StandingOverride>();
  const asks = new Map<string, OverrideAsk>();
  let version = 0;
  let put = new Map<string, StandingOverride>();
  let gone = new Map<string, StandingOverride>();
  let asked = new Map<string, OverrideAsk>();
  let answered = new Set<string>();

  const lift = (one: StandingOverride): void => {
    const key = keyOf(one, one.override.kind);
    if (!standing.delete(key)) return;
    put.delete(key);
    gone.set(key, one);
    version++;
  };
  const answer = (id: string): void => {
    if (!asks.delete(id)) return;
    asked.delete(id);
    answered.add(id);
    version++;
  };
  const count = (kind: PersonsOverride['kind']): number => {
    let found = 0;
    for (const { override } of standing.values()) if (override.kind === kind) found++;
    return found;
  };
  return {
    over(device, rule) {
      if (standing.size === 0) return none;
      // Strongest first; of a point and its device the point's own.
      return (['out-of-service', 'shelved'] as const).flatMap((kind) => {
        const there = standing.get(keyOf({ device, rule }, kind)) ?? standing.get(keyOf({ device, rule: null }, kind));
        return there ? [there.override] : [];
      });
    },
    at: (point, kind) => standing.get(keyOf(point, kind)),
    put(one) {
      const key = keyOf(one, one.override.kind);
      standing.set(key, one);
      gone.delete(key);
      put.set(key, one);
      version++;
    },
    lift,
    ended: (now) => [...standing.values()].filter(({ override: { until } }) => until !== null && now >= until),
    ask(ask) {
      asks.set(ask.id, ask);
      asked.set(ask.id, ask);
      version++;
    },
    asked: (id) => asks.get(id),
    askedAt: (point, kind) =>
      [...asks.values()].find(
        (ask) => ask.wants.kind === kind && ask.device === point.device && ask.rule === point.rule,
      ),
    answered: answer,
    lapsed: (now) => [...asks.values()].filter(({ lapses }) => now >= lapses),
    forget(device) {
      for (const one of [...standing.values()]) if (one.device === device) lift(one);
      for (const ask of [...asks.values()]) if (ask.device === device) answer(ask.id);
    },
    counts: () => ({ shelved: count('shelved'), outOfService: count('out-of-service'), asked: asks.size, version }),
    load(all, open) {
      for (const one of all) standing.set(keyOf(one, one.override.kind), one);
      for (const ask of open) asks.set(ask.id, ask);
    },
    take() {
      if (put.size === 0 && gone.size === 0 && asked.size === 0 && answered.size === 0) return undefined;
      const taken = {
        put: [...put.values()],
        gone: [...gone.values()],
        asked: [...asked.values()],
        answered: [...answered],
      };
      put = new Map();
      gone = new Map();
      asked = new Map();
      answered = new Set();
      return taken;
    },
  };
}
