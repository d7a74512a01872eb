import { type Admission, admitRows, type Kind, type KnownFields, type RefusedRow } from '../admission.ts';
import type { TelemetryRow } from '../telemetry-store.ts';

/** A device as the file knows it: samples carry its number. */
export interface DeviceId {
  readonly id: number;
  readonly type: string;
  readonly device: string;
}

/** A measurement of a device type; its kind never changes. */
export interface FieldId {
  readonly id: number;
  readonly type: string;
  readonly measurement: string;
  readonly kind: Kind;
}

/** Numbers for names. Lives on the caller's side, so that what crosses to the worker is arrays of numbers. */
export interface Dictionary {
  readonly devices: Map<string, Map<string, number>>;
  readonly fields: Map<string, Map<string, { readonly id: number; readonly kind: Kind }>>;
  nextDevice: number;
  nextField: number;
}

/** A batch as columns, one element a value; the arrays' memory moves to the worker instead of being copied. */
export interface Columns {
  readonly newDevices: readonly DeviceId[];
  readonly newFields: readonly FieldId[];
  readonly length: number;
  readonly device: Int32Array<ArrayBuffer>;
  readonly field: Int32Array<ArrayBuffer>;
  readonly at: Float64Array<ArrayBuffer>;
  /** Numbers as they are; booleans as 0 and 1; for a text, its place in `texts`. */
  readonly num: Float64Array<ArrayBuffer>;
  /** 0 number, 1 boolean, 2 text. */
  readonly kind: Uint8Array<ArrayBuffer>;
  readonly quality: Uint32Array<ArrayBuffer>;
  readonly texts: readonly string[];
}

/** The dictionary as read from the file. */
export function dictionaryOf(devices: readonly DeviceId[], fields: readonly FieldId[]): Dictionary {
  const dictionary: Dictionary = { devices: new Map(), fields: new Map(), nextDevice: 1, nextField: 1 };
  learn(dictionary, devices, fields);
  return dictionary;
}

/** Adds names that are durable now. A batch that failed adds nothing: its names are sent again with the next one. */
export function learn(dictionary: Dictionary, devices: readonly DeviceId[], fields: readonly FieldId[]): void {
  for (const { id, type, device } of devices) {
    const ofType = dictionary.devices.get(type) ?? new Map<string, number>();
    dictionary.devices.set(type, ofType.set(device, id));
    dictionary.nextDevice = Math.max(dictionary.nextDevice, id + 1);
  }
  for (const { id, type, measurement, kind } of fields) {
    const ofType = dictionary.fields.get(type) ?? new Map<string, { id: number; kind: Kind }>();
    dictionary.fields.set(type, ofType.set(measurement, { id, kind }));
    dictionary.nextField = Math.max(dictionary.nextField, id + 1);
  }
}

/** Turns rows into columns; rows that can never be stored, or lie before `since` (ms), come back as refused. Changes nothing in the dictionary. */
export function toColumns(
  rows: readonly TelemetryRow[],
  dictionary: Dictionary,
  since?: number,
): { columns: Columns; refused: readonly RefusedRow[] } {
  const { taken, refused, learned } = admitRows(rows, dictionary.fields satisfies KnownFields, since);
  const newFields = numberFields(learned, dictionary.nextField);
  const newDevices: DeviceId[] = [];
  const freshDevices = new Map<string, Map<string, number>>();
  const freshFields = dictionaryOf([], newFields).fields;

  const deviceId = ({ type, device }: TelemetryRow): number => {
    const held = dictionary.devices.get(type)?.get(device) ?? freshDevices.get(type)?.get(device);
    if (held !== undefined) return held;
    const id = dictionary.nextDevice + newDevices.length;
    newDevices.push({ id, type, device });
    freshDevices.set(type, (freshDevices.get(type) ?? new Map<string, number>()).set(device, id));
    return id;
  };

  const length = taken.reduce((sum, row) => sum + Object.keys(row.values).length, 0);
  const texts: string[] = [];
  const columns: Columns = {
    newDevices,
    newFields,
    length,
    device: new Int32Array(length),
    field: new Int32Array(length),
    at: new Float64Array(length),
    num: new Float64Array(length),
    kind: new Uint8Array(length),
    quality: new Uint32Array(length),
    texts,
  };
  let i = 0;
  for (const row of taken) {
    const device = deviceId(row);
    const known = dictionary.fields.get(row.type);
    const fresh = freshFields.get(row.type);
    for (const measurement in row.values) {
      const value = row.values[measurement]!;
      columns.device[i] = device;
      // Admission has named every measurement: it is known or fresh.
      columns.field[i] = (known?.get(measurement) ?? fresh?.get(measurement))!.id;
      columns.at[i] = row.at;
      columns.kind[i] = typeof value === 'number' ? 0 : typeof value === 'boolean' ? 1 : 2;
      columns.num[i] = typeof value === 'string' ? texts.push(value) - 1 : Number(value);
      columns.quality[i] = row.quality?.[measurement] ?? 0;
      i += 1;
    }
  }
  return { columns, refused };
}

const numberFields = (learned: Admission['learned'], from: number): FieldId[] =>
  learned.map((field, index) => ({ id: from + index, ...field }));

/** The memory of a batch's arrays, to be moved to the worker. */
export const buffersOf = ({ device, field, at, num, kind, quality }: Columns): ArrayBuffer[] =>
  [device, field, at, num, kind, quality].map((column) => column.buffer);
