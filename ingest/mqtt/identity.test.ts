import { describe, expect, it } from 'vitest';
import { credentialSchema } from '../../devices/contract/registry.ts';
import { hashSecret } from '../../devices/registry/credentials.ts';
import { emptyRegistry, registryCache } from '../../devices/registry/registry-cache.ts';
import { BAD_CREDENTIALS, identify, NOT_AUTHORIZED, type Shown } from './identity.ts';

const credential = (id: string, over: object) =>
  credentialSchema.parse({ id, subject: `s-${id}`, kind: 'token', created: 0, ...over });
const book = registryCache({
  ...emptyRegistry,
  credentials: [
    credential('token', { hash: hashSecret('a-token-of-26-characters') }),
    credential('revoked', { hash: hashSecret('an-old-token-of-26-chars'), revoked: true }),
    credential('password', { kind: 'password', name: 'vendor-7', hash: hashSecret('a-long-random-password') }),
    credential('certificate', { kind: 'certificate', name: 'AA:BB:0C' }),
  ],
});
const shown = (over: Partial<Shown>): Shown => ({ username: undefined, password: undefined, ...over });
const bytes = (text: string) => Buffer.from(text);

describe('who a client is', () => {
  it.each([
    ['a token as its user name', { username: 'a-token-of-26-characters' }, 's-token'],
    ['a token with an empty password', { username: 'a-token-of-26-characters', password: bytes('') }, 's-token'],
    ['user name and password', { username: 'vendor-7', password: bytes('a-long-random-password') }, 's-password'],
    ['a certificate that TLS has verified', { fingerprint: 'aa:bb:0c' }, 's-certificate'],
  ])('follows from %s', (_what, over, subject) => {
    expect(identify(shown(over), book)).toMatchObject({ identity: { subject } });
  });

  it.each([
    ['nothing at all', {}, NOT_AUTHORIZED],
    ['a password alone', { password: bytes('a-long-random-password') }, NOT_AUTHORIZED],
    ['a token nobody has', { username: 'no-token-of-26-characters' }, BAD_CREDENTIALS],
    ['a token with a password', { username: 'a-token-of-26-characters', password: bytes('x') }, BAD_CREDENTIALS],
    ['a wrong password', { username: 'vendor-7', password: bytes('guess') }, BAD_CREDENTIALS],
    ['a user name without its password', { username: 'vendor-7' }, BAD_CREDENTIALS],
    ['a certificate nobody registered', { fingerprint: 'ff' }, BAD_CREDENTIALS],
    ['a revoked token', { username: 'an-old-token-of-26-chars' }, NOT_AUTHORIZED],
  ])('is refused for %s', (_what, over, refused) => {
    expect(identify(shown(over), book)).toEqual({ refused });
  });
});
