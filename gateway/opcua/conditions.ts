import type { OpcuaSource } from '../config.ts';
import type { DataChange } from '../normalise/data-changes.ts';

type Mapping = OpcuaSource['events'][number];

/** One notification of a condition, as far as it becomes a reading (OPC 10000-9 §5.5, §5.8). */
export interface ConditionEvent {
  /** The condition itself: a source may have several. */
  readonly condition: string;
  readonly conditionName: string;
  readonly sourceNode: string;
  readonly sourceName: string;
  /** Undefined for an event that is no alarm and has no end. */
  readonly active: boolean | undefined;
  readonly severity: number;
  readonly message: string;
  /** Full status of the value behind the condition. */
  readonly quality: number;
  /** Undefined where the server gave no time. */
  readonly at: number | undefined;
}

/** Which mapped conditions are active. */
export interface ConditionBook {
  /** The readings an event makes: none where nothing is mapped to it. */
  see(event: ConditionEvent, now: number): DataChange[];
  /** Conditions that were told of and are mapped to nothing, the newest last; a hundred of them at most. */
  readonly unmapped: readonly UnmappedCondition[];
  /** The server begins to tell all that is active (RefreshStart). */
  refreshBegins(): void;
  /**
   * It has told all (RefreshEnd): what it did not tell is over, at a moment nobody knows. Answers with a reading for every
   * mapping with nothing active, timed by the gateway.
   */
  refreshEnds(now: number): DataChange[];
}

/** How a condition that nothing is mapped to would be named in a mapping. */
export interface UnmappedCondition {
  readonly source: string;
  readonly sourceName: string;
  readonly condition: string;
}

const mostUnmapped = 100;

interface Entry {
  readonly mapping: Mapping;
  readonly active: Map<string, number>;
  readonly told: Set<string>;
}

/** Keeps the conditions that a file maps to devices. With no condition named, any active one of the source is enough. */
export function conditionBook(mappings: readonly Mapping[]): ConditionBook {
  const entries: Entry[] = mappings.map((mapping) => ({ mapping, active: new Map(), told: new Set() }));
  const unmapped = new Map<string, UnmappedCondition>();
  const note = ({ condition, sourceNode, sourceName, conditionName }: ConditionEvent) => {
    unmapped.delete(condition);
    unmapped.set(condition, { source: sourceNode, sourceName, condition: conditionName });
    const [oldest] = unmapped.keys();
    if (unmapped.size > mostUnmapped && oldest !== undefined) unmapped.delete(oldest);
  };
  return {
    get unmapped() {
      return [...unmapped.values()];
    },
    see(event, now) {
      if (event.active === undefined) return [];
      if (!mappings.some((mapping) => concerns(mapping, event))) note(event);
      const changes: DataChange[] = [];
      for (const entry of entries) {
        if (!concerns(entry.mapping, event)) continue;
        entry.told.add(event.condition);
        if (event.active) entry.active.set(event.condition, event.severity);
        else entry.active.delete(event.condition);
        changes.push(...readings(entry, event, event.at ?? now, event.at === undefined));
      }
      return changes;
    },
    refreshBegins() {
      for (const { told } of entries) told.clear();
    },
    refreshEnds(now) {
      const changes: DataChange[] = [];
      for (const entry of entries) {
        for (const condition of [...entry.active.keys()])
          if (!entry.told.has(condition)) entry.active.delete(condition);
        if (entry.active.size === 0) changes.push(...readings(entry, { quality: 0, message: undefined }, now, true));
      }
      return changes;
    },
  };
}

const concerns = ({ source, condition }: Mapping, event: ConditionEvent): boolean =>
  (source === event.sourceNode || source === event.sourceName) &&
  (condition === undefined || condition === event.conditionName);

function readings(
  { mapping, active }: Entry,
  { quality, message }: { readonly quality: number; readonly message: string | undefined },
  at: number,
  untimed: boolean,
): DataChange[] {
  const { device, measurement, severity, message: words } = mapping;
  const reading = (name: string, value: DataChange['value']): DataChange => ({
    device,
    measurement: name,
    at,
    value,
    status: quality,
    ...(untimed && { untimed: true as const }),
  });
  const changes = [reading(measurement, active.size > 0)];
  if (severity !== undefined) changes.push(reading(severity, Math.max(0, ...active.values())));
  if (words !== undefined && message !== undefined) changes.push(reading(words, message));
  return changes;
}
