import type { OpenPages, PageNotice, PagesSaid, PagesTold } from '../../devices/contract/pages.ts';
import type { Cancel, Clock } from '../../kit/clock.ts';
import type { TellPages } from '../notify/page/page-channel.ts';

/** A process that has not said a word for so long has no pages any more, ms. */
export const LAPSE_MS = 10_000;
/** So long a process waits for something to tell, ms. */
const HOLD_MS = 1000;
/** So long a process has to hand a notice to its pages, ms; after that it counts as not taken. */
const HAND_MS = 5000;

/** Which pages are open, as the processes that serve them say, and the way to them. Nothing of it outlives the process. */
export interface PagesDesk {
  exchange(said: PagesSaid): Promise<PagesTold>;
  readonly tell: TellPages;
  /** What is open at an address now, over all processes. */
  at(address: string): Omit<OpenPages, 'address'>;
  /** True while any process that serves pages has been heard of lately. */
  readonly served: boolean;
  /** Answers everybody who waits; nothing is told any more. */
  stop(): void;
}

interface Server {
  saidAt: number;
  open: ReadonlyMap<string, OpenPages>;
  readonly waiting: Map<number, Handing>;
  /** Answers the exchange that waits, with what there is. */
  answer: (() => void) | null;
}

/** A notice on its way to the pages of one process. */
interface Handing {
  readonly address: string;
  readonly told: PageNotice;
  given: boolean;
  readonly took: (pages: number) => void;
}

/** @param clock the world's: a demonstration's may run too fast for people */
export function pagesDesk(clock: Clock): PagesDesk {
  const servers = new Map<string, Server>();
  let last = 0;
  let stopped = false;

  const living = (): Server[] => {
    const now = clock.now();
    for (const [name, server] of servers) {
      if (now - server.saidAt <= LAPSE_MS) continue;
      servers.delete(name);
      for (const { took } of server.waiting.values()) took(0);
    }
    return [...servers.values()];
  };
  const serverOf = (name: string): Server => {
    const known = servers.get(name);
    if (known) return known;
    const server: Server = { saidAt: clock.now(), open: new Map(), waiting: new Map(), answer: null };
    servers.set(name, server);
    return server;
  };
  const give = (server: Server): PagesTold['notices'] =>
    [...server.waiting].flatMap(([no, handing]) => {
      if (handing.given) return [];
      handing.given = true;
      return [{ no, address: handing.address, told: handing.told }];
    });
  const hand = (server: Server, address: string, told: PageNotice): Promise<number> =>
    new Promise((resolve) => {
      const no = ++last;
      const tooLate = clock.after(HAND_MS, () => took(0));
      const took = (pages: number) => {
        tooLate();
        server.waiting.delete(no);
        resolve(pages);
      };
      server.waiting.set(no, { address, told, given: false, took });
      server.answer?.();
    });

  return {
    exchange({ server: name, open, took }) {
      const server = serverOf(name);
      server.saidAt = clock.now();
      server.open = new Map(open.map((one) => [one.address, one]));
      for (const { no, pages } of took) server.waiting.get(no)?.took(pages);
      server.answer?.();
      return new Promise((resolve) => {
        let cancel: Cancel = () => {};
        const answer = () => {
          cancel();
          if (server.answer === answer) server.answer = null;
          resolve({ notices: stopped ? [] : give(server) });
        };
        server.answer = answer;
        cancel = clock.after(HOLD_MS, answer);
        if (stopped || [...server.waiting.values()].some(({ given }) => !given)) answer();
      });
    },
    async tell(address, told) {
      const having = living().filter(({ open }) => (open.get(address)?.pages ?? 0) > 0);
      const taken = await Promise.all(having.map((server) => hand(server, address, told)));
      return taken.reduce((sum, pages) => sum + pages, 0);
    },
    at(address) {
      const there = living().flatMap(({ open }) => open.get(address) ?? []);
      return {
        pages: there.reduce((sum, { pages }) => sum + pages, 0),
        heard: there.reduce((sum, { heard }) => sum + heard, 0),
      };
    },
    get served() {
      return living().length > 0;
    },
    stop() {
      stopped = true;
      for (const server of servers.values()) {
        server.answer?.();
        for (const { took } of server.waiting.values()) took(0);
      }
    },
  };
}
