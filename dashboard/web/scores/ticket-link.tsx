import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';

/** A ticket by its id; without a text the id stands for it. */
export function TicketLink({ id, text = id.replace(/^ticket:/, '') }: { id: string; text?: string }) {
  return (
    <Link className="scores-number code" to={hrefOf({ page: 'tickets', ticket: id, scope: 'all' })}>
      {text}
    </Link>
  );
}
