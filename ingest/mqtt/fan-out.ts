import mqemitter from 'mqemitter';

type Done = (err?: Error) => void;
interface Routed {
  readonly topic: string;
}
/** The inside of mqemitter (7.1.0) that is held on to here; pinned exactly for it. */
interface Inside {
  _do(message: Routed, done: Done): unknown;
}

/** Deliveries that may call each other before the stack is given back. */
const DEPTH = 50;

/**
 * mqemitter, made to survive a slow subscriber. When one that had blocked many deliveries goes away, each that ends
 * starts the next from within, until the stack is full and the process dies (mcollina/mqemitter#204). Here every
 * fiftieth goes on in a turn of its own.
 */
export function patientFanOut() {
  const emitter = mqemitter({ concurrency: 0, matchEmptyLevels: true });
  const inside = emitter as unknown as Inside;
  const start = inside._do.bind(emitter);
  let depth = 0;
  inside._do = (message, done) => {
    if (depth >= DEPTH) {
      setImmediate(() => inside._do(message, done));
      return emitter;
    }
    depth++;
    try {
      return start(message, done);
    } finally {
      depth--;
    }
  };
  return emitter;
}
