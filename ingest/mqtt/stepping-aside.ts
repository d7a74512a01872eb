import type { Client } from 'aedes';

/** aedes's (1.2.0) private pump: it reads when no packet of the last chunk is under way. Pinned exactly for it. */
interface Pump {
  _parsingBatch: number;
  readonly _paused?: boolean;
  _nextBatch(): void;
}

type Done = (err?: Error | null) => void;

/** One connection's messages that are under way. */
export interface Underway {
  /** A message of so many bytes begins; the answer is what its end is told to. */
  began(bytes: number, done: Done): Done;
  leave(): void;
}

/** Messages of one connection that may wait aside: more than a gateway has under way at a time. */
export const MOST_MESSAGES = 128;
/** Bytes of all connections that may. */
const MOST_BYTES = 64 * 1024 * 1024;
/** A connection on which nothing has ended for so long waits for the journal, ms. */
const STALLED_MS = 100;

/**
 * Lets a connection be read on while some of its messages wait for room in the journal, so that a gas alarm does not stand
 * behind a lamp's reading on the same line. What waits is not acknowledged; beyond the bounds the line is not read, and its
 * sender feels it.
 */
export function steppingAside(): { join(client: Client): Underway; readonly waiting: number; stop(): void } {
  const stalls = new Set<() => void>();
  let bytesUnderway = 0;
  let waiting = 0;
  const timer = setInterval(() => {
    for (const look of stalls) look();
  }, STALLED_MS);
  timer.unref();

  const join = (client: Client): Underway => {
    const pump = client as unknown as Pump;
    let underway = 0;
    let bytesHere = 0;
    /** Packets that aedes no longer waits for; each is put back on its books before it ends. */
    let aside = 0;
    let ended = 0;
    let endedBefore = -1;
    let kicked = false;

    const step = (): void => {
      kicked = false;
      if (client.closed || pump._paused || underway === 0) return;
      if (underway >= MOST_MESSAGES || bytesUnderway >= MOST_BYTES) return;
      const counted = pump._parsingBatch;
      if (counted <= 0) return;
      aside += counted;
      waiting += counted;
      pump._parsingBatch = 1;
      pump._nextBatch();
    };
    const look = (): void => {
      if (underway > 0 && ended === endedBefore) step();
      endedBefore = ended;
    };
    stalls.add(look);

    return {
      began(bytes, done) {
        underway++;
        bytesHere += bytes;
        bytesUnderway += bytes;
        // Others of this line wait already: it is read on at once, not at the next look.
        if (aside > 0 && !kicked) {
          kicked = true;
          setImmediate(step);
        }
        return (err) => {
          underway--;
          ended++;
          bytesHere -= bytes;
          bytesUnderway -= bytes;
          if (aside > 0) {
            aside--;
            waiting--;
            pump._parsingBatch++;
          }
          done(err);
        };
      },
      leave() {
        stalls.delete(look);
        bytesUnderway -= bytesHere;
        waiting -= aside;
        bytesHere = 0;
        aside = 0;
      },
    };
  };
  return {
    join,
    get waiting() {
      return waiting;
    },
    stop: () => clearInterval(timer),
  };
}
