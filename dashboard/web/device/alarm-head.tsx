import type { Alarm, Verdict } from '../../../devices/contract/alarm.ts';
import { isGood } from '../../../devices/model/quality.ts';
import { safetyClock } from '../../../devices/tickets/safety-clock.ts';
import { Bar } from '../alarms/alarm-row.tsx';
import { rankOf } from '../alarms/order.ts';
import { useShownValue } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { ageText, stampText } from '../format/age.ts';
import { opText } from '../format/value.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useBeat } from '../live/store.ts';
import { useTicketOfAlarm } from '../live/use-tickets.ts';
import { SafetyClockView } from '../ui/safety-clock.tsx';

/** The one strong thing: the value against its limit, why it rings, and the clock that runs. */
export function AlarmHead({ alarm }: { alarm: Alarm }) {
  const texts = useTexts();
  const shown = useShownValue();
  const now = useBeat((beat) => beat.now);
  const ticket = useTicketOfAlarm(alarm.id);
  const newest = alarm.lastValue ?? alarm.value;
  const { figure, unit } = shown(alarm, newest);
  const limit = alarm.limit === null ? null : shown(alarm, alarm.limit);
  const raised = shown(alarm, alarm.value);
  const hot = alarm.active && !alarm.closedAt;
  return (
    <section className="alarm-head">
      <div className="alarm-state small">
        <b>{texts(`priority.${alarm.priority}`)}</b>
        <span className="tag solid">
          {texts(
            alarm.closedAt
              ? 'state.closed'
              : alarm.acked
                ? alarm.active
                  ? 'state.acked'
                  : 'state.latched'
                : alarm.active
                  ? 'state.unacked'
                  : 'state.returned',
          )}
        </span>
        {alarm.needsVerdict && <span className="tag solid">{texts('tag.verdict')}</span>}
        {alarm.lane === 'history' && <span className="tag draft">{texts('tag.history')}</span>}
        {alarm.supersededBy && <span className="tag">{texts('tag.superseded')}</span>}
        {alarm.override && <span className="tag">{texts(`override.${alarm.override.kind}`)}</span>}
        {alarm.marks.map((mark) => (
          <span key={mark} className="tag solid" title={texts('mark.why')}>
            {texts(`mark.${mark}`)}
          </span>
        ))}
      </div>
      <div className="big-row">
        <div className={`big${hot ? ` hot p${rankOf(alarm.priority)}` : ''}`}>
          {figure}
          <span className="big-unit">{unit}</span>
        </div>
        <dl className="big-side">
          {limit && (
            <div>
              <dt>{texts('alarm.limitWord')}</dt>
              <dd>
                {opText(alarm.op)} {limit.figure} {limit.unit}
              </dd>
            </div>
          )}
          <div>
            <dt>{texts('alarm.raisedAt')}</dt>
            <dd>
              {raised.figure} {raised.unit}
            </dd>
          </div>
          <div>
            <dt>{texts('alarm.valueAge')}</dt>
            <dd>{alarm.lastAt === null ? '—' : ageText(now - alarm.lastAt, texts('age.day'))}</dd>
          </div>
        </dl>
      </div>
      <Bar alarm={alarm} value={newest} strong={hot} />
      <p className="small alarm-why">{texts.pick(alarm.explanation)}</p>
      {(!isGood(alarm.lastQuality) || alarm.doubts.length > 0) && (
        <p className="small doubt-line">
          <span className="doubt">?</span>{' '}
          {alarm.doubts.length > 0
            ? alarm.doubts.map((doubt) => texts(`doubt.${doubt}`)).join(texts('list.and'))
            : texts('value.doubtful')}
        </p>
      )}
      {alarm.marks.length > 0 && alarm.priority === 'P1' && <p className="small muted">{texts('mark.why')}</p>}
      {alarm.verdict && <VerdictLine verdict={alarm.verdict} />}
      <SafetyClockView clock={safetyClock(alarm, ticket, now)} priority={alarm.priority} />
    </section>
  );
}

/** What it was, who says so, and what that rests on. */
function VerdictLine({ verdict: { kind, by, at, evidence } }: { verdict: Verdict }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  return (
    <p className="small verdict-line">
      <span className="tag solid">{texts('verdict.open')}</span> <b>{texts(`verdict.${kind}`)}</b>
      <span className="muted">
        {' '}
        · {by} · {stampText(at, timeZone)}
      </span>
      <span className="note">{evidence}</span>
    </p>
  );
}
