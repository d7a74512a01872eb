import { isIPv6 } from 'node:net';
import { type Pace, type TokenBucket, tokenBucket } from './token-bucket.ts';

/** What one identity may do, over all its connections together. */
export interface IdentityLimits {
  readonly messages: Pace;
  readonly bytes: Pace;
  /** Connections at a time. */
  readonly connections: number;
  readonly attempts: Pace;
}

/** What one source address may do; many devices may stand behind one. */
export interface AddressLimits {
  readonly connections: number;
  readonly attempts: Pace;
  /** Sign-ins that may fail; each one beyond waits for its answer. */
  readonly failures: Pace;
}

/** What an identity has used of its limits. */
export interface Allowance {
  readonly limits: IdentityLimits;
  readonly messages: TokenBucket;
  readonly bytes: TokenBucket;
  readonly attempts: TokenBucket;
  connections: number;
}

interface Source {
  readonly attempts: TokenBucket;
  readonly failures: TokenBucket;
  connections: number;
  /** Refusals held back now. */
  waiting: number;
}

/** The longest that the answer to a failed sign-in is held back, ms. */
const LONGEST_WAIT_MS = 20_000;
/** Answers held back at a time for one address; beyond, the connection just ends. */
const MOST_WAITING = 100;

/** The books of who has used how much, by identity and by source address. */
export interface Allowances {
  /** A connection from `address` begins; false when there are too many or they come too fast. */
  arrive(address: string): boolean;
  /** A connection that was let in by `arrive` is gone. */
  leave(address: string): void;
  /**
   * A sign-in from `address` failed: how long its answer is held back, ms, or null when it should not be answered at all.
   * Devices with valid credentials behind the same address are not delayed by it.
   */
  failed(address: string): number | null;
  /** An answer that `failed` held back has been given. */
  answered(address: string): void;
  /** The allowance of an identity, made on first sight; later limits replace it only after a quiet time. */
  of(identity: string, limits: IdentityLimits): Allowance;
  /** Forgets whoever is gone and owes nothing. */
  sweep(): void;
  /** Identities and addresses remembered. */
  readonly size: number;
}

/** Empty books. `now` is a clock that only goes forward, ms. */
export function allowances(perAddress: AddressLimits, now: () => number): Allowances {
  const identities = new Map<string, Allowance>();
  const sources = new Map<string, Source>();
  const source = (address: string): Source => {
    const key = networkOf(address);
    let found = sources.get(key);
    if (!found) {
      found = {
        attempts: tokenBucket(perAddress.attempts, now),
        failures: tokenBucket(perAddress.failures, now),
        connections: 0,
        waiting: 0,
      };
      sources.set(key, found);
    }
    return found;
  };
  return {
    arrive(address) {
      const from = source(address);
      // One that is turned away takes no token: else a flood would keep everybody behind the address out for ever.
      if (from.connections >= perAddress.connections || from.attempts.owedMs() > 0) return false;
      from.attempts.take(1);
      from.connections++;
      return true;
    },
    leave(address) {
      source(address).connections--;
    },
    failed(address) {
      const from = source(address);
      const owed = Math.min(from.failures.take(1), LONGEST_WAIT_MS);
      if (from.waiting >= MOST_WAITING) return null;
      from.waiting++;
      return owed;
    },
    answered(address) {
      source(address).waiting--;
    },
    of(identity, limits) {
      let found = identities.get(identity);
      if (!found) {
        found = {
          limits,
          messages: tokenBucket(limits.messages, now),
          bytes: tokenBucket(limits.bytes, now),
          attempts: tokenBucket(limits.attempts, now),
          connections: 0,
        };
        identities.set(identity, found);
      }
      return found;
    },
    sweep() {
      for (const [identity, { connections, messages, bytes, attempts }] of identities) {
        if (connections === 0 && messages.full() && bytes.full() && attempts.full()) identities.delete(identity);
      }
      for (const [address, { connections, waiting, attempts, failures }] of sources) {
        if (connections === 0 && waiting === 0 && attempts.full() && failures.full()) sources.delete(address);
      }
    },
    get size() {
      return identities.size + sources.size;
    },
  };
}

/** What counts as one source: an IPv4 address, or the /64 that one subscriber of IPv6 has to choose from. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
