import type { Priority } from '../../../devices/contract/alarm.ts';
import type { SafetyClock, SafetyStep } from '../../../devices/tickets/safety-clock.ts';
import { rankOf } from '../alarms/order.ts';
import { useCity } from '../api/city.ts';
import { ageText, clockText, stampText } from '../format/age.ts';
import { type Texts, useTexts } from '../i18n/i18n.ts';

/** The steps of a matter against their deadlines, side by side; the one to act on stands out. */
export function SafetyClockView({ clock, priority }: { clock: SafetyClock; priority: Priority }) {
  const texts = useTexts();
  if (clock.steps.length === 0) return null;
  return (
    <section aria-label={texts('clock.label')}>
      <h2 className="over clock-over">
        {texts('clock.label')}
        <span className="grow" />
        {texts(`clock.${clock.runs}`)}
      </h2>
      <ol className="steps" style={{ gridTemplateColumns: `repeat(${clock.steps.length}, 1fr)` }}>
        {clock.steps.map((step) => (
          <Step key={step.name} step={step} rank={rankOf(priority)} working={clock.runs === 'working'} />
        ))}
      </ol>
    </section>
  );
}

/** The step to act on, in a word and what is left of its time: for a row or a popup. */
export function ClockNow({ clock, now }: { clock: SafetyClock; now: number }) {
  const texts = useTexts();
  const step = clock.current;
  if (!step || step.deadline === null) return null;
  const name = texts(`clock.${step.name}`);
  const left = ageText(Math.abs(step.deadline - now), texts('age.day'));
  if (step.state === 'standing') return <span className="clock-now">{texts('clock.standing')}</span>;
  return step.state === 'overdue' ? (
    <span className="clock-now over-time">{texts('clock.since', { step: name, left })}</span>
  ) : (
    <span className="clock-now">{texts('clock.left', { step: name, left })}</span>
  );
}

function Step({ step, rank, working }: { step: SafetyStep; rank: number; working: boolean }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const done = step.state === 'done' || step.state === 'late';
  const allowed =
    step.deadline === null
      ? texts('clock.noLimit')
      : working
        ? texts('clock.until', { at: stampText(step.deadline, timeZone) })
        : `≤ ${allowedText(step.allowed ?? 0, texts)}`;
  return (
    <li
      className={`${step.state}${step.current ? ` now p${rank}` : ''}`}
      title={step.deadline === null ? undefined : texts('clock.until', { at: clockText(step.deadline, timeZone) })}
    >
      <b>{done || step.current ? ageText(step.elapsed, texts('age.day')) : '—'}</b>
      <span>
        {texts(`clock.${step.name}`)} <span className="nowrap">{allowed}</span>
      </span>
      {(step.state === 'overdue' || step.state === 'late' || step.state === 'standing') && (
        <span className="tag solid">{texts(`clock.${step.state}`)}</span>
      )}
    </li>
  );
}

/** A span as a deadline is told: `30 分`, `24 小时`. */
function allowedText(ms: number, texts: Texts): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 || minutes % 60 !== 0
    ? texts('clock.minutes', { n: minutes })
    : texts('clock.hours', { n: minutes / 60 });
}
