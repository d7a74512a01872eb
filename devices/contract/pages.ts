import type { RpcClient } from '../../kit/rpc/rpc.ts';
import type { Notice, Receipt } from './notice.ts';

/** Address of the pages that watch a seat, and of a person's own. */
export const seatAddress = (seat: string): string => `seat:${seat}`;
export const personAddress = (person: string): string => `person:${person}`;
/** Every open page, and where none is open the process that would serve it: whither the heartbeat of the alarm path goes. */
export const HEARTBEAT_ADDRESS = 'heartbeat';

/** What an open page is told. It answers with receipts for `key`; the same key twice is shown once. */
export interface PageNotice {
  /** Key of the delivery. */
  readonly key: string;
  readonly notice: Notice;
  /** An earlier attempt may have been shown. */
  readonly mayRepeat: boolean;
}

/** Pages that are open at one address of one process. */
export interface OpenPages {
  readonly address: string;
  readonly pages: number;
  /** Of them, those whose sound is unlocked: only these can call somebody. */
  readonly heard: number;
}

/** The word of a process that serves pages. Who says nothing for ten seconds has no pages any more. */
export interface PagesSaid {
  /** Names the process; another one each time it starts. */
  readonly server: string;
  readonly open: readonly OpenPages[];
  /** What became of the notices of earlier answers: how many pages took each. */
  readonly took: readonly { readonly no: number; readonly pages: number }[];
}

/** Notices to hand out, each by its number. */
export interface PagesTold {
  readonly notices: readonly { readonly no: number; readonly address: string; readonly told: PageNotice }[];
}

/** How far a notice came on a page, or by whom it was taken up there. */
export interface PageReceipt {
  /** Key of the delivery. */
  readonly delivery: string;
  readonly what: Exclude<Receipt, 'failed'>;
  /** Platform time, ms. */
  readonly at: number;
  /** Name of whoever pressed. */
  readonly by: string;
}

/**
 * Open pages as rules know them. In one process the function, across processes authenticated HTTP on loopback (kit/rpc).
 */
export interface PagesPort {
  /** Tells which pages are open; resolves with what they are to be told, after a second with nothing. Ask again at once. */
  exchange(said: PagesSaid): Promise<PagesTold>;
  /** Keeps a receipt; true where it speaks of something known. The same again changes nothing. */
  receipt(receipt: PageReceipt): Promise<boolean>;
}

/** Rules in another process of this host, as its {@link PagesPort}. */
export const pagesClient = (rpc: Pick<RpcClient, 'call'>): PagesPort => ({
  exchange: (said) => rpc.call('rules.pages.exchange', said),
  receipt: (receipt) => rpc.call('rules.pages.receipt', receipt),
});
