import { subscribeTable } from '../api/topic-table.ts';

/** The broker's own topics: a client that writes to them is put out. */
export const isReserved = (topic: string): boolean => topic.startsWith('$');

/**
 * What a client may subscribe to. The names are the same for all clients; what is sent on them is addressed to one
 * connection, never fanned out. Anything else, `#` and `$share/…` included, is refused in the SUBACK (0x80), where aedes
 * would grant it and deliver nothing.
 */
export const maySubscribe = (filter: string): boolean => subscribeTable.has(filter);
