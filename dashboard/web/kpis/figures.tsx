import type { KpisBody } from '../../../devices/contract/api.ts';
import { useCity } from '../api/city.ts';
import { clockText, spanText, stampText } from '../format/age.ts';
import { groupText } from '../format/value.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useLive } from '../live/store.ts';
import { percentText, rateText } from './words.ts';

/** The live figures of the seats: they come with the stream, so they are never older than the page. */
export function SeatsNow({ seat }: { seat: string | null }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const seats = useLive((live) => live.picture.strip?.seats ?? []);
  const shown = seat === null ? seats : seats.filter(({ id }) => id === seat);
  return (
    <ul className="kpis-seats">
      {shown.map(({ id, name, inTenMinutes, inHour, floodSince }) => (
        <li key={id} className={floodSince === null ? undefined : 'flooded'}>
          <b>{texts.pick(name)}</b>
          <span>{texts('kpis.seatNow', { ten: inTenMinutes, hour: inHour })}</span>
          <span className="kpis-state">
            {floodSince === null
              ? texts('kpis.calm')
              : texts('kpis.flooding', { at: clockText(floodSince, timeZone, false) })}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Figure({ title, value, note }: { title: string; value: string; note: string }) {
  return (
    <div className="kpis-figure">
      <h2 className="over">{title}</h2>
      <b>{value}</b>
      <span className="small muted">{note}</span>
    </div>
  );
}

/** Rate against its target, and time in flood. */
export function Rates({ body }: { body: KpisBody }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const { rate, flood, targets, total } = body;
  const peak = rate.peakTenMinutes;
  const hour = rate.peakHour;
  return (
    <section className="kpis-figures">
      <Figure
        title={texts('kpis.rate')}
        value={rateText(rate.perTenMinutes)}
        note={
          peak
            ? texts('kpis.rateTarget', {
                n: targets.perTenMinutes,
                peak: peak.count,
                at: stampText(peak.at, timeZone),
              })
            : texts('kpis.rateNone', { n: targets.perTenMinutes })
        }
      />
      <Figure
        title={texts('kpis.perHour')}
        value={rateText(rate.perHour)}
        note={hour ? texts('kpis.hourPeak', { peak: hour.count, at: stampText(hour.at, timeZone) }) : ''}
      />
      <Figure
        title={texts('kpis.flood')}
        value={percentText(flood.share)}
        note={texts('kpis.floodTarget', {
          n: percentText(targets.floodShare),
          count: flood.count,
          span: spanText(flood.ms),
        })}
      />
      <Figure title={texts('kpis.sounded')} value={groupText(total)} note={texts('kpis.soundedNote')} />
    </section>
  );
}

/** What stands at this moment, whatever the period. */
export function Standing({ now }: { now: KpisBody['now'] }) {
  const texts = useTexts();
  const figures = [
    [texts('kpis.active'), now.active],
    [texts('kpis.unacknowledged'), now.unacknowledged],
    [texts('kpis.shelved'), now.shelved],
    [texts('kpis.suppressed'), now.suppressed],
    [texts('kpis.outOfService'), now.outOfService],
    [texts('kpis.standing'), now.stale],
  ] as const;
  return (
    <section className="kpis-now" aria-label={texts('kpis.now')}>
      <h2 className="over">{texts('kpis.now')}</h2>
      <dl>
        {figures.map(([name, count]) => (
          <div key={name}>
            <dt className="small muted">{name}</dt>
            <dd>{groupText(count)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
