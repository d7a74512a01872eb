import type { Kysely, Transaction } from 'kysely';
import { categoriesByType, categoriesOf, seatsOf } from '../../devices/city/seats.ts';
import type { Catalogue } from '../../devices/contract/catalogue.ts';
import type { City } from '../../devices/contract/city.ts';
import type { CommandOutcome } from '../../devices/contract/command.ts';
import type { RegistryChange } from '../../devices/contract/registry.ts';
import { drillOf, measured, runningDrills } from '../../devices/drills/read-drills.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import { checkRegistryPut } from '../../devices/registry/check.ts';
import { hashSecret } from '../../devices/registry/credentials.ts';
import type { RegistryCache } from '../../devices/registry/registry-cache.ts';
import { putRegistry, removeFromRegistry } from '../../devices/registry/registry-store.ts';
import { zoneOf } from '../../kit/local-time.ts';
import { registryFaults } from '../commands/refusals.ts';
import { dayNumbers } from '../day-numbers.ts';
import type { Engine } from '../engine/engine.ts';
import { writeDrill } from '../store/drill-store.ts';
import { lastNumber } from '../store/last-number.ts';
import type { RulesTables } from '../store/migrations.ts';
import { type DrillCommand, endDrill, type StartWorld, sentOf, startDrill } from './decide.ts';
import { playOf } from './scenario.ts';

export interface DrillDeskParts {
  readonly db: Kysely<RulesTables>;
  readonly engine: Pick<Engine, 'desk' | 'inForce'>;
  readonly registry: RegistryCache;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly city: Pick<City, 'seats' | 'areas' | 'timeZone' | 'notify'>;
  readonly catalogue: () => Catalogue;
  /** The token with which a drill's detector signs in. */
  readonly token: (drill: string) => string;
}

/** What a command about drills did, inside its transaction. */
export interface DrillDone {
  readonly outcome: CommandOutcome;
  /** Registry changes it wrote: to be published, and taken into the cache once committed. */
  readonly changes: readonly RegistryChange[];
}

/**
 * Carries out a command about drills inside the transaction: the record, and with it the detector that comes or goes. What its
 * going ends follows from the registry's change, in the order of the journal. `changed` names the drill. Refusals write nothing.
 */
export async function executeOnDrills(
  trx: Transaction<RulesTables>,
  parts: DrillDeskParts,
  command: DrillCommand,
): Promise<DrillDone> {
  switch (command.type) {
    case 'drill.start':
      return start(trx, parts, command);
    case 'drill.end': {
      const drill = await drillOf(trx, command.drill);
      const report = drill && (await measured(trx, parts.city, drill, command.at));
      const ended = endDrill(drill, command, report);
      if ('refused' in ended) return nothing(ended);
      await writeDrill(trx, ended.drill);
      return done(command.drill, await removeFromRegistry(trx, 'device', [command.drill], command.at));
    }
    case 'drill.sent': {
      const sent = sentOf(await drillOf(trx, command.drill), command);
      if ('refused' in sent) return nothing(sent);
      await writeDrill(trx, sent.drill);
      return done(command.drill, []);
    }
  }
}

async function start(
  trx: Transaction<RulesTables>,
  parts: DrillDeskParts,
  command: Extract<DrillCommand, { type: 'drill.start' }>,
): Promise<DrillDone> {
  const { registry, types, city } = parts;
  const begun = startDrill(await worldOf(trx, parts, command), command);
  if ('refused' in begun) return nothing(begun);
  const areas = city.areas.map(({ code }) => code);
  const faults = checkRegistryPut(begun.put, registry, types, areas);
  if (faults.length > 0) return nothing({ refused: registryFaults(faults) });
  await writeDrill(trx, begun.drill);
  return done(begun.drill.id, await putRegistry(trx, begun.put, command.at));
}

async function worldOf(
  trx: Transaction<RulesTables>,
  { engine, registry, city, catalogue, token }: DrillDeskParts,
  { device: wanted, rule, crew, at }: Extract<DrillCommand, { type: 'drill.start' }>,
): Promise<StartWorld> {
  const device = registry.device(wanted);
  const plan = device && engine.inForce().catalogue.planOf(device);
  const ofType = categoriesByType(catalogue());
  const numbers = dayNumbers(zoneOf(city.timeZone), 'D');
  numbers.load(await lastNumber(trx, 'drills'));
  return {
    seats: seatsOf(city),
    device,
    devices: registry.devices(),
    play: device && plan ? playOf(plan, device, rule) : null,
    crewKnown: crew === undefined || registry.beside.of('crew').has(crew),
    running: await runningDrills(trx),
    open: engine.desk.open(),
    categoriesOf: (alarm) => categoriesOf(alarm, (type) => ofType.get(type) ?? []),
    nextId: () => numbers.next(at),
    tokenHash: (drill) => hashSecret(token(drill)),
  };
}

const done = (id: string, changes: readonly RegistryChange[]): DrillDone => ({
  outcome: { done: true, changed: [id] },
  changes,
});
const nothing = ({ refused }: Extract<CommandOutcome, { readonly refused: unknown }>): DrillDone => ({
  outcome: { refused } as CommandOutcome,
  changes: [],
});
