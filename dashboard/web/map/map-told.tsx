import type { Alarm } from '../../../devices/contract/alarm.ts';
import { safetyClock } from '../../../devices/tickets/safety-clock.ts';
import { usePlace } from '../alarms/words.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useBeat } from '../live/store.ts';
import { useAlarms } from '../live/use-alarms.ts';
import { useTicketOfAlarm } from '../live/use-tickets.ts';
import { useTicketWords } from '../tickets/ticket-words.ts';
import { PriorityMark } from '../ui/priority.tsx';
import { ClockNow } from '../ui/safety-clock.tsx';

/** What stands at the device under the pointer: its gravest alarm, the ticket of it, whose it is, and the clock that runs. */
export function MapTold({ id, x, y }: { id: string; x: number; y: number }) {
  const { rows } = useAlarms();
  const alarm = rows.find((row) => row.device === id);
  return alarm ? <Told alarm={alarm} x={x} y={y} /> : null;
}

function Told({ alarm, x, y }: { alarm: Alarm; x: number; y: number }) {
  const texts = useTexts();
  const place = usePlace();
  const words = useTicketWords();
  const ticket = useTicketOfAlarm(alarm.id);
  return (
    <div
      className="map-told card small"
      role="status"
      style={{ left: `clamp(8px, ${x + 14}px, 100% - 268px)`, top: `clamp(8px, ${y + 14}px, 100% - 110px)` }}
    >
      <div className="map-told-what">
        <PriorityMark priority={alarm.priority} size={16} />
        <b className="clip">{place.device(alarm)}</b>
      </div>
      <div className="clip">{place.clause(alarm)}</div>
      {ticket && (
        <div className="muted clip">
          <span className="mono">{ticket.no}</span> · {words.stage(ticket.stage)} ·{' '}
          {ticket.owner?.name ?? texts('ticket.nobody')} · {words.assigned(ticket)}
        </div>
      )}
      <AlarmClock alarm={alarm} />
    </div>
  );
}

/** The safety clock of an alarm in a word: the same object as in the lists, in the detail and on a phone. */
export function AlarmClock({ alarm }: { alarm: Alarm }) {
  const ticket = useTicketOfAlarm(alarm.id);
  const now = useBeat((beat) => beat.now);
  return <ClockNow clock={safetyClock(alarm, ticket, now)} now={now} />;
}
