import { type ComponentProps, type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { type ApiProblem, problemOf } from '../api/client.ts';
import { claim, signIn } from '../api/session.ts';
import { usePrefs } from '../frame/prefs.ts';
import { goTo } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { unlockSound } from '../sound/engine.ts';
import { Goose } from '../ui/icons.tsx';
import { safeNext } from './next.ts';
import './pages.css';

function Door({ title, children }: { title: string; children: ReactNode }) {
  const texts = useTexts();
  const { language, set } = usePrefs();
  useEffect(() => {
    document.title = `${texts('brand')} · ${title}`;
  }, [texts, title]);
  return (
    <main className="door">
      <div className="door-card">
        <div className="door-brand">
          <Goose size={52} />
          <h1>{texts('brand')}</h1>
          <p className="muted">{texts('door.motto')}</p>
        </div>
        {children}
        <div className="door-foot">
          <button
            type="button"
            className="btn quiet"
            onClick={() => set({ language: language === 'zh' ? 'en' : 'zh' })}
          >
            {language === 'zh' ? 'English' : '中文'}
          </button>
        </div>
      </div>
    </main>
  );
}

/** What a form at the door shares: one request at a time, its problem shown, and the way on. */
function useEntering(enter: () => Promise<void>, next: string | null) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    // The gesture that begins the watch also unlocks its sound.
    void unlockSound().catch(() => undefined);
    try {
      await enter();
      goTo(safeNext(next), 'replace');
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return { busy, problem, submit };
}

/** One labelled line of a form at the door; `children` stand below it. */
function Field({
  id,
  label,
  onValue,
  children,
  ...input
}: { id: string; label: string; onValue: (value: string) => void; children?: ReactNode } & Omit<
  ComponentProps<'input'>,
  'id' | 'onChange' | 'className'
>) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input {...input} id={id} className="input" onChange={(event) => onValue(event.target.value)} />
      {children}
    </div>
  );
}

export function LoginPage({ next }: { next: string | null }) {
  const texts = useTexts();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { busy, problem, submit } = useEntering(() => signIn(name, password), next);
  return (
    <Door title={texts('login.title')}>
      <form onSubmit={submit}>
        <Field
          id="name"
          label={texts('login.name')}
          autoComplete="username"
          // The page has this one purpose.
          autoFocus
          required
          value={name}
          onValue={setName}
        />
        <Field
          id="password"
          label={texts('login.password')}
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onValue={setPassword}
        />
        {problem && (
          <div className="error" role="status">
            {texts.problem(problem)}
          </div>
        )}
        <button type="submit" className="btn primary" disabled={busy}>
          {texts('login.do')}
        </button>
        <p className="why">{texts('login.sound')}</p>
      </form>
    </Door>
  );
}

/** At least this many characters; length is what counts (NIST SP 800-63B). */
const MIN_PASSWORD = 12;

/** The one-time link of the first start: sets the first person's name and password. */
export function ClaimPage({ link }: { link: string }) {
  const texts = useTexts();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const { busy, problem, submit } = useEntering(() => claim(link, name, password), null);
  const length = [...password].length;
  const why = !link
    ? texts('claim.noLink')
    : !name.trim()
      ? texts('claim.needsName')
      : length < MIN_PASSWORD
        ? texts('claim.tooShort', { n: MIN_PASSWORD - length })
        : password !== again
          ? texts('claim.notSame')
          : null;
  return (
    <Door title={texts('claim.title')}>
      <form onSubmit={submit}>
        <b>{texts('claim.title')}</b>
        <p className="why">{texts('claim.why')}</p>
        <Field
          id="name"
          label={texts('login.name')}
          autoComplete="username"
          // The page has this one purpose.
          autoFocus
          value={name}
          onValue={setName}
        />
        <Field
          id="password"
          label={texts('login.password')}
          type="password"
          autoComplete="new-password"
          aria-describedby="rule"
          value={password}
          onValue={setPassword}
        >
          <div className="strength" id="rule">
            <div className="meter" aria-hidden="true">
              <i style={{ width: `${Math.min(100, (length / MIN_PASSWORD) * 100)}%` }} />
            </div>
            {texts('claim.rule', { n: MIN_PASSWORD, have: length })}
          </div>
        </Field>
        <Field
          id="again"
          label={texts('claim.again')}
          type="password"
          autoComplete="new-password"
          value={again}
          onValue={setAgain}
        />
        {problem && (
          <div className="error" role="status">
            {texts.problem(problem)}
          </div>
        )}
        <button type="submit" className="btn primary" disabled={busy || why !== null} title={why ?? undefined}>
          {texts('claim.do')}
        </button>
        {why && <p className="why">{why}</p>}
      </form>
    </Door>
  );
}
