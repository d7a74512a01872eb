import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  HEARTBEAT_ADDRESS,
  type OpenPages,
  type PageNotice,
  type PagesPort,
  type PagesSaid,
  type PagesTold,
  personAddress,
  seatAddress,
} from '../../../devices/contract/pages.ts';
import type { Running } from '../../../kit/cleanups.ts';
import type { Log } from '../../../kit/log.ts';
import { wait } from '../../../kit/retry.ts';
import type { Principal } from '../accounts/accounts.ts';
import type { Role } from '../accounts/tables.ts';
import type { LiveSocket } from '../live/filling.ts';
import type { OpenNotices } from './open-notices.ts';
import { receiptQueue } from './receipt-queue.ts';

export interface PageBoardParts {
  readonly port: PagesPort;
  /** Ids of the city's seats. */
  readonly seats: readonly string[];
  readonly open: OpenNotices;
  /** The person of the duty list behind an account. */
  readonly personOf: (account: string) => Promise<string | undefined>;
  /** Platform time, ms. */
  readonly now: () => number;
  readonly log: Log;
}

/** The pages that this process serves, as those to whom notices are told. */
export interface PageBoard extends Running {
  add(socket: LiveSocket, who: Principal): void;
  /** Pages that say of themselves which seats they watch, and how many of them can be heard. */
  readonly pages: { readonly open: number; readonly heard: number };
}

/** Who sits at a seat. Anybody else may look over the shoulder, which is no watch. */
const watches: ReadonlySet<Role> = new Set<Role>(['admin', 'supervisor', 'duty']);
const RETRY_MS = 500;
const SETTLED_MS = 1000;

const presence = z.object({ seats: z.array(z.string().max(100)).max(200), heard: z.boolean() });
const receipt = z.object({ key: z.string().min(1).max(1000), what: z.enum(['delivered', 'seen', 'accepted']) });

interface Page {
  readonly socket: LiveSocket;
  readonly who: Principal;
  addresses: ReadonlySet<string>;
  heard: boolean;
  /** Keys of what it was told: it can answer for nothing else. */
  readonly told: Set<string>;
}

/**
 * Tells rules which pages are open and whether they can be heard, hands out what they are to be told, and carries their receipts
 * back. Each notice goes to the pages of its seat or person and to no other.
 */
export function startPageBoard({ port, seats, open, personOf, now, log }: PageBoardParts): PageBoard {
  const server = randomUUID();
  const pages = new Set<Page>();
  const receipts = receiptQueue(port, log);
  /** Notices that pages show. */
  const shown = new Set<string>();
  const stopping = new AbortController();
  /** The newest heartbeat: any page may answer it, and the first answer is enough. */
  let beat: string | null = null;

  const tell = (page: Page, told: PageNotice): void => {
    page.told.add(told.key);
    shown.add(told.notice.id);
    page.socket.emit('notice', told);
  };
  const beatDone = (key: string, by: string): void => {
    if (key !== beat) return;
    beat = null;
    receipts.add({ delivery: key, what: 'accepted', at: now(), by });
  };
  const hand = ({ no, address, told }: PagesTold['notices'][number]) => {
    if (address === HEARTBEAT_ADDRESS) {
      beat = told.key;
      for (const { socket } of pages) socket.emit('heartbeat', told.key);
      // Nobody looks now: the way ends here, and who should look is a question of the seats.
      if (pages.size === 0) beatDone(told.key, 'loop-back');
      return { no, pages: Math.max(1, pages.size) };
    }
    const there = [...pages].filter(({ addresses }) => addresses.has(address));
    for (const page of there) tell(page, told);
    return { no, pages: there.length };
  };

  const talk = async (): Promise<void> => {
    let took: PagesSaid['took'] = [];
    let told = false;
    while (!stopping.signal.aborted) {
      try {
        const { notices } = await port.exchange({ server, open: openPages(pages), took });
        took = notices.map(hand);
        told = false;
      } catch (err) {
        if (stopping.signal.aborted) return;
        if (!told) log.warn({ err }, 'rules cannot be told which pages are open; it is tried again and again');
        told = true;
        took = [];
        await wait(RETRY_MS, stopping.signal);
      }
    }
  };

  const present = async (page: Page, said: z.infer<typeof presence>): Promise<void> => {
    page.heard = said.heard;
    const watched = watches.has(page.who.role) ? seats.filter((id) => said.seats.includes(id)) : [];
    const person = await personOf(page.who.id);
    const addresses = new Set([...watched.map(seatAddress), ...(person ? [personAddress(person)] : [])]);
    const fresh = new Set([...addresses].filter((one) => !page.addresses.has(one)));
    page.addresses = addresses;
    if (fresh.size === 0) return;
    // A page that opens, or takes another seat, is told what its people were told before.
    for (const notice of await open.for(fresh)) if (!page.told.has(notice.key)) tell(page, notice);
  };

  const settle = async (): Promise<void> => {
    const settled = await open.settled([...shown]);
    for (const id of settled) shown.delete(id);
    if (settled.length > 0) for (const { socket } of pages) socket.emit('settled', settled);
  };
  let settling: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (shown.size === 0) return;
    settling ??= settle()
      .catch((err) => log.warn({ err }, 'which notices are settled could not be read; it is read again'))
      .finally(() => {
        settling = null;
      });
  }, SETTLED_MS);

  const talking = talk();
  return {
    add(socket, who) {
      const page: Page = { socket, who, addresses: new Set(), heard: false, told: new Set() };
      pages.add(page);
      socket.on('disconnect', () => pages.delete(page));
      socket.on('present', (said) => {
        const parsed = presence.safeParse(said);
        if (!parsed.success) return;
        present(page, parsed.data).catch((err) => log.warn({ err }, 'what a page is to be told could not be read'));
      });
      socket.on('receipt', (said) => {
        const parsed = receipt.safeParse(said);
        if (!parsed.success) return;
        const { key, what } = parsed.data;
        if (key === beat) beatDone(key, who.name);
        else if (page.told.has(key)) receipts.add({ delivery: key, what, at: now(), by: who.name });
      });
    },
    get pages() {
      const all = [...pages];
      return { open: all.length, heard: all.filter(({ heard }) => heard).length };
    },
    async stop() {
      stopping.abort();
      clearInterval(timer);
      receipts.stop();
      await Promise.all([Promise.race([talking, wait(RETRY_MS, AbortSignal.timeout(RETRY_MS))]), settling]);
    },
  };
}

/** What is open, by address; the heartbeat always finds somebody. */
function openPages(pages: Iterable<Page>): OpenPages[] {
  const counts = new Map<string, { pages: number; heard: number }>();
  const add = (address: string, heard: boolean): void => {
    const count = counts.get(address) ?? { pages: 0, heard: 0 };
    counts.set(address, { pages: count.pages + 1, heard: count.heard + (heard ? 1 : 0) });
  };
  add(HEARTBEAT_ADDRESS, false);
  for (const { addresses, heard } of pages) for (const address of addresses) add(address, heard);
  return [...counts].map(([address, count]) => ({ address, ...count }));
}
