import type { TicketBody } from '../../../devices/contract/api.ts';
import type { PersonStep, PersonStepKind } from '../../../devices/contract/ticket.ts';

/** A step that is asked about before it is taken; of a reporter's satisfaction, whose. */
export interface AskedStep {
  readonly kind: PersonStepKind;
  readonly reporter?: string;
}

/** What the boxes of a ticket are given: the ticket, and how to act on it. */
export interface Acting {
  readonly body: TicketBody;
  /** Takes a step at once. */
  readonly take: (step: PersonStep) => Promise<boolean>;
  /** Asks for what a step needs first. */
  readonly ask: (asked: AskedStep) => void;
}
