import { useEffect, useState } from 'react';
import type { KpisBody } from '../../../devices/contract/api.ts';
import { useCity } from '../api/city.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';
import { stampText } from '../format/age.ts';
import { patchRoute, useRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { Rates, SeatsNow, Standing } from './figures.tsx';
import { Points, StaleAlarms } from './points.tsx';
import { RateChart } from './rate-chart.tsx';
import { PrioritySplit } from './split.tsx';
import '../pages/pages.css';
import './kpis.css';

/** Hours of the periods that are offered: a shift, a day, a week, a month. */
const PERIODS = [8, 24, 168, 720];
const HOUR_MS = 3_600_000;
const REFRESH_MS = 60_000;

/** How the alarm system itself performs, of one seat or all, over a period that ends now. */
export function KpisPage() {
  const texts = useTexts();
  const { seat, hours } = useRoute();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const { body, problem } = useKpis(seat, hours ?? 24);
  return (
    <div className="sheet">
      <div className="sheet-in kpis">
        <header className="sheet-head">
          <div>
            <h1>{texts('kpis.title')}</h1>
            <p className="small">{texts('kpis.why')}</p>
          </div>
        </header>
        <div className="kpis-choice">
          <label>
            <span className="tiny faint">{texts('kpis.seat')}</span>
            <select
              className="input"
              value={seat ?? ''}
              onChange={({ target }) => patchRoute({ seat: target.value || null })}
            >
              <option value="">{texts('kpis.all')}</option>
              {body?.seats.map(({ id, name }) => (
                <option key={id} value={id}>
                  {texts.pick(name)}
                </option>
              ))}
            </select>
          </label>
          <fieldset className="spans" aria-label={texts('kpis.period')}>
            {PERIODS.map((n) => (
              <button
                key={n}
                type="button"
                aria-pressed={n === (hours ?? 24)}
                onClick={() => patchRoute({ hours: n === 24 ? null : n })}
              >
                {n > 24 ? texts('kpis.days', { n: n / 24 }) : texts('kpis.hours', { n })}
              </button>
            ))}
          </fieldset>
          {body && (
            <span className="small muted">
              {texts('kpis.range', { from: stampText(body.from, timeZone), to: stampText(body.to, timeZone) })}
            </span>
          )}
        </div>
        {problem && <div className="error">{texts.problem(problem)}</div>}
        {!body && !problem && <div className="empty">{texts('loading')}</div>}
        {body && <Figures body={body} />}
      </div>
    </div>
  );
}

function Figures({ body }: { body: KpisBody }) {
  const texts = useTexts();
  return (
    <>
      <SeatsNow seat={body.seat} />
      <Rates body={body} />
      <Standing now={body.now} />
      <RateChart body={body} />
      <div className="kpis-pair">
        <PrioritySplit body={body} />
        <Points title={texts('kpis.top')} points={body.top} share={body.total > 0 ? body.topShare : null} />
      </div>
      <div className="kpis-pair">
        <Points
          title={texts('kpis.chattering')}
          points={body.chattering.items}
          share={null}
          of={body.chattering.count}
          times
        />
        <StaleAlarms stale={body.stale} />
      </div>
      <p className="tiny faint">{texts('kpis.sources')}</p>
    </>
  );
}

/** Asks anew each minute; what was there stays until the next is. */
function useKpis(seat: string | null, hours: number): { body: KpisBody | null; problem: ApiProblem | null } {
  const [body, setBody] = useState<KpisBody | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useEffect(() => {
    let gone = false;
    const load = async (): Promise<void> => {
      try {
        const found = await kpisOf(seat, hours);
        if (gone) return;
        setBody(found);
        setProblem(null);
      } catch (error) {
        if (!gone) setProblem(problemOf(error));
      }
    };
    void load();
    const timer = setInterval(() => void load(), REFRESH_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [seat, hours]);
  return { body, problem };
}

/** The server knows what time it is; the page only says how far back. */
const kpisOf = (seat: string | null, hours: number): Promise<KpisBody> =>
  api<KpisBody>(`/kpis?last=${hours * HOUR_MS}${seat ? `&seat=${encodeURIComponent(seat)}` : ''}`);
