import { useCallback, useEffect, useState } from 'react';
import type { PushBody, PushBrowser } from '../../../devices/contract/push.ts';
import { useCity } from '../api/city.ts';
import { problemOf } from '../api/client.ts';
import { stampText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import { say } from '../ui/toast.tsx';
import { useFetched } from '../ui/use-fetched.ts';
import { browserSide, sendTest, switchOff, switchOn } from './browser.ts';
import { type BrowserSide, canSwitchOn, type PushState, pushState } from './push-state.ts';
import '../pages/pages.css';
import './push.css';

const READ_EVERY_MS = 5000;

/** My notifications: whether I am told in this browser, in which others, and the last proof that something arrived there. */
export function MinePage() {
  const texts = useTexts();
  const mine = useFetched<PushBody>('/push', READ_EVERY_MS);
  const [here, readHere] = useBrowserSide();
  const [busy, setBusy] = useState(false);
  const work = (what: Promise<unknown>): void => {
    setBusy(true);
    what
      .catch((error) => say(problemOf(error)))
      .finally(() => {
        setBusy(false);
        readHere();
        mine.reload();
      });
  };
  const state = mine.body && here && pushState(mine.body, here);
  return (
    <div className="sheet">
      <div className="sheet-in mine">
        <header className="sheet-head">
          <div>
            <h1>{texts('push.title')}</h1>
            <p className="small">{texts('push.why')}</p>
          </div>
        </header>
        {mine.problem && <div className="error">{texts.problem(mine.problem)}</div>}
        {state && <Here state={state} busy={busy} onSwitch={() => work(switchOn(mine.body?.key ?? ''))} />}
        {mine.body && mine.body.browsers.length > 0 && (
          <Browsers
            browsers={mine.body.browsers}
            here={here?.subscribed?.id ?? null}
            busy={busy}
            onEnd={(id) => work(switchOff(id))}
            onTest={(id) => work(sendTest(id).then(() => say({ zh: '测试已发出', en: 'A test is on its way' })))}
          />
        )}
      </div>
    </div>
  );
}

function Here({ state, busy, onSwitch }: { state: PushState; busy: boolean; onSwitch: () => void }) {
  const texts = useTexts();
  return (
    <section className={`card push-here ${state.kind}`} aria-label={texts('push.here')}>
      <div>
        <h2>{texts('push.here')}</h2>
        <p role="status">
          <b>{texts(state.kind === 'on' ? 'push.isOn' : 'push.isOff')}</b>
        </p>
        <p className="small muted">{texts(`push.state.${state.kind}`)}</p>
      </div>
      {canSwitchOn(state) && (
        <button type="button" className="btn primary" disabled={busy} onClick={onSwitch}>
          {texts('push.switchOn')}
        </button>
      )}
    </section>
  );
}

function Browsers({
  browsers,
  here,
  busy,
  onEnd,
  onTest,
}: {
  browsers: readonly PushBrowser[];
  here: string | null;
  busy: boolean;
  onEnd: (id: string) => void;
  onTest: (id: string) => void;
}) {
  const texts = useTexts();
  const timeZone = useCity((city) => city.body?.city.timeZone ?? 'UTC');
  const stamp = (at: number | null): string => (at === null ? texts('push.never') : stampText(at, timeZone));
  return (
    <section aria-label={texts('push.browsers')}>
      <h2>{texts('push.browsers')}</h2>
      <ul className="push-list">
        {browsers.map((one) => (
          <li key={one.id} className="card">
            <div>
              <b>{one.name || texts('push.unnamed')}</b>
              {one.id === here && <span className="pill">{texts('push.this')}</span>}
              {one.goneAt !== null && <p className="push-gone">{texts('push.gone', { at: stamp(one.goneAt) })}</p>}
              <p className="small muted">
                {texts('push.since', { at: stamp(one.since) })} ·{' '}
                {texts('push.delivered', { at: stamp(one.deliveredAt) })} ·{' '}
                {texts('push.seen', { at: stamp(one.seenAt) })}
              </p>
            </div>
            <div className="push-do">
              <button
                type="button"
                className="btn"
                disabled={busy || one.goneAt !== null}
                title={one.goneAt === null ? undefined : texts('push.goneWhy')}
                onClick={() => onTest(one.id)}
              >
                {texts('push.test')}
              </button>
              <button type="button" className="btn quiet" disabled={busy} onClick={() => onEnd(one.id)}>
                {texts('push.end')}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What this browser says of itself, read again when the page is looked at: a permission is changed elsewhere. */
function useBrowserSide(): readonly [BrowserSide | null, () => void] {
  const [here, setHere] = useState<BrowserSide | null>(null);
  const read = useCallback(() => {
    browserSide().then(setHere, (error) => say(problemOf(error)));
  }, []);
  useEffect(() => {
    read();
    addEventListener('focus', read);
    return () => removeEventListener('focus', read);
  }, [read]);
  return [here, read];
}
