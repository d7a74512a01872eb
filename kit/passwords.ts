import { hash, verify } from '@node-rs/argon2';

/** The least characters of a password that somebody chooses. */
export const MIN_PASSWORD = 12;

/** Whether a password is long enough to be taken. */
export const isLongEnough = (password: string): boolean => password.length >= MIN_PASSWORD;

/** What is kept of a password: argon2id, worked out in a thread of its own. */
export const hashPassword = (password: string): Promise<string> => hash(password);

/**
 * Whether `password` is the one that `kept` was made of. An account that does not exist is asked the same way with undefined,
 * so that the answer's time tells nothing about which names there are.
 */
export async function isPassword(kept: string | undefined, password: string): Promise<boolean> {
  const right = await verify(kept ?? decoy, password);
  return right && kept !== undefined;
}

/** Verifies no password that anybody has. */
const decoy = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$4n6uUqGYVHo7lHJpCDBTeo8rjkGgBWJrgBZEP2cnXmM';
