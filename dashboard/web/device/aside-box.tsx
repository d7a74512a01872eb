import { useState } from 'react';
import type { Alarm, Override } from '../../../devices/contract/alarm.ts';
import type { PersonsOverride, Point } from '../../../devices/contract/overrides.ts';
import { useMayAct } from '../alarms/acknowledge.ts';
import { endOverride, whyNotAct } from '../alarms/put-aside.ts';
import { useStanding } from '../alarms/standing.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';

/** What lies over an alarm: who put it there, until when and why; a person's can be ended here. */
export function AsideBox({ alarm }: { alarm: Alarm }) {
  const texts = useTexts();
  const standing = useStanding((state) => state.body?.standing);
  if (alarm.overrides.length === 0 || alarm.closedAt !== null) return null;
  // Whether it lies over the point or over the whole device is known only from what stands: until that has come, nothing
  // is ended, rather than something else.
  const pointOf = (override: PersonsOverride): Point | undefined =>
    standing?.find(
      (one) =>
        one.device === alarm.device &&
        one.override.kind === override.kind &&
        (one.rule === alarm.rule || one.rule === null),
    );
  return (
    <section className="box" aria-label={texts('aside.title')}>
      <h2>{texts('aside.title')}</h2>
      <ul className="asides">
        {alarm.overrides.map((override) => (
          <li key={override.kind}>
            <OverrideWords override={override} />
            {override.kind !== 'suppressed' && <EndButton point={pointOf(override)} kind={override.kind} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Who, until when, why. */
export function OverrideWords({ override }: { override: Override }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const kind = <b>{texts(`override.${override.kind}`)}</b>;
  if (override.kind === 'suppressed') {
    return (
      <span className="small">
        {kind} · {texts('aside.because', { id: override.because })}
      </span>
    );
  }
  const words = [
    override.until === null ? texts('service.open') : texts('clock.until', { at: stampText(override.until, timeZone) }),
    override.kind === 'shelved' && override.oneShot ? texts('aside.oneShot') : '',
    override.kind === 'out-of-service' ? texts('aside.order', { id: override.workOrder }) : '',
    override.confirmedBy ? texts('aside.two', { by: override.by, second: override.confirmedBy }) : override.by,
  ];
  return (
    <span className="small">
      {kind} · {words.filter(Boolean).join(' · ')}
      <span className="note">{override.reason}</span>
    </span>
  );
}

/** Ends an override. Whoever shows an alarm again needs nobody beside him. */
export function EndButton({ point, kind }: { point: Point | undefined; kind: PersonsOverride['kind'] }) {
  const texts = useTexts();
  const { role, silent } = useMayAct();
  const [busy, setBusy] = useState(false);
  const why = whyNotAct(role, silent);
  const end = (): void => {
    if (!point) return;
    setBusy(true);
    endOverride(point, kind).finally(() => setBusy(false));
  };
  return (
    <button
      type="button"
      className="btn"
      disabled={busy || !point || why !== null}
      title={why ? texts(why) : undefined}
      onClick={end}
    >
      {texts(kind === 'shelved' ? 'shelve.end' : 'service.end')}
    </button>
  );
}
