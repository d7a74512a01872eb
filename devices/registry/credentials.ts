import { createHash, randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 26;

/** A secret that is shown once, and what is stored of it. */
export interface NewToken {
  readonly secret: string;
  readonly hash: string;
}

/** 26 characters of base62 from the system's random source: 154 bits, typeable into a device's form. */
export function newToken(): NewToken {
  const secret = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return { secret, hash: hashSecret(secret) };
}

/**
 * Lower-case hex SHA-256. A plain hash is enough, and fast enough for every connection, because the secrets are random
 * and long; people's passwords are another matter and never stored this way.
 */
export function hashSecret(secret: string | Uint8Array): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** A certificate fingerprint as it is stored: lower-case hex without colons (`AA:BB:…` is what openssl prints). */
export const fingerprintOf = (shown: string): string => shown.replaceAll(':', '').toLowerCase();
