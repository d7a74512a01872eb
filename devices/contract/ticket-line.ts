import type { Ticket, TicketStage } from './ticket.ts';

/**
 * A ticket as lists and the live stream carry it: without its procedure and history, and without those who reported it, whose
 * names and telephone numbers are not for everybody.
 */
export interface TicketLine
  extends Pick<
    Ticket,
    | 'id'
    | 'no'
    | 'stage'
    | 'title'
    | 'priority'
    | 'hazard'
    | 'area'
    | 'siteName'
    | 'device'
    | 'lon'
    | 'lat'
    | 'address'
    | 'incident'
    | 'owner'
    | 'clocks'
    | 'suspended'
    | 'returns'
    | 'reopened'
    | 'openedAt'
    | 'closedAt'
    | 'demo'
    | 'drill'
    | 'seq'
  > {
  readonly origin: Ticket['origin']['kind'];
  /** Code and name of the item; the code is empty for the platform's own. */
  readonly item: string;
  readonly itemName: string;
  readonly department: string;
  readonly crew: string | null;
  readonly post: string | null;
  /** Ids of its alarms. */
  readonly alarms: readonly string[];
  /** How many people reported it. */
  readonly reporters: number;
  /** Whose it is has not been settled. */
  readonly disputed: boolean;
  /** When it is to be looked at again, ms; null when it is not. */
  readonly recheckAt: number | null;
}

/** Which ticket an alarm is on. */
export interface TicketRef {
  readonly id: string;
  readonly no: string;
  readonly stage: TicketStage;
  /** Name of whoever has it now. */
  readonly owner: string | null;
  readonly department: string;
}
