import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPCUACertificateManager } from 'node-opcua-certificate-manager';
import { MessageSecurityMode, OPCUAClient, type UserTokenPolicy, UserTokenType } from 'node-opcua-client';
import { infoOf } from './pki.ts';

/** One way to connect that a server offers. */
export interface OfferedEndpoint {
  readonly url: string;
  readonly mode: string;
  readonly policy: string;
  /** How one may sign in. */
  readonly identities: readonly string[];
  /** SHA-1 of the server's certificate, to compare with its owner; '' where it shows none. */
  readonly sha1: string;
  readonly applicationUri: string;
  readonly serverName: string;
  /** Higher is better; 0 is not to be used outside a lab. */
  readonly rank: number;
}

/** Policies we speak, best first (OPC 10000-7; Basic128Rsa15 and Basic256 are withdrawn). */
const policies = ['Aes256_Sha256_RsaPss', 'Aes128_Sha256_RsaOaep', 'Basic256Sha256'];

/** How good an offer is. Signed only is as bad as nothing, since the values can be read; so is what we do not speak. */
export function rankOf(mode: string, policy: string): number {
  const at = policies.indexOf(policy);
  return mode === 'SignAndEncrypt' && at >= 0 ? policies.length - at : 0;
}

const identityNames: Readonly<Record<number, string>> = {
  [UserTokenType.Anonymous]: 'anonymous',
  [UserTokenType.UserName]: 'username',
  [UserTokenType.Certificate]: 'userCertificate',
  [UserTokenType.IssuedToken]: 'token',
};

/** Asks a server what it offers, best first; no certificate is needed and nothing is trusted by it. */
export async function offeredEndpoints(url: string): Promise<OfferedEndpoint[]> {
  // The library wants a key even where none is used; its own place for one is a folder of the whole account.
  const rootFolder = await mkdtemp(join(tmpdir(), 'yanshao-endpoints-'));
  const manager = new OPCUACertificateManager({ rootFolder, disableFileWatchers: true });
  const client = OPCUAClient.create({
    clientCertificateManager: manager,
    endpointMustExist: false,
    transportTimeout: 10_000,
    connectionStrategy: { initialDelay: 200, maxDelay: 1_000, maxRetry: 0 },
  });
  try {
    await client.connect(url);
    const offers = await client.getEndpoints();
    return offers
      .map((offer) => {
        const mode = MessageSecurityMode[offer.securityMode] ?? String(offer.securityMode);
        const policy = offer.securityPolicyUri?.split('#')[1] ?? '';
        return {
          url: offer.endpointUrl ?? url,
          mode,
          policy,
          identities: [...new Set((offer.userIdentityTokens ?? []).map(identityName))],
          sha1: thumbprint(offer.serverCertificate),
          applicationUri: offer.server.applicationUri ?? '',
          serverName: offer.server.applicationName.text ?? '',
          rank: rankOf(mode, policy),
        };
      })
      .sort((a, b) => b.rank - a.rank);
  } finally {
    await client.disconnect().catch(() => undefined);
    await manager.dispose().catch(() => undefined);
    await rm(rootFolder, { recursive: true, force: true });
  }
}

const identityName = ({ tokenType }: UserTokenPolicy): string => identityNames[tokenType] ?? String(tokenType);

function thumbprint(der: Buffer | null): string {
  try {
    return der && der.length > 0 ? infoOf('rejected', '', der).sha1 : '';
  } catch {
    return '';
  }
}
