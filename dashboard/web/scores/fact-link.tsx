import type { FactKind } from '../../../devices/contract/score.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { TicketLink } from './ticket-link.tsx';

/** The way from a number to a fact that it is made of; places and devices are named beside it and have no page of their own here. */
export function FactLink({ kind, id, text }: { kind: FactKind; id: string; text: string }) {
  switch (kind) {
    case 'ticket':
      return <TicketLink id={id} text={text} />;
    case 'hazard':
      return <Link to={hrefOf({ page: 'hazards', hazard: id })}>{text}</Link>;
    case 'visit':
      return <Link to={hrefOf({ page: 'campaigns', visit: id })}>{text}</Link>;
    case 'alarm':
      return <Link to={hrefOf({ page: 'duty', alarm: id })}>{text}</Link>;
    case 'device':
      return <Link to={hrefOf({ page: 'duty', device: id })}>{text}</Link>;
    case 'run':
      return <Link to={hrefOf({ page: 'scores', run: id })}>{text}</Link>;
    case 'cell':
    case 'site':
      return null;
  }
}
