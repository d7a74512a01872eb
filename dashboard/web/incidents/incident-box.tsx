import { useMemo } from 'react';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { CrewNear, Incident, SiteInside, ValveNear } from '../../../devices/contract/incident.ts';
import { usePlace, useShownValue } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { DrillMark } from '../drills/drill-mark.tsx';
import { ageText, clockText, stampText } from '../format/age.ts';
import { type TextKey, useTexts } from '../i18n/i18n.ts';
import { useLive } from '../live/store.ts';
import { AlarmMark } from '../ui/priority.tsx';
import { memberRows, membersByIncident } from './incident-features.ts';
import { useIncident } from './use-incident.ts';
import './incident.css';

interface Props {
  readonly alarm: Alarm;
  readonly onAlarm: (alarm: Alarm) => void;
}

/** The leak an alarm belongs to: who else saw it and in which order, what lies inside the ring, where to shut it off, whom to send. */
export function IncidentBox({ alarm, onAlarm }: Props) {
  const texts = useTexts();
  const incident = useIncident(alarm.incident);
  if (!incident) return null;
  const { detectors, active } = incident.counts;
  return (
    <section className="box incident" aria-label={texts('incident.title')}>
      <h2>{texts('incident.title')}</h2>
      <p className="incident-sum">
        <DrillMark drill={alarm.drill} />
        <b>{texts(detectors > 1 ? 'incident.members' : 'incident.lone', { n: detectors })}</b>
        {detectors > 1 && <span className="muted"> · {texts('incident.active', { n: active })}</span>}
        {incident.mergedInto !== null && <span className="tag">{texts('incident.merged')}</span>}
        {incident.closedAt !== null && incident.mergedInto === null && (
          <span className="tag">{texts('incident.closed')}</span>
        )}
      </p>
      <Members incident={incident} current={alarm} onAlarm={onAlarm} />
      <Around incident={incident} />
      <Story incident={incident} />
    </section>
  );
}

function Members({ incident, current, onAlarm }: { incident: Incident; current: Alarm; onAlarm: Props['onAlarm'] }) {
  const texts = useTexts();
  const place = usePlace();
  const shown = useShownValue();
  const alarms = useLive((live) => live.picture.alarms);
  const own = useMemo(() => membersByIncident(alarms.values()).get(incident.id) ?? [], [alarms, incident.id]);
  const rows = memberRows(own);
  const began = Math.min(...own.map(({ since }) => since));
  const gone = incident.counts.members - own.length;
  if (incident.counts.detectors < 2) return null;
  return (
    <ol className="incident-members">
      {rows.map((alarm) => {
        const { figure, unit } = shown(alarm, alarm.lastValue ?? alarm.value);
        return (
          <li key={alarm.id}>
            <button type="button" aria-current={alarm.id === current.id || undefined} onClick={() => onAlarm(alarm)}>
              <AlarmMark alarm={alarm} size={17} />
              <span className="clip">
                {alarm.firstOut && <span className="tag solid">{texts('tag.firstOut')}</span>} {place.device(alarm)}
              </span>
              <span className="grow" />
              <span className="incident-value">
                <b>{figure}</b> {unit}
              </span>
              <span className="incident-after" title={texts('incident.after')}>
                {alarm.since === began ? '0:00' : `+${ageText(alarm.since - began, texts('age.day'))}`}
              </span>
            </button>
          </li>
        );
      })}
      {gone > 0 && <li className="small faint">{texts('incident.gone', { n: gone })}</li>}
    </ol>
  );
}

/** What stands in a place's own words: its English name where the page is English and it has one. */
const useName = () => {
  const { language } = useTexts();
  return ({ name, nameEn }: { name: string; nameEn: string | null }) => (language === 'en' && nameEn ? nameEn : name);
};

function Around({ incident }: { incident: Incident }) {
  const texts = useTexts();
  const { sites, siteCounts, valves, crews, records, wind, ringM } = incident;
  return (
    <dl className="kv">
      <dt>{texts('incident.inside', { m: ringM })}</dt>
      <dd>
        {siteCounts.length === 0 ? (
          <span className="muted">{texts('incident.noSites')}</span>
        ) : (
          <>
            <b>
              {siteCounts
                .map(({ kind, count }) => `${texts(`siteKind.${kind}` as TextKey)} ${count}`)
                .join(texts('list.and'))}
            </b>
            <Sites sites={sites} />
          </>
        )}
      </dd>
      <dt>{texts('incident.valve')}</dt>
      <dd>
        {valves.length === 0 && <span className="muted">{texts('incident.noValve')}</span>}
        {valves.slice(0, 2).map((valve) => (
          <Valve key={valve.id} valve={valve} />
        ))}
      </dd>
      <dt>{texts('incident.crew')}</dt>
      <dd>
        {crews.length === 0 && <span className="muted">{texts('incident.noCrew')}</span>}
        {crews.map((crew) => (
          <Crew key={crew.id} crew={crew} />
        ))}
      </dd>
      {records.length > 0 && (
        <>
          <dt>{texts('incident.works')}</dt>
          <dd>
            {records.map(({ kind, id, name, reference }) => (
              <div key={id}>
                {texts(`record.${kind}`)} {name} <span className="muted">{reference}</span>
              </div>
            ))}
          </dd>
        </>
      )}
      {wind && (
        <>
          <dt>{texts('incident.wind')}</dt>
          <dd>
            {texts('incident.windFrom', { deg: wind.fromDeg })}
            {wind.speed !== null && ` · ${wind.speed.toFixed(1)} m/s`}
          </dd>
        </>
      )}
    </dl>
  );
}

const SITES_SHOWN = 6;

function Sites({ sites }: { sites: readonly SiteInside[] }) {
  const texts = useTexts();
  const nameOf = useName();
  const more = sites.length - SITES_SHOWN;
  return (
    <div className="muted">
      {sites
        .slice(0, SITES_SHOWN)
        .map((site) => `${nameOf(site)} ${site.distanceM} m`)
        .join(texts('list.and'))}
      {more > 0 && texts('incident.more', { n: more })}
    </div>
  );
}

function Valve({ valve }: { valve: ValveNear }) {
  const texts = useTexts();
  const nameOf = useName();
  return (
    <div>
      {nameOf(valve)} · {valve.distanceM} m{' '}
      <span className="muted">
        {valve.onPipe && `${texts('incident.onPipe')} · `}
        {texts(`valve.${valve.state}`)}
      </span>
    </div>
  );
}

function Crew({ crew }: { crew: CrewNear }) {
  const nameOf = useName();
  return (
    <div className="incident-crew">
      <span>
        {nameOf(crew)} · {(crew.distanceM / 1000).toFixed(1)} km
      </span>
      <a href={`tel:${crew.phone.replace(/[^+\d]/g, '')}`}>{crew.phone}</a>
    </div>
  );
}

/** How it came about: joined, kept apart, split. */
function Story({ incident }: { incident: Incident }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  if (incident.history.length < 2) return null;
  return (
    <details className="incident-story">
      <summary>{texts('incident.history', { n: incident.history.length })}</summary>
      <ol className="history">
        {[...incident.history].reverse().map(({ seq, at, text }) => (
          <li key={seq}>
            <time title={stampText(at, timeZone)}>{clockText(at, timeZone)}</time>
            <span>{texts.pick(text)}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}
