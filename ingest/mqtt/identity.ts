import type { Credential } from '../../devices/contract/registry.ts';
import { hashSecret } from '../../devices/registry/credentials.ts';

/** Who a connection speaks as. */
export interface Identity {
  /** Device or gateway id. */
  readonly subject: string;
  /** Id of the credential it proved. */
  readonly credential: string;
}

/** CONNACK return codes (MQTT 3.1.1 §3.2.2.3). */
export const BAD_CREDENTIALS = 4;
export const NOT_AUTHORIZED = 5;

export type Proof =
  | { readonly identity: Identity }
  | { readonly refused: typeof BAD_CREDENTIALS | typeof NOT_AUTHORIZED };

/** What a client shows of itself. */
export interface Shown {
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  /** SHA-256 of a client certificate that the TLS layer has verified; lower-case hex. */
  readonly fingerprint?: string | undefined;
}

/** What identification asks of the registry. */
export interface CredentialBook {
  /** The token credential with this hash, revoked or not. */
  byToken(hash: string): Credential | undefined;
  /** The password credential of this user name, revoked or not. */
  byName(kind: 'password' | 'certificate', name: string): Credential | undefined;
}

/**
 * Finds whose credential was shown. A verified certificate first; then the user name as an access token when no password
 * (or an empty one) comes with it; else user name and password. Nobody comes in without one.
 */
export function identify({ username, password, fingerprint }: Shown, book: CredentialBook): Proof {
  const credential =
    (fingerprint ? book.byName('certificate', fingerprint) : undefined) ??
    (username === undefined || username === '' ? undefined : byUserName(username, password, book));
  if (!credential) return { refused: username || fingerprint ? BAD_CREDENTIALS : NOT_AUTHORIZED };
  if (credential.revoked) return { refused: NOT_AUTHORIZED };
  return { identity: { subject: credential.subject, credential: credential.id } };
}

function byUserName(username: string, password: Uint8Array | undefined, book: CredentialBook): Credential | undefined {
  if (!password || password.length === 0) return book.byToken(hashSecret(username));
  const named = book.byName('password', username);
  // Both sides are hashes of random secrets: comparing them in plain time tells nothing about the secret.
  return named && named.hash === hashSecret(password) ? named : undefined;
}
