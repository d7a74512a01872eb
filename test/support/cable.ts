import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A network between two programs that can be spoiled. It listens on loopback and carries TCP to one port. */
export interface Cable {
  /** Where to connect instead of the real port. */
  readonly port: number;
  /** Connections it carries now. */
  readonly carrying: number;
  /** Connections that were made through it since the start. */
  readonly made: number;
  /** Swallows every byte both ways and answers no new connection; nobody is told: a cut that only time-outs notice. */
  cut(): void;
  /** Resets every connection and refuses new ones. */
  unplug(): void;
  /** Carries again; what was swallowed is gone, so its connections are reset. */
  mend(): void;
  /** Every chunk from now on arrives so much later, ms; `jitter` adds up to that much again, order kept (it is TCP). */
  delay(ms: number, jitter?: number): void;
  stop(): Promise<void>;
}

/** Lays a cable to `to` on loopback. */
export async function layCable(to: number, random: () => number = Math.random): Promise<Cable> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: 'whole' | 'cut' | 'unplugged' = 'whole';
  let delayMs = 0;
  let jitterMs = 0;

  const reset = () => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
    pairs.clear();
  };

  /** Carries one direction; chunks queue behind each other, so that a delay never reorders them. */
  const carry = (from: Socket, onto: Socket) => {
    let last = Promise.resolve();
    from.on('data', (chunk) => {
      if (state !== 'whole') return;
      const wait = delayMs + random() * jitterMs;
      if (wait === 0 && onto.writable) {
        last = last.then(() => void (state === 'whole' && onto.write(chunk)));
        return;
      }
      const due = pause(wait);
      last = last.then(() => due).then(() => void (state === 'whole' && onto.writable && onto.write(chunk)));
    });
    from.on('end', () => void last.then(() => state === 'whole' && onto.end()));
    from.on('error', () => {});
    from.on('close', () => void last.then(() => state !== 'cut' && onto.destroy()));
  };

  let made = 0;
  const server = createServer((near) => {
    made += 1;
    if (state === 'unplugged') return void near.resetAndDestroy();
    const far = connect(to, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    near.setNoDelay(true);
    far.setNoDelay(true);
    carry(near, far);
    carry(far, near);
    near.on('close', () => pairs.delete(pair));
    // The server behind is down: the caller is to feel it.
    far.on('error', () => state === 'whole' && near.resetAndDestroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');

  return {
    port: address.port,
    get made() {
      return made;
    },
    get carrying() {
      return pairs.size;
    },
    cut() {
      state = 'cut';
    },
    unplug() {
      state = 'unplugged';
      reset();
    },
    mend() {
      reset();
      state = 'whole';
    },
    delay(ms, jitter = 0) {
      delayMs = ms;
      jitterMs = jitter;
    },
    async stop() {
      state = 'unplugged';
      reset();
      server.close();
      await once(server, 'close');
    },
  };
}
