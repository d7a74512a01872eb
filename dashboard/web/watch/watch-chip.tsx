import type { SeatWatch } from '../../../devices/contract/watch.ts';
import { useCity } from '../api/city.ts';
import { clockText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { isEmpty, useFreshSeats, useSeats } from './use-watches.ts';
import './watch.css';

/** In the header: who is on watch at which seat, since when; a seat that is empty and must not be comes first. */
export function WatchChip() {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const seats = useSeats((state) => state.seats);
  useFreshSeats();
  if (!seats) return null;
  const empty = seats.filter(isEmpty);
  const said = (one: SeatWatch): string =>
    one.watch
      ? texts('watch.chipOn', {
          seat: texts.pick(one.name),
          who: one.watch.by.name,
          at: clockText(one.watch.since, timeZone, false),
        })
      : texts(one.mustBeStaffed ? 'watch.chipEmpty' : 'watch.chipFree', { seat: texts.pick(one.name) });
  const shown = empty[0] ?? seats.find(({ watch }) => watch !== null);
  const more = seats.filter(({ watch, mustBeStaffed }) => watch !== null || mustBeStaffed).length - 1;
  return (
    <Link
      to={hrefOf({ page: 'handover' })}
      className={`pill watch-chip${empty.length > 0 ? ' empty-seat' : ''}`}
      title={seats.map(said).join('\n')}
    >
      <span className="clip">{shown ? said(shown) : texts('watch.nobody')}</span>
      {more > 0 && <span className="tiny">+{more}</span>}
    </Link>
  );
}
