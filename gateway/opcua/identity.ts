import { readFileSync } from 'node:fs';
import { type UserIdentityInfo, UserTokenType } from 'node-opcua-client';
import type { OpcuaSource } from '../config.ts';
import { toDer } from './pki.ts';

/**
 * As whom we sign in at a server: a name with its password, a certificate of our own, or, only where the configuration says so,
 * nobody. Throws when the certificate's files cannot be read.
 */
export function identityOf({
  username,
  password,
  userCertificate,
}: Pick<OpcuaSource, 'username' | 'password' | 'userCertificate'>): UserIdentityInfo {
  if (userCertificate)
    return {
      type: UserTokenType.Certificate,
      certificateData: toDer(readFileSync(userCertificate.certificate)),
      privateKey: readFileSync(userCertificate.key, 'utf8'),
    };
  if (username !== undefined) return { type: UserTokenType.UserName, userName: username, password: password ?? '' };
  return { type: UserTokenType.Anonymous };
}
