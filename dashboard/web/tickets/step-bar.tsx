import { useState } from 'react';
import type { PersonStepKind, TicketStage } from '../../../devices/contract/ticket.ts';
import { useMayAct } from '../alarms/acknowledge.ts';
import { useTexts } from '../i18n/i18n.ts';
import type { Acting } from './acting.ts';
import { stepsAtOnce } from './step-dialog.tsx';
import { useTicketWords, whyNotClosable } from './ticket-words.ts';
import { whyNot } from './use-ticket.ts';

/** What a stage is for, and what else is done in it. What stands in a box of its own has its button there. */
const buttons: Readonly<Record<TicketStage, readonly PersonStepKind[]>> = {
  reported: ['dispatch', 'file', 'reject'],
  filed: ['dispatch', 'settle-dispute', 'reject', 'suspend', 'resume'],
  dispatched: ['accept', 'dispatch', 'return', 'settle-dispute', 'suspend', 'resume'],
  accepted: ['arrive', 'finish', 'make-safe', 'hand-back', 'return', 'dispatch', 'suspend', 'resume'],
  handling: ['finish', 'make-safe', 'hand-back', 'return', 'dispatch', 'suspend', 'resume'],
  verifying: ['verify', 'fail', 'dispatch', 'suspend', 'resume'],
  closed: ['recheck'],
  rejected: [],
  merged: [],
};

/** The steps that can be taken now. One that cannot says why; of suspending and resuming only what makes sense is shown. */
export function StepBar({ body, take, ask }: Acting) {
  const texts = useTexts();
  const words = useTicketWords();
  const { silent } = useMayAct();
  const [busy, setBusy] = useState(false);
  const { ticket } = body;
  const shown = buttons[ticket.stage].filter((kind) => !beside(body, kind));
  const [first, ...rest] = shown;
  const refusedOf = (kind: PersonStepKind): string | null => {
    const refused = whyNot(body, kind) ?? (kind === 'verify' ? whyNotClosable(ticket.needs) : null);
    return refused ? texts.pick(refused) : silent ? texts('ack.silent') : null;
  };
  const press = async (kind: PersonStepKind): Promise<void> => {
    const step = stepsAtOnce[kind];
    if (!step) return ask({ kind });
    setBusy(true);
    await take(step);
    setBusy(false);
  };
  const button = (kind: PersonStepKind, primary: boolean) => {
    const why = refusedOf(kind);
    return (
      <button
        key={kind}
        type="button"
        className={`btn${primary && !why ? ' primary' : ''}`}
        disabled={busy || why !== null}
        title={why ?? undefined}
        onClick={() => void press(kind)}
      >
        {words.step(kind)}
      </button>
    );
  };
  const evidence = whyNot(body, 'evidence');
  return (
    <footer className="panel-acts">
      {first && refusedOf(first) && <span className="why">{refusedOf(first)}</span>}
      <div className="panel-buttons">
        {first && button(first, true)}
        {rest.slice(0, 2).map((kind) => button(kind, false))}
      </div>
      <div className="panel-buttons lesser">
        {rest.slice(2).map((kind) => button(kind, false))}
        {!evidence && button('evidence', false)}
      </div>
    </footer>
  );
}

/** What makes no sense as the ticket stands, whoever looks at it. */
function beside({ ticket }: Acting['body'], kind: PersonStepKind): boolean {
  if (kind === 'suspend') return ticket.suspended !== null;
  if (kind === 'resume') return ticket.suspended === null;
  return kind === 'settle-dispute' && (ticket.dispute === null || ticket.dispute.settledAt !== null);
}
