import type { Namespace, Socket } from 'socket.io';
import type { ClientToServer, LiveChanges, ServerToClient } from '../../../devices/contract/live.ts';

export type LiveNamespace = Namespace<ClientToServer, ServerToClient>;
export type LiveSocket = Socket<ClientToServer, ServerToClient>;

/** Devices in one message: some tens of milliseconds to encode, which an alarm may have to wait. */
export const devicesAtATime = 4000;
/** Between two pieces, so that everything else has its turn. */
const restMs = 5;

/**
 * Hands pages the devices that did not fit into their snapshot, piece by piece, each piece encoded once for all pages that
 * joined together. A page gets the next piece when its connection has taken the last one.
 */
export interface Filling {
  add(sockets: readonly LiveSocket[], rest: readonly string[]): void;
  /** This page gets no more of it: it is slow, or begins anew. */
  drop(socket: LiveSocket): void;
  stop(): void;
}

interface Batch {
  readonly room: string;
  readonly sockets: Set<LiveSocket>;
  readonly rest: readonly string[];
  done: number;
}

/** `piece` makes the message for some devices, at the number the stream stands at. */
export function filling(live: LiveNamespace, piece: (ids: readonly string[]) => LiveChanges): Filling {
  const batches = new Set<Batch>();
  let made = 0;
  let timer: NodeJS.Timeout | null = null;

  const end = (batch: Batch): void => {
    batches.delete(batch);
    for (const socket of batch.sockets) socket.leave(batch.room);
  };
  const step = (batch: Batch): void => {
    for (const socket of batch.sockets) {
      if (!socket.connected) batch.sockets.delete(socket);
      else if (!socket.conn.transport.writable) return;
    }
    if (batch.sockets.size > 0) {
      const ids = batch.rest.slice(batch.done, batch.done + devicesAtATime);
      batch.done += ids.length;
      live.to(batch.room).emit('changes', piece(ids));
    }
    if (batch.sockets.size === 0 || batch.done >= batch.rest.length) end(batch);
  };
  const goOn = (): void => {
    timer ??= setTimeout(() => {
      timer = null;
      // One piece a turn, whoever it is for.
      const [batch] = batches;
      if (!batch) return;
      batches.delete(batch);
      batches.add(batch);
      step(batch);
      goOn();
    }, restMs);
  };

  return {
    add(sockets, rest) {
      if (rest.length === 0) return;
      made += 1;
      const batch: Batch = { room: `filling-${made}`, sockets: new Set(sockets), rest, done: 0 };
      for (const socket of sockets) socket.join(batch.room);
      batches.add(batch);
      goOn();
    },
    drop(socket) {
      for (const batch of batches) {
        if (batch.sockets.delete(socket)) socket.leave(batch.room);
      }
    },
    stop() {
      clearTimeout(timer ?? undefined);
      batches.clear();
    },
  };
}
