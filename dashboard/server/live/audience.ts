import type { Namespace, Socket } from 'socket.io';
import type { ClientToServer, LiveChanges, LiveSnapshot, ServerToClient } from '../../../devices/contract/live.ts';

export type LiveNamespace = Namespace<ClientToServer, ServerToClient>;
type LiveSocket = Socket<ClientToServer, ServerToClient>;

/** Beats of the stream that may wait for a slow page before it gets nothing more. */
const patienceBeats = 8;
/** A page gets at most one snapshot in this time: it is the heaviest message there is. */
const snapshotEveryMs = 1000;

interface Page {
  readonly socket: LiveSocket;
  /** `joining` waits for a snapshot, `fed` gets changes, `slow` gets nothing until its connection has drained. */
  state: 'joining' | 'fed' | 'slow';
  waitingBeats: number;
  snapshotAt: number;
}

/**
 * Who hears the stream. A page gets a snapshot and from then on every change, each encoded once for all. One whose
 * connection takes no more for two seconds is left out, so that nothing piles up in memory for it; when its connection
 * has drained it begins anew with a snapshot.
 */
export interface Audience {
  add(socket: LiveSocket): void;
  /** Sends the changes to whoever is fed, then a snapshot of the same moment to whoever waits for one. */
  send(changes: LiveChanges, snapshot: () => LiveSnapshot): void;
  /** Once a beat: who is too slow, and who has caught up. */
  beat(): void;
  /** Everybody begins anew: something was removed that changes cannot tell. */
  restart(): void;
  readonly pages: number;
  readonly slowPages: number;
  readonly anybodyFed: boolean;
}

/** The audience of a namespace. `soon` is called when somebody waits for a snapshot. */
export function audience(live: LiveNamespace, soon: () => void): Audience {
  const pages = new Set<Page>();
  const join = (page: Page): void => {
    page.state = 'joining';
    page.socket.leave('fed');
    soon();
  };
  const some = (state: Page['state']) => [...pages].filter((page) => page.state === state);
  const anybodyFed = (): boolean => {
    for (const page of pages) if (page.state === 'fed') return true;
    return false;
  };

  return {
    add(socket) {
      const page: Page = { socket, state: 'joining', waitingBeats: 0, snapshotAt: Number.NEGATIVE_INFINITY };
      pages.add(page);
      socket.on('resync', () => {
        if (page.state === 'fed') join(page);
      });
      socket.on('disconnect', () => pages.delete(page));
      soon();
    },
    send(changes, snapshot) {
      // A message is encoded even when nobody is there to take it.
      if (anybodyFed()) live.to('fed').emit('changes', changes);
      const now = performance.now();
      const ready = some('joining').filter((page) => now - page.snapshotAt >= snapshotEveryMs);
      if (ready.length === 0) return;
      for (const page of ready) page.socket.join('snapshot');
      live.to('snapshot').emit('snapshot', snapshot());
      for (const page of ready) {
        page.socket.leave('snapshot');
        page.socket.join('fed');
        Object.assign(page, { state: 'fed', waitingBeats: 0, snapshotAt: now });
      }
    },
    beat() {
      for (const page of pages) {
        const drained = page.socket.conn.transport.writable;
        if (page.state === 'slow' && drained) join(page);
        if (page.state !== 'fed') continue;
        page.waitingBeats = drained ? 0 : page.waitingBeats + 1;
        if (page.waitingBeats < patienceBeats) continue;
        page.state = 'slow';
        page.socket.leave('fed');
      }
    },
    restart() {
      for (const page of pages) if (page.state === 'fed') join(page);
    },
    get pages() {
      return pages.size;
    },
    get slowPages() {
      return some('slow').length;
    },
    get anybodyFed() {
      return anybodyFed();
    },
  };
}
