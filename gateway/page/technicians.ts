import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { hashSecret, newToken } from '../../devices/registry/credentials.ts';
import { attempts } from '../../kit/attempts.ts';
import { hashPassword, isLongEnough, isPassword } from '../../kit/passwords.ts';
import { replaceFile } from '../../kit/replace-file.ts';
import type { TextKey } from './texts.ts';

/** Somebody signed in at the gateway's page. */
export interface SignedIn {
  readonly name: string;
  /** What a form must send back. */
  readonly csrf: string;
}

/** Why somebody was not let in, in words of the page. */
export interface Refused {
  readonly refused: TextKey;
  readonly seconds?: number;
}

/** Who may look at a gateway's page: accounts of its own, since the platform may be out of reach when they are needed. */
export interface Technicians {
  /** A new one-time link's secret while nobody has an account; null once somebody has. */
  firstLink(): Promise<string | null>;
  claim(link: string, name: string, password: string): Promise<string | Refused>;
  /** The cookie of a new session. */
  signIn(name: string, password: string, address: string): Promise<string | Refused>;
  signOut(cookie: string): void;
  bySession(cookie: string): SignedIn | null;
}

const fileSchema = z.object({
  technicians: z.array(z.object({ name: z.string(), password: z.string(), created: z.number() })),
});
type Kept = z.infer<typeof fileSchema>;

const sessionMs = 12 * 3_600_000;
const mostSessions = 100;

/**
 * Technicians of one gateway, in the file at `path`. Sessions live in memory: a restart asks everybody again. The file is read
 * at each sign-in, so that `yanshao gateway user` counts at once. `now` is the world's time, ms.
 */
export function technicians(path: string, now: () => number): Technicians {
  const sessions = new Map<string, SignedIn & { until: number }>();
  const failed = attempts(now);
  let link: string | null = null;

  const open = (name: string): string => {
    const { secret, hash } = newToken();
    for (const [key, { until }] of sessions) if (until < now()) sessions.delete(key);
    if (sessions.size >= mostSessions) sessions.delete(sessions.keys().next().value as string);
    sessions.set(hash, { name, csrf: newToken().secret, until: now() + sessionMs });
    return secret;
  };
  return {
    async firstLink() {
      if ((await readKept(path)).technicians.length > 0) return null;
      const { secret, hash } = newToken();
      link = hash;
      return secret;
    },
    async claim(given, name, password) {
      if (link === null || hashSecret(given) !== link || (await readKept(path)).technicians.length > 0)
        return { refused: 'linkUsed' };
      const fault = faultOf(name, password);
      if (fault) return fault;
      // Taken before the hash is worked out: of two at once one comes too late.
      link = null;
      await setTechnician(path, name, password, now());
      return open(name);
    },
    async signIn(name, password, address) {
      const lockedMs = failed.begin(name, address);
      if (lockedMs > 0) return { refused: 'locked', seconds: Math.ceil(lockedMs / 1000) };
      const kept = (await readKept(path)).technicians.find((one) => one.name === name);
      if (!(await isPassword(kept?.password, password))) return { refused: 'wrong' };
      failed.succeeded(name, address);
      return open(name);
    },
    signOut: (cookie) => void sessions.delete(hashSecret(cookie)),
    bySession(cookie) {
      const held = sessions.get(hashSecret(cookie));
      return held && held.until > now() ? held : null;
    },
  };
}

/** What is wrong with a name or password somebody wants to have; undefined for nothing. */
export function faultOf(name: string, password: string): Refused | undefined {
  if (!/^[\p{Letter}\p{Number}._-]{2,40}$/u.test(name)) return { refused: 'badName' };
  return isLongEnough(password) ? undefined : { refused: 'weak' };
}

/** Gives a technician an account or a new password. */
export async function setTechnician(path: string, name: string, password: string, now: number): Promise<void> {
  const hashed = await hashPassword(password);
  const others = (await readKept(path)).technicians.filter((one) => one.name !== name);
  const kept: Kept = { technicians: [...others, { name, password: hashed, created: now }] };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceFile(path, JSON.stringify(kept, null, 2));
}

async function readKept(path: string): Promise<Kept> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') return { technicians: [] };
    throw err;
  }
  return fileSchema.parse(JSON.parse(text));
}
