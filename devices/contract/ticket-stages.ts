/**
 * Where a ticket stands, by the flow of GB/T 30428: 上报 report → 立案 file → 派遣 dispatch → 处置 handle (accepted, then on site)
 * → 核查 verify → 结案 close. The last three are ends; only a failed recheck or a returned alarm leaves one of them again.
 */
export const ticketStages = [
  'reported',
  'filed',
  'dispatched',
  'accepted',
  'handling',
  'verifying',
  'closed',
  'rejected',
  'merged',
] as const;
export type TicketStage = (typeof ticketStages)[number];

/** Stages in which somebody is awaited still. */
export const isTicketOpen = ({ stage }: { readonly stage: TicketStage }): boolean =>
  stage !== 'closed' && stage !== 'rejected' && stage !== 'merged';

/** The ways in which people report a matter. */
export const reportChannels = ['hotline', 'grid', 'inspection', 'patrol', 'other'] as const;
export type ReportChannel = (typeof reportChannels)[number];
