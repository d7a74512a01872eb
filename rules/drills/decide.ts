import { concerns } from '../../devices/city/seats.ts';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Seat } from '../../devices/contract/city.ts';
import type { Actor, Command, Refusal, RegistryPut } from '../../devices/contract/command.ts';
import type { Drill, DrillPlay, DrillReport } from '../../devices/contract/drill.ts';
import type { Device } from '../../devices/contract/registry.ts';
import { type ActorRole, actsOnAlarms } from '../../devices/contract/roles.ts';
import type { By } from '../../devices/contract/ticket.ts';
import { isRealUrgent } from '../../devices/drills/real-urgent.ts';
import * as no from './refusals.ts';

export type DrillCommand = Extract<Command, { type: `drill.${string}` }>;
type Of<T extends DrillCommand['type']> = Extract<DrillCommand, { type: T }>;
type Refused = { readonly refused: Refusal };

/** What the start of a drill is decided by. */
export interface StartWorld {
  readonly seats: readonly Seat[];
  /** The device whose place it takes; undefined where there is none of that id. */
  readonly device: Device | undefined;
  readonly devices: Iterable<Device>;
  /** What its detector would read; null where no reading raises what is wanted. */
  readonly play: DrillPlay | null;
  readonly crewKnown: boolean;
  /** Drills that run now. */
  readonly running: readonly Drill[];
  /** Open alarms of the desk. */
  readonly open: Iterable<Alarm>;
  /** The categories of an alarm, for the seats that hear it. */
  readonly categoriesOf: (alarm: Alarm) => readonly string[];
  /** The number that the drill gets. */
  readonly nextId: () => string;
  /** SHA-256 of the token with which the drill's detector signs in. */
  readonly tokenHash: (drill: string) => string;
}

/** A drill that begins, and the detector that it registers. */
export interface Begun {
  readonly drill: Drill;
  readonly put: RegistryPut;
}

const mayConfirm: readonly ActorRole[] = ['admin', 'supervisor'];
const gasUnits: readonly string[] = ['%{LEL}', '%{VOL}', '[ppm]'];
const byOf = ({ id, name, role }: Actor): By => ({ id, name, role });

/** Begins a drill: its record and its detector, or why not. Pure. */
export function startDrill(world: StartWorld, command: Of<'drill.start'>): Begun | Refused {
  const { actor, device: wanted, rule, crew, despite } = command;
  const { device, play } = world;
  if (!actsOnAlarms(actor.role)) return { refused: no.mayNotDrill(actor.role) };
  const seat = world.seats.find(({ id }) => id === command.seat);
  if (!seat) {
    const known = world.seats.map(({ id }) => id);
    return { refused: no.unknownSeat(command.seat, known) };
  }
  if (!device || device.drill !== undefined) return { refused: no.unknownDevice(wanted, real(world.devices)) };
  if (crew !== undefined && !world.crewKnown) return { refused: no.unknownCrew(crew) };
  if (!play) return { refused: no.cannotPlay(wanted, rule) };
  const concern = { categories: [play.rule.slice(0, 3)], area: device.area ?? null, priority: play.priority };
  if (!concerns(seat, concern)) return { refused: no.notHeardThere(play.rule, seat.id) };
  const running = world.running.find((one) => one.seat === seat.id);
  if (running) return { refused: no.drillRuns(running) };
  const standing = realUrgent(seat, world.open, world.categoriesOf);
  const refused = whyNotNow(actor, standing, despite);
  if (refused) return { refused };
  const id = world.nextId();
  return { drill: drillOf(id, command, device, play, standing), put: detectorOf(world, id, command, device, play) };
}

/** People must not be busy with play while they are needed; a supervisor answers for it where they are to be. */
function whyNotNow(actor: Actor, standing: readonly Alarm[], despite: string | undefined): Refusal | null {
  if (standing.length === 0) return null;
  if (despite === undefined) return no.realAlarmStands(standing);
  return mayConfirm.includes(actor.role) ? null : no.mayNotConfirm;
}

/** Alarms of a seat that go before every drill. */
const realUrgent = (seat: Seat, open: Iterable<Alarm>, categoriesOf: (alarm: Alarm) => readonly string[]): Alarm[] =>
  [...open].filter(
    (alarm) =>
      isRealUrgent(alarm) &&
      concerns(seat, { categories: categoriesOf(alarm), area: alarm.area, priority: alarm.priority }),
  );

function* real(devices: Iterable<Device>): Iterable<string> {
  for (const { id, drill } of devices) if (drill === undefined) yield id;
}

function drillOf(
  id: string,
  { name, reason, seat, crew, actor, at, despite }: Of<'drill.start'>,
  device: Device,
  play: DrillPlay,
  standing: readonly Alarm[],
): Drill {
  return {
    ...{ id, name, reason, seat, play },
    crew: crew ?? null,
    place: {
      ...{ device: device.id, name: device.name, type: device.type, lon: device.lon, lat: device.lat },
      ...{ site: device.site ?? null, area: device.area ?? null },
    },
    by: byOf(actor),
    startedAt: at,
    despite: standing.length === 0 ? null : { alarms: standing.map((alarm) => alarm.id), reason: despite ?? '' },
    ...{ sent: null, over: null, report: null, demo: device.demo },
  };
}

/** A detector of the same kind at the same place: alone, behind no gateway, on no pole, in no circuit, with a life of its own. */
function detectorOf(
  { tokenHash }: StartWorld,
  id: string,
  { at }: Of<'drill.start'>,
  device: Device,
  play: DrillPlay,
): RegistryPut {
  const { type, model, name, nameEn, lon, lat, area, grid, address, site, gas, gasUnit, constants, facts, demo } =
    device;
  // It sends in the unit that the rule is judged in, whatever the real one counts in.
  const counts = gasUnits.includes(play.unit) ? (play.unit as Device['gasUnit']) : gasUnit;
  const detector: Device = {
    ...{ id, drill: id, type, name, lon, lat, constants, facts, demo },
    ...(model !== undefined && { model }),
    // The name that pages show in English is the registry's; alarms mark their own.
    ...(nameEn !== undefined && { nameEn: `DRILL · ${nameEn}` }),
    ...(area !== undefined && { area }),
    ...(grid !== undefined && { grid }),
    ...(address !== undefined && { address }),
    ...(site !== undefined && { site }),
    ...(gas !== undefined && { gas }),
    ...(gasUnit !== undefined && { gasUnit: counts }),
  };
  const credential = { id, subject: id, kind: 'token', hash: tokenHash(id), revoked: false, created: at } as const;
  return { devices: [detector], sites: [], gateways: [], credentials: [credential] };
}

/** Ends a drill that runs, with what it measured. Pure. */
export function endDrill(
  drill: Drill | null,
  { drill: id, actor, at, how, reason }: Of<'drill.end'>,
  report: DrillReport | null,
): { readonly drill: Drill } | Refused {
  if (!actsOnAlarms(actor.role)) return { refused: no.mayNotDrill(actor.role) };
  if (!drill || drill.over || !report) return { refused: no.noSuchDrill(id) };
  if (how === 'broken-off' && reason === undefined) return { refused: no.sayWhy };
  return { drill: { ...drill, over: { at, by: byOf(actor), how, reason: reason ?? null }, report } };
}

/** Keeps when the first reading was published and journaled; later ones change nothing. Only the platform itself says so. */
export function sentOf(
  drill: Drill | null,
  { drill: id, actor, publishedAt, journaledAt }: Of<'drill.sent'>,
): { readonly drill: Drill } | Refused {
  if (actor.role !== 'system') return { refused: no.mayNotDrill(actor.role) };
  if (!drill || drill.over) return { refused: no.noSuchDrill(id) };
  return { drill: drill.sent ? drill : { ...drill, sent: { publishedAt, journaledAt } } };
}
