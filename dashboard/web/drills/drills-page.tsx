import { useState } from 'react';
import type { DrillBody } from '../../../devices/contract/drill.ts';
import { actsOnAlarms } from '../../../devices/contract/roles.ts';
import { drillEndWords } from '../../../devices/drills/drill-words.ts';
import { send, useMayAct } from '../alarms/acknowledge.ts';
import { useShownValue } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import '../pages/pages.css';
import { PriorityMark } from '../ui/priority.tsx';
import { useSeats } from '../watch/use-watches.ts';
import { DrillMark } from './drill-mark.tsx';
import { HandOffs } from './hand-offs.tsx';
import { StartDialog } from './start-dialog.tsx';
import { loadDrills, runningOf, useDrills } from './use-drills.ts';

/** Drills: one is started here, its hand-offs are shown as they happen, and the reports of all that were held stay. */
export function DrillsPage() {
  const texts = useTexts();
  const items = useDrills((state) => state.items);
  const { role, silent } = useMayAct();
  const [starting, setStarting] = useState(false);
  const running = runningOf(items);
  const over = items?.filter(({ drill }) => drill.over !== null) ?? [];
  const allowed = actsOnAlarms(role) && !silent;
  return (
    <div className="sheet">
      <div className="sheet-in">
        <header className="sheet-head">
          <div>
            <h1>{texts('drill.title')}</h1>
            <p className="small">{texts('drill.why')}</p>
          </div>
          <span className="grow" />
          <button
            type="button"
            className="btn primary"
            disabled={!allowed}
            title={allowed ? undefined : texts('ack.viewer')}
            onClick={() => setStarting(true)}
          >
            {texts('drill.start')}
          </button>
        </header>
        <div className="drills">
          {running.map((one) => (
            <Card key={one.drill.id} body={one} />
          ))}
          <h2>{texts('drill.past')}</h2>
          {items && over.length === 0 && <p className="muted">{texts('drill.none')}</p>}
          {over.map((one) => (
            <Card key={one.drill.id} body={one} />
          ))}
        </div>
      </div>
      {starting && <StartDialog onClose={() => setStarting(false)} onDone={() => void loadDrills()} />}
    </div>
  );
}

function Card({ body }: { body: DrillBody }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const [printed, setPrinted] = useState(false);
  const { drill, report } = body;
  const { over } = drill;
  const print = (): void => {
    setPrinted(true);
    addEventListener('afterprint', () => setPrinted(false), { once: true });
    // The page is drawn with what is to be printed first.
    setTimeout(() => window.print());
  };
  return (
    <article className={`drill-card drilled${printed ? ' printed' : ''}`} aria-label={drill.name}>
      <header>
        <PriorityMark priority={drill.play.priority} size={20} hollow={over !== null} />
        <h2>{drill.name}</h2>
        <DrillMark drill={drill.id} />
        <span className="mono">{drill.id}</span>
        <span className="tag solid">{over ? texts.pick(drillEndWords[over.how]) : texts('drill.running')}</span>
        <span className="grow" />
        <span className="muted">{stampText(drill.startedAt, timeZone)}</span>
        {over && (
          <button type="button" className="btn no-print" onClick={print}>
            {texts('drill.print')}
          </button>
        )}
      </header>
      <Facts body={body} />
      <HandOffs report={report} />
      {!over && <EndForm id={drill.id} />}
    </article>
  );
}

function Facts({ body: { drill, report } }: { body: DrillBody }) {
  const texts = useTexts();
  const types = useCity((state) => state.types);
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const seat = useSeats((state) => state.seats?.find((one) => one.seat === drill.seat)?.name);
  const { place, play, over, despite, crew } = drill;
  const shown = useShownValue();
  const value = shown({ deviceType: place.type, measurement: play.measurement, unit: play.unit }, play.over);
  const measured = types.get(place.type)?.measurements[play.measurement]?.title;
  return (
    <div className="drill-facts small">
      <div>
        {drill.reason} · {drill.by.name} · {seat ? texts.pick(seat) : drill.seat}
        {crew && ` · ${texts('drill.withCrew', { crew })}`}
      </div>
      <div>
        {place.name} · <span className="mono">{play.rule}</span> · {measured ? texts.pick(measured) : play.measurement}{' '}
        {value.figure} {value.unit}
        {report.ticket && (
          <>
            {' · '}
            <Link to={hrefOf({ page: 'tickets', ticket: report.ticket.no, scope: 'all' })}>{report.ticket.no}</Link>
          </>
        )}
      </div>
      {despite && <div>{texts('drill.despiteSaid', { n: despite.alarms.length, reason: despite.reason })}</div>}
      {over && (
        <div>
          {texts.pick(drillEndWords[over.how])} · {over.by.name} · {stampText(over.at, timeZone)}
          {over.reason && ` · ${over.reason}`}
        </div>
      )}
    </div>
  );
}

/** Ends the drill, or breaks it off with a reason. */
function EndForm({ id }: { id: string }) {
  const texts = useTexts();
  const { role, silent } = useMayAct();
  const [reason, setReason] = useState('');
  const said = reason.trim();
  const allowed = actsOnAlarms(role) && !silent;
  const end = async (how: 'ended' | 'broken-off'): Promise<void> => {
    await send(`/drills/${encodeURIComponent(id)}/end`, { how, ...(said.length >= 2 && { reason: said }) });
    await loadDrills();
  };
  return (
    <div className="drill-end no-print">
      <input
        className="input"
        aria-label={texts('drill.endReason')}
        placeholder={texts('drill.endReason')}
        value={reason}
        maxLength={500}
        onChange={({ target }) => setReason(target.value)}
      />
      <button type="button" className="btn primary" disabled={!allowed} onClick={() => void end('ended')}>
        {texts('drill.end')}
      </button>
      <button
        type="button"
        className="btn"
        disabled={!allowed || said.length < 2}
        title={said.length < 2 ? texts('drill.sayWhy') : undefined}
        onClick={() => void end('broken-off')}
      >
        {texts('drill.breakOff')}
      </button>
    </div>
  );
}
