/**
 * The emitter that aedes would route messages through, without the routing. The platform reads the journal, and answers
 * are written to one connection; so nothing is ever fanned out, and what makes aedes fragile under a slow subscriber (a
 * backlog in mqemitter that is drained by recursion until the stack ends) cannot exist.
 */
export function noFanOut() {
  return {
    on(_topic: string, _notify: unknown, done?: () => void) {
      if (done) setImmediate(done);
      return this;
    },
    removeListener(_topic: string, _notify: unknown, done?: () => void) {
      if (done) setImmediate(done);
      return this;
    },
    emit(_message: unknown, done?: () => void) {
      if (done) setImmediate(done);
      return this;
    },
    close(done?: () => void) {
      if (done) setImmediate(done);
      return this;
    },
  };
}
