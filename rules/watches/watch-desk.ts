import type { Kysely } from 'kysely';
import { categoriesByType, seatsOf } from '../../devices/city/seats.ts';
import type { Catalogue } from '../../devices/contract/catalogue.ts';
import type { City, Seat } from '../../devices/contract/city.ts';
import type { Refusal } from '../../devices/contract/command.ts';
import type { StandingOverride } from '../../devices/contract/overrides.ts';
import type { By } from '../../devices/contract/ticket.ts';
import type { Handover, HandoverDraft } from '../../devices/contract/watch.ts';
import { ledger } from '../../devices/detectors/ledger.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import type { RegistryCache } from '../../devices/registry/registry-cache.ts';
import { handoverOf, lastTaken, offeredHandovers, openWatches } from '../../devices/watches/read-watches.ts';
import { mustBeStaffed } from '../../devices/watches/staffed.ts';
import { zoneOf } from '../../kit/local-time.ts';
import type { Engine } from '../engine/engine.ts';
import type { RulesTables } from '../store/migrations.ts';
import { loadOverrides } from '../store/override-store.ts';
import { type Duties, noDuties } from '../tickets/duties.ts';
import type { WatchCommand, WatchWorld } from './decide.ts';
import { draftNote, SOON_DAYS } from './draft.ts';
import { leavingTickets } from './leaving.ts';
import { notOffered, unknownSeat } from './refusals.ts';

export interface WatchDeskParts {
  readonly db: Kysely<RulesTables>;
  readonly engine: Pick<Engine, 'desk' | 'tickets' | 'saidBy'>;
  readonly registry: Pick<RegistryCache, 'device' | 'devices'>;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly city: Pick<City, 'seats' | 'timeZone'>;
  readonly catalogue: () => Catalogue;
  readonly duties: () => Duties;
}

/** Finds what a command about watches, or a note that is to be shown, is decided by. Reads; writes nothing. */
export interface WatchDesk {
  /** What a command is decided by at its moment. */
  world(command: WatchCommand): Promise<WatchWorld | { readonly refused: Refusal }>;
  /** The note of a seat as it would be signed at `at` (ms) by whoever is on watch there. */
  draft(seat: string, at: number): Promise<{ readonly draft: HandoverDraft } | { readonly refused: Refusal }>;
}

export function watchDesk(parts: WatchDeskParts): WatchDesk {
  const { db, city } = parts;
  const seatOf = (id: string): Seat | { readonly refused: Refusal } => {
    const seats = seatsOf(city);
    return (
      seats.find((seat) => seat.id === id) ?? {
        refused: unknownSeat(
          id,
          seats.map((seat) => seat.id),
        ),
      }
    );
  };
  const drafter = async (seat: Seat, at: number, last: Handover | null): Promise<(from: By) => HandoverDraft> => {
    const { standing } = await loadOverrides(db);
    return (from) => draftOf(parts, { seat, at, last, standing, from });
  };
  const worldOf = async (seat: Seat, at: number): Promise<WatchWorld> => {
    const last = await lastTaken(db, seat.id);
    return {
      ...{ seat, at, last },
      open: (await openWatches(db)).find((watch) => watch.seat === seat.id) ?? null,
      offered: (await offeredHandovers(db)).find((one) => one.seat === seat.id) ?? null,
      staffed: mustBeStaffed(seat, at, city.timeZone),
      draft: await drafter(seat, at, last),
      ticket: (id) => parts.engine.tickets.byId(id),
      duties: parts.duties(),
      dutyListEmpty: parts.duties() === noDuties,
    };
  };
  return {
    async world(command) {
      const id = command.type === 'watch.take-over' ? (await handoverOf(db, command.handover))?.seat : command.seat;
      if (id === undefined) return { refused: notOffered };
      const seat = seatOf(id);
      return 'refused' in seat ? seat : worldOf(seat, command.at);
    },
    async draft(id, at) {
      const seat = seatOf(id);
      if ('refused' in seat) return seat;
      const { draft, open } = await worldOf(seat, at);
      return { draft: draft(open?.by ?? nobody) };
    },
  };
}

/** At an empty seat a note names nobody's tickets as his. */
const nobody: By = { id: '', name: '', role: 'system' };

interface Moment {
  readonly seat: Seat;
  readonly at: number;
  readonly last: Handover | null;
  readonly standing: readonly StandingOverride[];
  readonly from: By;
}

function draftOf(parts: WatchDeskParts, { seat, at, last, standing, from }: Moment): HandoverDraft {
  const { engine, registry, types, city, duties, catalogue } = parts;
  const today = zoneOf(city.timeZone).local(at).date;
  const ofType = categoriesByType(catalogue());
  const tickets = [...engine.tickets.all()];
  return draftNote({
    ...{ seat, at, last, standing, tickets },
    alarms: [...engine.desk.open()],
    ledger: ledger(registry.devices(), types, engine.saidBy, today, { within: SOON_DAYS }),
    leaving: leavingTickets({ seat, tickets, from, duties: duties(), at }),
    categoriesOfType: (type) => ofType.get(type) ?? [],
    deviceOf: (id) => registry.device(id),
  });
}
