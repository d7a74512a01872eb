import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

/** Options of a TLS connection that believes the certificate of this PEM file and no other, whatever host it names. */
export const pinnedCertificate = (file: string): ConnectionOptions => ({
  ca: readFileSync(file),
  allowPartialTrustChain: true,
  checkServerIdentity: () => undefined,
});
