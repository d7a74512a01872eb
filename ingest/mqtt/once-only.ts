/** What goes on with a QoS 2 message once it has been judged; with an error, nothing may be acknowledged. */
export type Onward = (err?: Error | null) => void;

/**
 * QoS 2 within one connection: a message that comes again before its PUBREL is the same message (MQTT-4.3.3-2). Only its
 * id is kept, never the message. Between connections nothing is kept: sessions are always clean here.
 */
export interface OnceOnly {
  /** Calls `judge` for a new id; a repeated one waits for the first one's outcome and shares it. */
  take(id: number, onward: Onward, judge: (onward: Onward) => void): void;
  /** The PUBREL has come: the id may stand for another message. */
  release(id: number): void;
}

/** An empty memory of ids. */
export function onceOnly(): OnceOnly {
  const known = new Map<number, 'judged' | Onward[]>();
  return {
    take(id, onward, judge) {
      const state = known.get(id);
      // Never at once: the first one has to be noted down by aedes, or a repetition in the same chunk is taken for new.
      if (state === 'judged') return void setImmediate(onward, null);
      if (state) return void state.push(onward);
      const repeats: Onward[] = [];
      known.set(id, repeats);
      judge((err) => {
        if (err) known.delete(id);
        else known.set(id, 'judged');
        onward(err);
        for (const repeat of repeats) setImmediate(repeat, err);
      });
    },
    release(id) {
      if (known.get(id) === 'judged') known.delete(id);
    },
  };
}
