import { type Alarm, isOpen } from '../../../devices/contract/alarm.ts';
import type { Incident } from '../../../devices/contract/incident.ts';
import type { DeviceState, LiveChanges, LiveSnapshot, Strip } from '../../../devices/contract/live.ts';
import type { TicketLine } from '../../../devices/contract/ticket-line.ts';
import { isTicketOpen } from '../../../devices/contract/ticket-stages.ts';

/** What the page knows of the city at one number of the stream. */
export interface LivePicture {
  /** The `to` of the last message; null before the first snapshot. */
  readonly seq: number | null;
  /** The platform's clock in the last message, ms. */
  readonly now: number;
  readonly alarms: ReadonlyMap<string, Alarm>;
  /** Open incidents. */
  readonly incidents: ReadonlyMap<string, Incident>;
  /** Open tickets. */
  readonly tickets: ReadonlyMap<string, TicketLine>;
  readonly devices: ReadonlyMap<string, DeviceState>;
  readonly strip: Strip | null;
  /** Devices that the last message touched; null when it touched all of them. */
  readonly touched: readonly string[] | null;
}

export const emptyPicture: LivePicture = {
  seq: null,
  now: 0,
  alarms: new Map(),
  incidents: new Map(),
  tickets: new Map(),
  devices: new Map(),
  strip: null,
  touched: null,
};

/** Whether the value of an alarm runs on with its device's readings. */
type RunsOn = (alarm: Alarm) => boolean;

/** A snapshot replaces everything. */
export function fromSnapshot(message: LiveSnapshot, runsOn: RunsOn): LivePicture {
  const devices = new Map(message.devices.map((device) => [device.id, device]));
  return {
    seq: message.seq,
    now: message.now,
    alarms: withNewestValues(new Map(message.alarms.map((alarm) => [alarm.id, alarm])), devices, runsOn),
    incidents: new Map((message.incidents ?? []).map((incident) => [incident.id, incident])),
    tickets: new Map((message.tickets ?? []).map((ticket) => [ticket.id, ticket])),
    devices,
    strip: message.strip,
    touched: null,
  };
}

/**
 * The picture after a change message, or `gap` when the message does not follow the one we hold: then only a new
 * snapshot helps. Closed alarms leave.
 */
export function withChanges(picture: LivePicture, message: LiveChanges, runsOn: RunsOn): LivePicture | 'gap' {
  if (picture.seq === null || message.from !== picture.seq) return 'gap';
  const devices = mergedDevices(picture.devices, message.devices);
  // Only what this message touched can have a newer value.
  const touched = new Set([...message.devices.map(({ id }) => id), ...message.alarms.map(({ device }) => device)]);
  return {
    seq: message.to,
    now: message.now,
    alarms: withNewestValues(mergedAlarms(picture.alarms, message.alarms), devices, runsOn, touched),
    incidents: merged(picture.incidents, message.incidents ?? [], ({ closedAt }) => closedAt === null),
    tickets: merged(picture.tickets, message.tickets ?? [], isTicketOpen),
    devices,
    strip: message.strip,
    touched: message.devices.map((device) => device.id),
  };
}

function mergedAlarms(held: ReadonlyMap<string, Alarm>, changed: readonly Alarm[]): ReadonlyMap<string, Alarm> {
  if (changed.length === 0) return held;
  const alarms = new Map(held);
  for (const alarm of changed) {
    const over = alarm.closedAt !== null || !(isOpen(alarm) || alarm.needsVerdict);
    if (over) alarms.delete(alarm.id);
    else alarms.set(alarm.id, alarm);
  }
  return alarms;
}

/** What changed takes its place; what has ended leaves. */
function merged<T extends { readonly id: string }>(
  held: ReadonlyMap<string, T>,
  changed: readonly T[],
  isOpen: (one: T) => boolean,
): ReadonlyMap<string, T> {
  if (changed.length === 0) return held;
  const next = new Map(held);
  for (const one of changed) {
    if (isOpen(one)) next.set(one.id, one);
    else next.delete(one.id);
  }
  return next;
}

/** An alarm changes only with its life-cycle; its value runs on with its device's, so that no row shows an old figure as the newest. */
function withNewestValues(
  alarms: ReadonlyMap<string, Alarm>,
  devices: ReadonlyMap<string, DeviceState>,
  runsOn: RunsOn,
  touched?: ReadonlySet<string>,
): ReadonlyMap<string, Alarm> {
  let changed: Map<string, Alarm> | null = null;
  for (const alarm of alarms.values()) {
    if (alarm.lane === 'history' || (touched && !touched.has(alarm.device))) continue;
    const newest = devices.get(alarm.device)?.values[alarm.measurement];
    if (!newest || newest[1] <= (alarm.lastAt ?? Number.NEGATIVE_INFINITY) || !runsOn(alarm)) continue;
    const [lastValue, lastAt, lastQuality] = newest;
    changed ??= new Map(alarms);
    changed.set(alarm.id, { ...alarm, lastValue, lastAt, lastQuality });
  }
  return changed ?? alarms;
}

function mergedDevices(
  held: ReadonlyMap<string, DeviceState>,
  changed: readonly DeviceState[],
): ReadonlyMap<string, DeviceState> {
  if (changed.length === 0) return held;
  const devices = new Map(held);
  for (const device of changed) {
    const before = devices.get(device.id);
    devices.set(device.id, before ? { ...device, values: { ...before.values, ...device.values } } : device);
  }
  return devices;
}
