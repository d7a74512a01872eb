import { type DutyRecordOf, type DutyRecords, dutyList } from '../contract/duty.ts';
import { type DutyRecordKind, dutyLists, dutyRecordKinds } from '../contract/duty-kinds.ts';
import { canonicalJson } from '../registry/canonical-json.ts';
import { type Fault, fault } from '../registry/fault.ts';
import { checkDuty, type DutyWorld } from './check-duty.ts';
import { usedBy } from './used-by.ts';

/** One record that is written, or with a `record` of null taken away. */
export interface DutyEdit {
  readonly kind: DutyRecordKind;
  readonly id: string;
  readonly record: DutyRecordOf[DutyRecordKind] | null;
}

/** What becomes of the records, or everything that stands against it. */
export type DutyEdited =
  | { readonly faults: readonly Fault[] }
  | { readonly records: DutyRecords; readonly edits: readonly DutyEdit[] };

/**
 * Records put over those that are kept, by kind and id; with `replace` what is not among them is taken away. A record that says
 * the same as before is no edit. Faults that the kept records have already (an item that left the catalogue) stand in nobody's way.
 */
export function putDuty(kept: DutyRecords, put: DutyRecords, replace: boolean, world: DutyWorld): DutyEdited {
  const twice = twiceIn(put);
  if (twice.length > 0) return { faults: twice };
  const merged = Object.fromEntries(
    dutyRecordKinds.map((kind) => [dutyLists[kind], merge(dutyList(kept, kind), dutyList(put, kind), replace)]),
  ) as unknown as DutyRecords;
  const faults = newFaults(kept, merged, world);
  return faults.length > 0 ? { faults } : { records: merged, edits: editsBetween(kept, merged) };
}

const merge = <T extends { readonly id: string }>(kept: readonly T[], put: readonly T[], replace: boolean): T[] => {
  const given = new Set(put.map(({ id }) => id));
  return [...(replace ? [] : kept.filter(({ id }) => !given.has(id))), ...put];
};

function twiceIn(put: DutyRecords): Fault[] {
  return dutyRecordKinds.flatMap((kind) => {
    const ids = dutyList(put, kind).map(({ id }) => id);
    return ids
      .filter((id, index) => ids.indexOf(id) < index)
      .map((id) => fault(`${kind} ${id}`, 'id', id, '编号重复', 'the id is there twice: each record needs its own'));
  });
}

function newFaults(kept: DutyRecords, wanted: DutyRecords, world: DutyWorld): Fault[] {
  const key = ({ where, field, value, en }: Fault) => `${where}|${field}|${value}|${en}`;
  const before = new Set(checkDuty(kept, world).map(key));
  return checkDuty(wanted, world).filter((one) => !before.has(key(one)));
}

function editsBetween(kept: DutyRecords, wanted: DutyRecords): DutyEdit[] {
  return dutyRecordKinds.flatMap((kind): DutyEdit[] => {
    const before = new Map(dutyList(kept, kind).map((record) => [record.id, record]));
    const after = new Set(dutyList(wanted, kind).map(({ id }) => id));
    const written = dutyList(wanted, kind).filter((record) => {
      const old = before.get(record.id);
      return old === undefined || canonicalJson(old) !== canonicalJson(record);
    });
    const gone = [...before.keys()].filter((id) => !after.has(id));
    return [
      ...written.map((record) => ({ kind, id: record.id, record })),
      ...gone.map((id) => ({ kind, id, record: null })),
    ];
  });
}

/** What is to be taken away. */
export interface DutyRef {
  readonly kind: DutyRecordKind;
  readonly id: string;
}

/** The records without some of them; refused where one is not there, or where a record that stays names it. */
export function removeDuty(kept: DutyRecords, refs: readonly DutyRef[]): DutyEdited {
  const left = Object.fromEntries(
    dutyRecordKinds.map((kind) => {
      const gone = new Set(refs.filter((ref) => ref.kind === kind).map(({ id }) => id));
      return [dutyLists[kind], dutyList(kept, kind).filter(({ id }) => !gone.has(id))];
    }),
  ) as unknown as DutyRecords;
  const faults = refs.flatMap(({ kind, id }) => {
    if (!dutyList(kept, kind).some((record) => record.id === id)) {
      return [fault(`${kind} ${id}`, 'id', id, '没有这条记录', 'there is no such record')];
    }
    return usedBy(left, kind, id).map((user) =>
      fault(
        `${kind} ${id}`,
        'id',
        id,
        `${user} 还在使用它：请先修改那条记录，或一并删除`,
        `${user} names it: change that record first, or remove it together`,
      ),
    );
  });
  return faults.length > 0 ? { faults } : { records: left, edits: editsBetween(kept, left) };
}
