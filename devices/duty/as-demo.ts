import { type DutyRecords, dutyRecordsSchema } from '../contract/duty.ts';

/** The same records, marked as a demonstration's. */
export function asDemo(records: DutyRecords): DutyRecords {
  const marked = Object.entries(records).map(([list, all]) => [list, all.map((record) => ({ ...record, demo: true }))]);
  return dutyRecordsSchema.parse(Object.fromEntries(marked));
}
