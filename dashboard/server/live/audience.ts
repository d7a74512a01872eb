import type { LiveChanges, LiveSnapshot } from '../../../devices/contract/live.ts';
import { filling, type LiveNamespace, type LiveSocket } from './filling.ts';

/** Beats of the stream that may wait for a slow page before it gets nothing more. */
const patienceBeats = 20;
/** A page gets at most one snapshot in this time: it is the heaviest message there is. */
const snapshotEveryMs = 1000;

interface Page {
  readonly socket: LiveSocket;
  /** `joining` waits for a snapshot, `fed` gets changes, `slow` gets nothing until its connection has drained. */
  state: 'joining' | 'fed' | 'slow';
  waitingBeats: number;
  snapshotAt: number;
}

/** What a page begins with, and the devices that follow it piece by piece. */
export interface Beginning {
  readonly snapshot: LiveSnapshot;
  readonly rest: readonly string[];
}

export interface AudienceParts {
  readonly live: LiveNamespace;
  /** Somebody waits for a snapshot. */
  readonly soon: () => void;
  /** The message that brings the state of these devices at the number the stream stands at. */
  readonly piece: (ids: readonly string[]) => LiveChanges;
}

/**
 * Who hears the stream. A page gets a snapshot and from then on every change, each encoded once for all. One whose
 * connection takes no more for five seconds is left out, so that nothing piles up in memory for it; when its connection
 * has drained it begins anew with a snapshot.
 */
export interface Audience {
  add(socket: LiveSocket): void;
  /** Sends the changes to whoever is fed, then a snapshot of the same moment to whoever waits for one. */
  send(changes: LiveChanges, begin: () => Beginning): void;
  /** Once a beat: who is too slow, and who has caught up. */
  beat(): void;
  /** Everybody begins anew: something was removed that changes cannot tell. */
  restart(): void;
  readonly pages: number;
  readonly slowPages: number;
  readonly anybodyFed: boolean;
  stop(): void;
}

/** The audience of a namespace. */
export function audience({ live, soon, piece }: AudienceParts): Audience {
  const pages = new Set<Page>();
  const rests = filling(live, piece);
  const leave = (page: Page, state: 'joining' | 'slow'): void => {
    page.state = state;
    page.socket.leave('fed');
    rests.drop(page.socket);
  };
  const join = (page: Page): void => {
    leave(page, 'joining');
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
    send(changes, begin) {
      // A message is encoded even when nobody is there to take it.
      if (anybodyFed()) live.to('fed').emit('changes', changes);
      const now = performance.now();
      const ready = some('joining').filter((page) => now - page.snapshotAt >= snapshotEveryMs);
      if (ready.length === 0) return;
      for (const page of ready) page.socket.join('snapshot');
      const { snapshot, rest } = begin();
      live.to('snapshot').emit('snapshot', snapshot);
      for (const page of ready) {
        page.socket.leave('snapshot');
        page.socket.join('fed');
        Object.assign(page, { state: 'fed', waitingBeats: 0, snapshotAt: now });
      }
      rests.add(
        ready.map(({ socket }) => socket),
        rest,
      );
    },
    beat() {
      for (const page of pages) {
        const drained = page.socket.conn.transport.writable;
        if (page.state === 'slow' && drained) join(page);
        if (page.state !== 'fed') continue;
        page.waitingBeats = drained ? 0 : page.waitingBeats + 1;
        if (page.waitingBeats < patienceBeats) continue;
        leave(page, 'slow');
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
    stop: rests.stop,
  };
}
