/** What both directions of one connection of MQTT 5 know of each other. */
export interface Exchange {
  /** A CONNECT has come. */
  greeted: boolean;
  /** What the CONNACK said, once there was one. */
  answer?: 'yes' | 'no';
  /** The largest packet that the client takes, bytes (§3.1.2.11.4). */
  largest: number;
  /** It asked for a session that outlives its connection. */
  asksForSession: boolean;
  /** The id that it was given, as it brought none. */
  assigned?: string;
  /** Filters of each SUBSCRIBE and UNSUBSCRIBE that has not been answered, by packet id. */
  readonly subscribing: Map<number, readonly string[]>;
  readonly unsubscribing: Map<number, readonly string[]>;
  /** Filters it has been granted. */
  readonly granted: Set<string>;
}

export const newExchange = (): Exchange => ({
  greeted: false,
  largest: Number.POSITIVE_INFINITY,
  asksForSession: false,
  subscribing: new Map(),
  unsubscribing: new Map(),
  granted: new Set(),
});
