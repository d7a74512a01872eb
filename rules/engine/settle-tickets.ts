import { itemsOf } from '../../devices/city/items-of.ts';
import type { Catalogue } from '../../devices/contract/catalogue.ts';
import type { TicketAlarm } from '../../devices/contract/ticket.ts';
import { isGood } from '../../devices/model/quality.ts';
import { clauseOfItem } from '../standards/compile.ts';
import { deadlinesUnder } from '../standards/deadlines.ts';
import { type TicketBook, ticketBook } from '../tickets/book.ts';
import type { AlarmFreshness } from '../tickets/closing.ts';
import { noDuties } from '../tickets/duties.ts';
import type { Standards } from '../tickets/open.ts';
import type { Core } from './core.ts';
import { isDemonstration } from './demonstration.ts';
import { whyNotOver } from './witness.ts';

/** The tickets of an engine: they ask its newest readings, its standards and the duty list. */
export const ticketsOf = (core: Core, inForce: () => Catalogue | undefined): TicketBook =>
  ticketBook({
    city: core.parts.city,
    calendar: { working: core.parts.city.working, zone: core.zone },
    duties: core.parts.duties ?? (() => noDuties),
    standards: standardsFor(core, inForce),
    freshness: (alarm) => freshnessOf(core, alarm),
    gridOf: (device) => core.units.get(device)?.device.grid,
    isDemo: () => isDemonstration(core),
  });

/** What the standards in force say; procedures are found in earlier ones too, for alarms that were raised under those. */
export function standardsFor(core: Core, inForce: () => Catalogue | undefined): Standards {
  const catalogues = (): readonly Catalogue[] => {
    const now = inForce();
    const all = core.standards.known.map(({ catalogue }) => catalogue).reverse();
    return now ? [now, ...all] : all;
  };
  return {
    itemOf(code) {
      const now = catalogues()[0];
      return now && itemsOf(now).find((item) => item.code === code);
    },
    clauseOf(item) {
      const now = catalogues()[0];
      return clauseOfItem(item, now?.version ?? core.parts.version, now?.procedures ?? {});
    },
    procedureOf(reference) {
      const [id = '', version] = reference.split('@');
      for (const { procedures } of catalogues()) if (procedures[id]?.version === version) return procedures[id];
      return undefined;
    },
    deadlinesUnder: (item, priority, from) =>
      deadlinesUnder(item.timeLimit, priority, from, core.parts.city, core.zone),
  };
}

/** How fresh and how sound the word of a ticket's alarm is. */
function freshnessOf(core: Core, { id, device, measurement }: TicketAlarm): AlarmFreshness {
  const alarm = core.desk.byId(id);
  const refused = alarm ? whyNotOver(core, alarm) : null;
  const doubt = refused && { zh: refused.zh, en: refused.en };
  const unit = core.units.get(device);
  // What the platform says of itself and of gateways is as fresh as its own time.
  if (!unit) return { goodAt: core.time.lastTick, doubt };
  const index = unit.plan.indexOf.get(measurement);
  if (index === undefined) return { goodAt: Number.isNaN(unit.newestAt) ? null : unit.newestAt, doubt };
  const at = core.units.columns.times[unit.m + index]!;
  const good = isGood(core.units.columns.qualities[unit.m + index]!) && !Number.isNaN(at);
  return { goodAt: good ? at : null, doubt };
}

/** Lets the alarms that changed, or all that are open, find their tickets, and lets clocks run; drills that are gone end theirs. */
export function settleTickets(core: Core, tickets: TicketBook, all: boolean): void {
  const at = core.time.lastTick;
  if (core.silent || Number.isNaN(at)) return;
  tickets.settle(all ? [...core.desk.open(), ...core.desk.changed()] : core.desk.changed(), at);
  if (drillsSeen.get(tickets) === core.registered.devices) return;
  tickets.endDrills((device) => core.units.get(device) !== undefined, at);
  drillsSeen.set(tickets, core.registered.devices);
}
/** The registry's count of changes up to which drills were looked for; a start looks once. */
const drillsSeen = new WeakMap<TicketBook, number>();
