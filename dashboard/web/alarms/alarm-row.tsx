import { memo } from 'react';
import type { Alarm, Override } from '../../../devices/contract/alarm.ts';
import type { Value } from '../../../devices/contract/entry.ts';
import { isGood } from '../../../devices/model/quality.ts';
import { isUnowned } from '../../../devices/tickets/unowned.ts';
import { useCity } from '../api/city.ts';
import { usePostNames } from '../api/posts.ts';
import { DrillMark, drilled } from '../drills/drill-mark.tsx';
import { ageText, stampText } from '../format/age.ts';
import { opText } from '../format/value.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useBeat, useLive } from '../live/store.ts';
import { useTicketOfAlarm } from '../live/use-tickets.ts';
import { AlarmMark } from '../ui/priority.tsx';
import { useHover } from './hover.ts';
import { limitBar } from './limit-bar.ts';
import { rankOf } from './order.ts';
import { usePlace, useShownValue } from './words.ts';

interface Props {
  readonly alarm: Alarm;
  readonly selected: boolean;
  /** Pointed at on the map. */
  readonly lit: boolean;
  /** Left the list while a hand held it. */
  readonly gone: boolean;
  readonly onSelect: (alarm: Alarm) => void;
}

/** One alarm: what, where, how far past its limit, for how long, and whose it is. */
export const AlarmRow = memo(function AlarmRow({ alarm, selected, lit, gone, onSelect }: Props) {
  const texts = useTexts();
  const place = usePlace();
  const shown = useShownValue();
  const value = alarm.lastValue ?? alarm.value;
  const { figure, unit } = shown(alarm, value);
  const limit = alarm.limit === null ? null : shown(alarm, alarm.limit);
  const put = useOverrideWords(alarm.override);
  const state = gone ? 'gone' : alarm.acked ? 'acked' : alarm.active ? 'unacked' : 'returned';
  return (
    <button
      type="button"
      className={`row ${state}${selected ? ' sel' : ''}${lit ? ' lit' : ''}${drilled(alarm.drill)}`}
      aria-current={selected || undefined}
      data-alarm={alarm.id}
      onClick={() => onSelect(alarm)}
      onPointerEnter={() => useHover.setState({ device: alarm.device, from: 'list' })}
    >
      <AlarmMark alarm={alarm} />
      <span className="row-what">
        <span className="row-place clip">{place.device(alarm)}</span>
        <span className="row-item clip">
          <span className="sr">{texts(`state.${state}`)}. </span>
          <Tags alarm={alarm} gone={gone} />
          {put?.why || place.clause(alarm)}
        </span>
      </span>
      <span
        className="row-value"
        title={
          limit ? texts('alarm.limit', { op: opText(alarm.op), limit: `${limit.figure} ${limit.unit}` }) : undefined
        }
      >
        <span className="clip">
          <b>{figure}</b> <small>{unit}</small>
          {!isGood(alarm.lastQuality) && (
            <abbr title={texts('value.doubtful')} className="doubt">
              ?
            </abbr>
          )}
        </span>
        {typeof value === 'number' ? (
          <Bar
            alarm={alarm}
            value={value}
            strong={!gone && alarm.active && !alarm.acked && rankOf(alarm.priority) <= 2}
          />
        ) : (
          <span className="row-measured clip">{place.measurement(alarm)}</span>
        )}
      </span>
      <span className="row-when">
        <Age since={alarm.raisedAt} />
        {put ? <span className="row-who clip">{put.who}</span> : <Who alarm={alarm} />}
      </span>
    </button>
  );
});

/** Of what is put aside, why it is and by whom until when: nobody else has it in hand. Null where nothing lies over it. */
function useOverrideWords(override: Override | null): { readonly why: string; readonly who: string } | null {
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  if (override === null) return null;
  if (override.kind === 'suppressed') return { why: '', who: override.because };
  const until = override.until === null ? '' : ` → ${stampText(override.until, timeZone)}`;
  return { why: override.reason, who: `${override.by}${until}` };
}

/** Whose it is, from the person to the department (岗到人): who has its ticket, or that nobody owns it; post or crew; department. */
function Who({ alarm }: { alarm: Alarm }) {
  const texts = useTexts();
  const place = usePlace();
  const posts = usePostNames();
  const ticket = useTicketOfAlarm(alarm.id);
  const named = posts(ticket?.post ?? ticket?.crew ?? '');
  const department = place.shortDepartment(ticket?.department ?? alarm.clause.department);
  const post = named ? texts.pick(named) : '';
  const person = ticket?.owner?.name ?? '';
  const nobodys = person === '' && isUnowned(alarm, ticket ?? undefined);
  const chain = [department, post, person || (nobodys ? texts('ticket.unowned') : '')].filter(Boolean).join(' › ');
  return (
    <span className="row-who" title={chain}>
      {person !== '' && <span className="clip">{person}</span>}
      {nobodys && <b className="clip">{texts('ticket.unowned')}</b>}
      <span className="clip">{[department, post].filter(Boolean).join(' › ')}</span>
    </span>
  );
}

function Age({ since }: { since: number }) {
  const texts = useTexts();
  const now = useBeat((beat) => beat.now);
  return <span className="row-age">{ageText(now - since, texts('age.day'))}</span>;
}

/** What is unusual about this row, in a word. */
function Tags({ alarm, gone }: { alarm: Alarm; gone: boolean }) {
  const texts = useTexts();
  const incident = useLive((live) => live.picture.incidents.get(alarm.incident ?? ''));
  const together = incident !== undefined && incident.counts.detectors > 1;
  const first = together && alarm.firstOut;
  return (
    <>
      <DrillMark drill={alarm.drill} />
      {together && (
        <span className={first ? 'tag solid' : 'tag'}>{texts(first ? 'tag.firstOut' : 'tag.sameIncident')}</span>
      )}
      {gone && <span className="tag solid">{texts('tag.gone')}</span>}
      {alarm.needsVerdict && <span className="tag solid">{texts('tag.verdict')}</span>}
      {alarm.lane === 'history' && <span className="tag draft">{texts('tag.history')}</span>}
      {alarm.latched && !alarm.active && <span className="tag">{texts('tag.latched')}</span>}
      {alarm.override && <span className="tag">{texts(`override.${alarm.override.kind}`)}</span>}
      {alarm.marks.map((mark) => (
        <span key={mark} className="tag">
          {texts(`mark.${mark}`)}
        </span>
      ))}
      {alarm.verdict && <span className="tag">{texts(`verdict.${alarm.verdict.kind}`)}</span>}
    </>
  );
}

/** The value against its limit, which is a mark on the bar. */
export function Bar({ alarm, value, strong }: { alarm: Alarm; value: Value | null; strong: boolean }) {
  const bar = limitBar(value, alarm.op, alarm.limit);
  if (!bar) return null;
  return (
    <span className={`bar${strong ? ` p${rankOf(alarm.priority)}` : ''}`} aria-hidden="true">
      <i style={{ width: `${bar.value * 100}%` }} />
      <b style={{ left: `${bar.limit * 100}%` }} />
    </span>
  );
}
