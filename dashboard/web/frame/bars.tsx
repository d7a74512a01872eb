import { useEffect, useRef } from 'react';
import type { Alarm, Priority } from '../../../devices/contract/alarm.ts';
import { usePlace, useShownValue } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { DrillBar } from '../drills/drill-bar.tsx';
import { ageText, spanText } from '../format/age.ts';
import { groupText } from '../format/value.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useBeat, useLive } from '../live/store.ts';
import { useAlarms, useStaleCount } from '../live/use-alarms.ts';
import { pathIsSilent, useNotices } from '../notices/store.ts';
import { unlockSound, useSound } from '../sound/engine.ts';
import { AlarmMark, PriorityMark, StaleMark } from '../ui/priority.tsx';
import { Link } from './link.tsx';
import { hrefOf } from './route.ts';

const priorities: readonly Priority[] = ['P1', 'P2', 'P3', 'P4'];

/** On every page: the worst alarm nobody has acknowledged, open alarms per priority, and how many devices are blind. */
export function Banner() {
  const texts = useTexts();
  const { rows, worst, counts } = useAlarms();
  const stale = useStaleCount();
  const known = useLive((live) => live.picture.seq !== null);
  return (
    <section className={`banner${worst?.priority === 'P1' ? ' p1' : ''}`} aria-label={texts('banner.label')}>
      {worst ? (
        <Worst alarm={worst} />
      ) : (
        <span className="worst muted">
          {texts(known ? (rows.length > 0 ? 'banner.allAcked' : 'banner.none') : 'banner.waiting')}
        </span>
      )}
      <span className="grow" />
      <UnownedCount />
      <span className="counts" role="status">
        {priorities.map((priority) => (
          <span
            key={priority}
            className={`count${counts[priority] === 0 ? ' zero' : ''}`}
            title={texts(`priority.${priority}`)}
          >
            <PriorityMark priority={priority} size={18} />
            {counts[priority]}
          </span>
        ))}
        <span className={`count${stale === 0 ? ' zero' : ''}`} title={texts('device.stale')}>
          <StaleMark size={18} />
          {groupText(stale)}
        </span>
      </span>
      <P1Announcer alarm={worst?.priority === 'P1' ? worst : null} />
    </section>
  );
}

/** How many alarms no human owns; leads to those on the desk. */
function UnownedCount() {
  const texts = useTexts();
  const unowned = useLive((live) => live.picture.strip?.unowned);
  if (!unowned || unowned.count === 0) return null;
  const urgent = unowned.worst === 'P1' ? ' urgent' : '';
  return (
    <Link to={hrefOf({ page: 'duty', tab: 'unacked' })} className={`pill unowned${urgent}`}>
      <span title={texts('banner.unownedWhy')}>{texts('banner.unowned', { n: unowned.count })}</span>
    </Link>
  );
}

function Worst({ alarm }: { alarm: Alarm }) {
  const now = useBeat((beat) => beat.now);
  const texts = useTexts();
  const place = usePlace();
  const value = useShownValue();
  const { figure, unit } = value(alarm, alarm.lastValue ?? alarm.value);
  return (
    <Link to={hrefOf({ page: 'duty', alarm: alarm.id, view: 'detail' })} className="worst">
      <AlarmMark alarm={alarm} size={22} />
      <span className="clip">
        {place.full(alarm)}
        <span className="rest">　{place.clause(alarm)}</span>
      </span>
      <span className="val">
        {figure} {unit}
      </span>
      <span className="age" title={texts('banner.age')}>
        {ageText(now - alarm.raisedAt, texts('age.day'))}
      </span>
    </Link>
  );
}

/** Only P1 interrupts a screen reader; said once per alarm, not once per second. */
function P1Announcer({ alarm }: { alarm: Alarm | null }) {
  const texts = useTexts();
  const place = usePlace();
  const said = useRef<string | null>(null);
  useEffect(() => {
    said.current = alarm?.id ?? null;
  }, [alarm?.id]);
  return (
    <span className="sr" role="alert">
      {alarm ? texts('banner.alert', { place: place.full(alarm), why: texts.pick(alarm.explanation) }) : ''}
    </span>
  );
}

/** Red while the seat cannot be heard, and while data have stopped: the two things that make calm false. */
export function Warnings() {
  const texts = useTexts();
  const locked = useSound((sound) => sound.context !== 'running');
  return (
    <div>
      <Silence />
      <Unsecured />
      <Unwritable />
      <PathSilent />
      <DrillBar />
      {locked && (
        <div className="sound-bar" role="status">
          <span className="clip">{texts('sound.bar')}</span>
          <span className="grow" />
          <button type="button" className="btn" onClick={() => void unlockSound()}>
            {texts('sound.start')}
          </button>
        </div>
      )}
    </div>
  );
}

/** A line that anybody on its network can read is said on every page, for as long as it is so. */
function Unsecured() {
  const texts = useTexts();
  const notices = useLive((live) => live.picture.strip?.notices);
  if (!notices || notices.length === 0) return null;
  const where = notices
    .map(({ gateway, endpoints }) => `${gateway} (${endpoints.join(' ')})`)
    .join(texts('notice.and'));
  return (
    <div className="notice-bar" role="status" title={where}>
      <span className="clip">{texts('notice.unsecured', { where })}</span>
    </div>
  );
}

function Silence() {
  const texts = useTexts();
  const silent = useBeat((beat) => beat.link === 'silent');
  useBeat((beat) => beat.second);
  const heardAt = useLive((live) => live.heardAt);
  if (!silent || heardAt === null) return null;
  return (
    <div className="silence" role="status">
      <span>{texts('silence.said')}</span>
      <time>{spanText(performance.now() - heardAt)}</time>
    </div>
  );
}

/** Nothing can be stored, so no alarm can tell of it: the page says so itself, and the sound calls for it. */
function Unwritable() {
  const texts = useTexts();
  const now = useBeat((beat) => beat.now);
  const problem = useLive((live) => live.picture.strip?.ingest?.journal?.problem ?? null);
  if (!problem) return null;
  return (
    <div className="silence" role="alert" aria-label={texts('journal.alert')}>
      <span>{texts('journal.problem', { text: problem.text })}</span>
      <time>
        {texts('journal.since')} {spanText(now - problem.since)}
      </time>
    </div>
  );
}

/** Nothing of the alarm path's heartbeat came here for three minutes: an alarm would not come either, so the page says it. */
function PathSilent() {
  const texts = useTexts();
  useBeat((beat) => beat.second);
  const live = useBeat((beat) => beat.link === 'live');
  const since = useNotices((state) => state.beatAt);
  if (!live || since === null || !pathIsSilent()) return null;
  return (
    <div className="silence" role="alert">
      <span>{texts('path.silent')}</span>
      <time>{spanText(performance.now() - since)}</time>
    </div>
  );
}

/** The strip at the foot: how much comes in, what was refused, and that nothing was lost. */
export function Footer() {
  const texts = useTexts();
  const strip = useLive((live) => live.picture.strip);
  const version = useCity((state) => state.body?.version);
  const none = '—';
  const ingest = strip?.ingest;
  const lag = (ms: number | undefined): string => (ms === undefined ? none : `${(ms / 1000).toFixed(1)} s`);
  return (
    <footer className="foot">
      <span>
        {texts('foot.rate')} <b>{ingest ? groupText(ingest.perSecond) : none}</b>/s
      </span>
      <span>
        {texts('foot.accepted')} <b>{ingest ? groupText(ingest.accepted) : none}</b>
      </span>
      <Link to="/quarantine">
        {texts('foot.refused')} <b>{ingest ? groupText(ingest.refused) : none}</b>
      </Link>
      <span className={ingest && ingest.lost > 0 ? 'bad' : undefined}>
        {texts('foot.lost')} <b>{ingest ? groupText(ingest.lost) : none}</b>
      </span>
      <span className={ingest?.store.problem ? 'bad' : undefined} title={ingest?.store.problem ?? undefined}>
        {texts('foot.store')} <b>{lag(ingest?.store.lagMs)}</b>
      </span>
      <span>
        {texts('foot.rules')} <b>{lag(strip?.rules?.lagMs)}</b>
      </span>
      <span
        className={strip?.rules?.heartbeat?.stoppedAt ? 'bad' : undefined}
        title={texts('foot.pathWhy', { n: strip?.rules?.heartbeat?.rounds ?? none })}
      >
        {texts('foot.path')} <b>{lag(strip?.rules?.heartbeat?.roundMs ?? undefined)}</b>
      </span>
      <span className="grow" />
      <span className="keys">{texts('foot.keys')}</span>
      {version && <span>v{version}</span>}
    </footer>
  );
}

/** Demonstration and live never mix: the word stands on every page, over everything. */
export function Watermark() {
  const demo = useCity((state) => state.body?.demo ?? null);
  return demo ? <div className="watermark" aria-hidden="true" /> : null;
}
