import {
  type BesideKind,
  type BesideListed,
  type BesideRecord,
  type BesideRecords,
  besideKinds,
  besideLists,
  listed,
} from '../contract/beside.ts';
import type { RegistryChange } from '../contract/registry.ts';

/** What stands beside the devices, by kind and id. A city without any of it keeps nothing. */
export interface BesideBook {
  /** All records of a kind, by id. */
  of<K extends BesideKind>(kind: K): ReadonlyMap<string, BesideRecords[K]>;
  /** Applies a change that speaks of these kinds and returns the kind; undefined for any other. */
  apply(change: RegistryChange): BesideKind | undefined;
  /** Forgets everything and holds these lists instead. */
  reset(lists: BesideListed): void;
}

const nothing: ReadonlyMap<string, never> = new Map<string, never>();

/** A {@link BesideBook} that holds these lists. */
export function besideBook(lists: BesideListed = {}): BesideBook {
  const kept = new Map<BesideKind, Map<string, BesideRecord>>();
  const put = (kind: BesideKind, record: BesideRecord): void => {
    const records = kept.get(kind) ?? new Map<string, BesideRecord>();
    records.set(record.id, record);
    kept.set(kind, records);
  };
  const book: BesideBook = {
    of: <K extends BesideKind>(kind: K) => (kept.get(kind) ?? nothing) as ReadonlyMap<string, BesideRecords[K]>,
    apply(change) {
      const kind = 'put' in change ? change.put : change.remove;
      if (!isBeside(kind)) return undefined;
      if ('put' in change) put(kind, change.record as BesideRecord);
      else kept.get(kind)?.delete(change.id);
      return kind;
    },
    reset(lists) {
      kept.clear();
      for (const kind of besideKinds) for (const record of listed(lists, kind)) put(kind, record);
    },
  };
  book.reset(lists);
  return book;
}

/** True for a kind of what stands beside devices. */
export const isBeside = (kind: string): kind is BesideKind => Object.hasOwn(besideLists, kind);
