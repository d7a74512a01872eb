import type { OPCUACertificateManager } from 'node-opcua-certificate-manager';
import { type ClientSession, MessageSecurityMode, OPCUAClient, SecurityPolicy } from 'node-opcua-client';
import type { OpcuaSource } from '../config.ts';
import { identityOf } from './identity.ts';
import { applicationUriOf } from './trust.ts';

/** A server as somebody looks at it once: where it is, how the line is secured, and who signs in. */
export type Server = Pick<
  OpcuaSource,
  'endpoint' | 'security' | 'username' | 'password' | 'anonymous' | 'userCertificate'
>;

/** How long a person waits for a server before hearing that it does not answer, ms. */
const patienceMs = 10_000;

/** A client with the gateway's own name and certificate that tries once and does not come back. */
export const lookingClient = (
  gateway: string,
  manager: OPCUACertificateManager,
  { security }: Pick<Server, 'security'>,
) =>
  OPCUAClient.create({
    applicationName: 'Yanshao gateway',
    applicationUri: applicationUriOf(gateway),
    clientName: `${gateway} (looking)`,
    securityMode: security.mode === 'None' ? MessageSecurityMode.None : MessageSecurityMode.SignAndEncrypt,
    securityPolicy: SecurityPolicy[security.policy],
    clientCertificateManager: manager,
    endpointMustExist: false,
    transportTimeout: patienceMs,
    connectionStrategy: { initialDelay: 200, maxDelay: 1_000, maxRetry: 0 },
  });

/** Opens a session at a server, looks, and closes it, whatever happens. Nothing is subscribed to and nothing written. */
export async function looking<T>(
  gateway: string,
  manager: OPCUACertificateManager,
  server: Server,
  look: (session: ClientSession) => Promise<T>,
): Promise<T> {
  const client = lookingClient(gateway, manager, server);
  try {
    await client.connect(server.endpoint);
    const session = await client.createSession(identityOf(server));
    try {
      return await look(session);
    } finally {
      await session.close(true).catch(() => undefined);
    }
  } finally {
    await client.disconnect().catch(() => undefined);
  }
}
