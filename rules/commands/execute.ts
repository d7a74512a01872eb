import type { Transaction } from 'kysely';
import type { CampaignDraft } from '../../devices/contract/campaign.ts';
import type { Command, CommandOutcome, Refusal, RegistryPut } from '../../devices/contract/command.ts';
import type { DutyRecords } from '../../devices/contract/duty.ts';
import type { Readmitted } from '../../devices/contract/quarantine.ts';
import type { Device, RegistryChange } from '../../devices/contract/registry.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import { checkRegistryPut } from '../../devices/registry/check.ts';
import type { Fault } from '../../devices/registry/fault.ts';
import type { RegistryCache } from '../../devices/registry/registry-cache.ts';
import { putRegistry, removeFromRegistry, revokeCredentials } from '../../devices/registry/registry-store.ts';
import { sha256 } from '../campaigns/draw.ts';
import type { RulesTables } from '../store/migrations.ts';
import { notRegistered, registryFaults } from './refusals.ts';

/** What a command did, before it is committed. */
export interface Executed {
  readonly outcome: CommandOutcome;
  /** Registry changes it wrote: to be published, and taken into the cache once committed. */
  readonly changes: readonly RegistryChange[];
}

export interface CommandParts {
  /** The registry as committed, ahead of the journal. */
  readonly registry: RegistryCache;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly areas: readonly string[];
  /** What the standards in force say against a device's constants. */
  readonly limitFaults: (device: Device) => readonly Fault[];
}

/** Carries out a registry command inside the transaction. Refusals write nothing. */
export async function executeOnRegistry(
  trx: Transaction<RulesTables>,
  command: Extract<Command, { type: 'registry.put' | 'registry.remove' | 'credential.revoke' }>,
  parts: CommandParts,
): Promise<Executed> {
  const { registry, types, areas } = parts;
  const done = (changed: readonly string[], changes: readonly RegistryChange[]): Executed => ({
    outcome: { done: true, changed },
    changes,
  });
  const refuse = (refused: Refusal): Executed => ({ outcome: { refused }, changes: [] });
  switch (command.type) {
    case 'registry.put': {
      const faults = checkRegistryPut(command.put, registry, types, areas);
      faults.push(...command.put.devices.flatMap(parts.limitFaults));
      if (faults.length > 0) return refuse(registryFaults(faults));
      const changes = await putRegistry(trx, command.put, command.at);
      return done(changes.map(idOf), changes);
    }
    case 'registry.remove': {
      const changes = await removeFromRegistry(trx, command.kind, command.ids, command.at);
      const gone = changes.filter((change) => 'remove' in change).map(idOf);
      return gone.length === 0 ? refuse(notRegistered(command.kind, command.ids)) : done(gone, changes);
    }
    case 'credential.revoke': {
      const changes = await revokeCredentials(trx, command.subject, command.at);
      const known = registry.credentialsOf(command.subject).length > 0;
      return known ? done(changes.map(idOf), changes) : refuse(notRegistered('credential of', [command.subject]));
    }
  }
}

/** What became of refused messages that were judged again, as the outcome of the command that asked for it. */
export const readmitOutcome = ({ readmitted, refused }: Readmitted): CommandOutcome => ({
  done: true,
  changed: readmitted.map(String),
  ...(refused.length > 0 && { refused: refused.slice(0, SHOWN).map((one) => ({ ...one, id: String(one.id) })) }),
});

/** Refusals that an outcome lists; the quarantine has them all. */
const SHOWN = 100;

const idOf = (change: RegistryChange): string => ('put' in change ? change.record.id : change.id);

/** The command as the audit keeps it: without anything that opens a door. */
export function withoutSecrets(command: Command): unknown {
  if (command.type === 'duty.put') return { ...command, put: withoutNumbers(command.put) };
  if (command.type === 'campaign.begin') return { ...command, draft: withoutPlaces(command.draft) };
  if (command.type === 'notify.subscribe') return { ...command, browser: { name: command.browser.name } };
  if (command.type !== 'registry.put') return command;
  const put: RegistryPut = {
    ...command.put,
    credentials: command.put.credentials.map(({ hash, ...rest }) =>
      hash === undefined ? rest : { ...rest, hash: '••••' },
    ),
  };
  const { contacts } = put;
  return {
    ...command,
    put: { ...put, ...(contacts && { contacts: contacts.map((one) => ({ ...one, phone: '••••' })) }) },
  };
}

/** Records of responsibility without the numbers and addresses of people: they stand in the records themselves. */
const withoutNumbers = (put: DutyRecords): DutyRecords => ({
  ...put,
  persons: put.persons.map(({ phone, channels, ...person }) => ({
    ...person,
    ...(phone !== undefined && { phone: '••••' }),
    channels: channels.map(({ kind, address }) => (address === undefined ? { kind } : { kind, address: '••••' })),
  })),
});

/**
 * A campaign without where it goes: whoever knows the list, or the seed of its lot, knows where an unannounced visit will be. The
 * audit keeps what proves both later.
 */
function withoutPlaces({ draw, sites, places, ...draft }: CampaignDraft): unknown {
  const hashed = (what: unknown) => `sha256:${sha256(typeof what === 'string' ? what : JSON.stringify(what))}`;
  return {
    ...draft,
    ...(draw && { draw: { ...draw, seed: hashed(draw.seed) } }),
    ...(sites && { sites: hashed(sites), siteCount: sites.length }),
    ...(places && { places: hashed(places), placeCount: places.length }),
  };
}
