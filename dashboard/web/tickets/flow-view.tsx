import type { Ticket, TicketStage } from '../../../devices/contract/ticket.ts';
import { useTexts } from '../i18n/i18n.ts';

/** 上报 → 立案 → 派遣 → 处置 → 核查 → 结案, each with the stages that belong to it. */
const flow = [
  ['report', ['reported']],
  ['file', ['filed']],
  ['dispatch', ['dispatched']],
  ['handle', ['accepted', 'handling']],
  ['verify', ['verifying']],
  ['close', ['closed']],
] as const satisfies readonly (readonly [string, readonly TicketStage[]])[];

/** Where a ticket stands in the flow of GB/T 30428. One that was not filed, or merged, has left it. */
export function FlowView({ ticket }: { ticket: Pick<Ticket, 'stage'> }) {
  const texts = useTexts();
  const at = flow.findIndex(([, stages]) => (stages as readonly TicketStage[]).includes(ticket.stage));
  return (
    <ol className="flow" aria-label={texts('ticket.flow')}>
      {flow.map(([name], i) => (
        <li
          key={name}
          className={at < 0 ? 'left' : i < at || ticket.stage === 'closed' ? 'done' : i === at ? 'now' : undefined}
          aria-current={i === at ? 'step' : undefined}
        >
          {texts(`ticket.flow.${name}`)}
        </li>
      ))}
    </ol>
  );
}
