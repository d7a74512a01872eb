import type { RegistryPut } from '../../devices/contract/command.ts';
import type { Credential } from '../../devices/contract/registry.ts';
import { hashSecret, newToken } from '../../devices/registry/credentials.ts';
import type { DemoPlan } from './plan.ts';

/** Secrets of one demonstration, fresh at every start and kept nowhere but in the processes that need them. */
export interface DemoSecrets {
  /** Access tokens at the platform's MQTT door: devices with their own connection and replayed ones, by device id. */
  readonly devices: Readonly<Record<string, string>>;
  /** Access tokens of the gateways' uplinks, by gateway id. */
  readonly gateways: Readonly<Record<string, string>>;
  /** Passwords in the simulated field; a user name is the device's or gateway's id. Gateways use theirs for OPC UA too. */
  readonly field: {
    readonly devices: Readonly<Record<string, string>>;
    readonly gateways: Readonly<Record<string, string>>;
  };
}

/**
 * Gives everything in the plan its random secrets. The registry gets the hashes of what is shown at the platform's door
 * (devices with their own connection, gateways); field passwords are between the field broker and its clients.
 */
export function withCredentials(plan: DemoPlan, created: number): { put: RegistryPut; secrets: DemoSecrets } {
  const tokens = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, newToken().secret]));
  const ids = (...ways: readonly string[]) =>
    plan.put.devices.map(({ id }) => id).filter((id) => ways.includes(plan.routes[id]?.by ?? ''));
  const gatewayIds = plan.put.gateways.map(({ id }) => id);
  const devices = tokens(ids('mqtt', 'replay'));
  const gateways = tokens(gatewayIds);
  const secrets: DemoSecrets = {
    devices,
    gateways,
    field: { devices: tokens(ids('field')), gateways: tokens(gatewayIds) },
  };
  return { put: { ...plan.put, credentials: credentialsFor({ ...devices, ...gateways }, created) }, secrets };
}

/** Registry records for tokens by subject: the hash, never the token. */
export const credentialsFor = (tokens: Readonly<Record<string, string>>, created: number): Credential[] =>
  Object.entries(tokens).map(([subject, token]) => ({
    // A credential's id may be no longer than a device's: the ending is cut, not the limit broken.
    id: `${subject.slice(0, 58)}.token`,
    subject,
    kind: 'token',
    hash: hashSecret(token),
    revoked: false,
    created,
  }));
