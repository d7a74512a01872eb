import type { Refusal } from '../../devices/contract/command.ts';
import type { Ticket, TicketStepKind } from '../../devices/contract/ticket.ts';

/** A ticket after a step, and what its history says beside the step itself. */
export interface Taken {
  readonly ticket: Ticket;
  readonly more?: Readonly<Record<string, string | number | boolean | null>>;
  /** What follows from it by itself, in order. */
  readonly follows?: readonly Follow[];
}
export interface Follow {
  readonly kind: TicketStepKind;
  readonly more?: Readonly<Record<string, string | number | boolean | null>>;
}
export type StepOutcome = Taken | { readonly refused: Refusal };
