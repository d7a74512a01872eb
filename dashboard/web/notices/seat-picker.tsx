import { seatsOf } from '../../../devices/city/seats.ts';
import { useCity } from '../api/city.ts';
import { useSession } from '../api/session.ts';
import { usePrefs } from '../frame/prefs.ts';
import { useTexts } from '../i18n/i18n.ts';
import './notices.css';

/** Which seats this page watches: all of the city unless somebody chose. A viewer watches none. */
export function SeatPicker() {
  const texts = useTexts();
  const city = useCity((state) => state.body?.city);
  const role = useSession((session) => session.me?.role);
  const { seats: chosen, set } = usePrefs();
  if (!city || role === undefined) return null;
  const all = seatsOf(city);
  const watched = all.filter(({ id }) => chosen === null || chosen.includes(id));
  const may = role === 'admin' || role === 'supervisor' || role === 'duty';
  const label =
    !may || watched.length === 0
      ? texts('seats.none')
      : watched.length === all.length
        ? texts('seats.all')
        : watched.map(({ name }) => texts.pick(name)).join(' · ');
  const toggle = (id: string, on: boolean): void => {
    const next = all.filter((seat) => (seat.id === id ? on : watched.includes(seat))).map((seat) => seat.id);
    set({ seats: next.length === all.length ? null : next });
  };
  return (
    <details className="user seats">
      <summary className="btn quiet" title={texts('seats.label')}>
        <span className="clip">{label}</span>
      </summary>
      <div className="user-menu seats-menu">
        {all.map(({ id, name }) => (
          <label key={id}>
            <input
              type="checkbox"
              disabled={!may}
              checked={may && (chosen === null || chosen.includes(id))}
              onChange={(event) => toggle(id, event.currentTarget.checked)}
            />
            {texts.pick(name)}
          </label>
        ))}
        <p className="small faint">{texts(may ? 'seats.why' : 'seats.cannot')}</p>
      </div>
    </details>
  );
}
