import { useState } from 'react';
import { useCity } from '../api/city.ts';
import { problemOf } from '../api/client.ts';
import { signOut, useSession } from '../api/session.ts';
import { clockText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useBeat } from '../live/store.ts';
import { SeatPicker } from '../notices/seat-picker.tsx';
import { NoticeStack } from '../notices/stack.tsx';
import { OutboxChip } from '../outbox/outbox-chip.tsx';
import { toggleMute, unlockSound, useSound } from '../sound/engine.ts';
import { Goose, Icon } from '../ui/icons.tsx';
import { say } from '../ui/toast.tsx';
import { WatchChip } from '../watch/watch-chip.tsx';
import { Link } from './link.tsx';
import { shownTheme, usePrefs } from './prefs.ts';
import { goTo, hrefOf, type PageName, useRoute } from './route.ts';
import { openHelp } from './shortcuts.tsx';
import './header.css';

const sections = [
  'duty',
  'tickets',
  'handover',
  'responsible',
  'hazards',
  'campaigns',
  'drills',
  'standards',
  'kpis',
  'scores',
  'quarantine',
  'audit',
] as const satisfies readonly PageName[];

/** Sections that every shift goes to and fro between; the others are one step further. */
const always = ['duty', 'tickets', 'handover'] as const satisfies readonly PageName[];

/** The other sections in a menu that carries the name of the one that is open. */
function OtherSections() {
  const texts = useTexts();
  const { page } = useRoute();
  const others = sections.filter((name) => !always.some((one) => one === name));
  const here = others.find((name) => name === page);
  return (
    // Another page is another menu: closed.
    <details key={page} className="head-others">
      <summary aria-current={here ? 'page' : undefined}>
        {texts(here ? `nav.${here}` : 'nav.more')} <Icon name="down" size={13} />
      </summary>
      <div className="card">
        {others.map((name) => (
          <Link key={name} to={hrefOf({ page: name })} current={page === name}>
            {texts(`nav.${name}`)}
          </Link>
        ))}
      </div>
    </details>
  );
}

/** Brand, sections, and what must always be seen: age of the data, the link, the sound, the clock. */
export function Header() {
  const texts = useTexts();
  const { page } = useRoute();
  const city = useCity((state) => state.body?.city);
  const demo = useCity((state) => state.body?.demo ?? null);
  const [open, setOpen] = useState(false);
  return (
    <header className="head">
      <Link to="/" className="brand">
        <Goose />
        <span className="brand-name">{texts('brand')}</span>
      </Link>
      {city && (
        <span className="head-city muted small clip">{texts('header.city', { city: texts.pick(city.name) })}</span>
      )}
      {demo && (
        <span className="sim" title={texts('sim.why')}>
          <span lang="zh-CN">模拟</span> <span lang="en">SIMULATION</span>
        </span>
      )}
      <nav className="head-nav" aria-label={texts('nav.label')}>
        {always.map((name) => (
          <Link key={name} to={hrefOf({ page: name })} current={page === name}>
            {texts(`nav.${name}`)}
          </Link>
        ))}
        <OtherSections />
      </nav>
      <span className="grow" />
      <LinkPill />
      <SoundButton />
      <OutboxChip />
      <NoticeStack />
      <div className={`head-tools${open ? ' open' : ''}`}>
        <nav className="head-nav-small" aria-label={texts('nav.label')}>
          {sections.map((name) => (
            <Link key={name} to={hrefOf({ page: name })} current={page === name}>
              {texts(`nav.${name}`)}
            </Link>
          ))}
        </nav>
        <SeatPicker />
        <WatchChip />
        <LanguageButton />
        <ThemeButton />
        <button
          type="button"
          className="btn quiet icon help"
          aria-label={texts('help.open')}
          title={`${texts('help.open')} (?)`}
          onClick={openHelp}
        >
          ?
        </button>
        <UserChip />
      </div>
      {city && <Clock timeZone={city.timeZone} />}
      <button
        type="button"
        className="btn quiet icon head-more"
        aria-label={texts('nav.more')}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name={open ? 'close' : 'menu'} />
      </button>
    </header>
  );
}

function Clock({ timeZone }: { timeZone: string }) {
  const texts = useTexts();
  const now = useBeat((beat) => beat.now);
  return (
    <time className="head-clock" title={texts('header.clock')} dateTime={new Date(now).toISOString()}>
      {clockText(now, timeZone)}
    </time>
  );
}

function LinkPill() {
  const texts = useTexts();
  const link = useBeat((beat) => beat.link);
  const age = useBeat((beat) => (beat.messageAge === null ? null : Math.round(beat.messageAge / 100) / 10));
  const said =
    link === 'live' && age !== null
      ? texts('link.live', { s: age.toFixed(1) })
      : texts(`link.${link === 'live' ? 'connecting' : link}`);
  return (
    <span className={`pill link-pill ${link}`} title={texts('link.why')}>
      <i className="dot" aria-hidden="true" />
      <span className="pill-text">{said}</span>
    </span>
  );
}

function SoundButton() {
  const texts = useTexts();
  const running = useSound((sound) => sound.context === 'running');
  const mute = useSound((sound) => sound.mute);
  useBeat((beat) => beat.second);
  const left = mute ? Math.max(0, Math.ceil((mute.until - Date.now()) / 1000)) : 0;
  const label = !running
    ? texts('sound.locked')
    : mute
      ? texts('sound.muted', { s: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}` })
      : texts('sound.on');
  return (
    <button
      type="button"
      className={`pill sound-pill${running ? '' : ' off'}${mute ? ' muted-now' : ''}`}
      title={running ? `${texts(mute ? 'sound.unmute' : 'sound.mute')} (M)` : texts('sound.start')}
      onClick={() => (running ? toggleMute() : void unlockSound())}
    >
      <Icon name={running && !mute ? 'sound' : 'muted'} size={15} />
      <span className="pill-text">{label}</span>
    </button>
  );
}

function LanguageButton() {
  const { language, set } = usePrefs();
  const texts = useTexts();
  return (
    <button
      type="button"
      className="btn quiet lang"
      lang={language === 'zh' ? 'en' : 'zh-CN'}
      title={texts('header.language')}
      onClick={() => set({ language: language === 'zh' ? 'en' : 'zh' })}
    >
      {language === 'zh' ? 'English' : '中文'}
    </button>
  );
}

function ThemeButton() {
  const { theme, set } = usePrefs();
  const texts = useTexts();
  const dark = shownTheme(theme) === 'dark';
  const label = texts(dark ? 'header.light' : 'header.dark');
  return (
    <button
      type="button"
      className="btn quiet icon"
      aria-label={label}
      title={label}
      onClick={() => set({ theme: dark ? 'light' : 'dark' })}
    >
      <Icon name={dark ? 'sun' : 'moon'} />
    </button>
  );
}

function UserChip() {
  const texts = useTexts();
  const me = useSession((session) => session.me);
  if (!me) return null;
  const leave = (): void => {
    signOut().then(
      () => goTo('/login'),
      (error) => say(problemOf(error)),
    );
  };
  return (
    <details className="user">
      <summary className="btn quiet">
        <Icon name="user" size={16} />
        <span className="clip">{me.displayName}</span>
      </summary>
      <div className="user-menu">
        <div className="small">
          <b>{me.displayName}</b>
          <div className="faint">{texts('user.role', { role: me.role })}</div>
        </div>
        <Link to={hrefOf({ page: 'mine' })} className="btn">
          {texts('push.menu')}
        </Link>
        <button type="button" className="btn" onClick={leave}>
          {texts('user.signOut')}
        </button>
      </div>
    </details>
  );
}
