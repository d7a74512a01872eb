import type { DutyGapsBody } from '../../../devices/contract/api.ts';
import { useTexts } from '../i18n/i18n.ts';
import { Records } from './records.tsx';
import './responsible.css';
import { useDuty } from './use-duty.ts';
import { WhoForm } from './who-form.tsx';

/** Who is responsible: ask for a moment, see where nobody is, keep the lists. */
export function ResponsiblePage() {
  const texts = useTexts();
  const { body, gaps, problem, load } = useDuty();
  return (
    <div className="sheet">
      <div className="sheet-in resp">
        <header className="sheet-head">
          <div>
            <h1>{texts('resp.title')}</h1>
            <p className="small">{texts('resp.why')}</p>
          </div>
        </header>
        {problem && <div className="error">{texts.problem(problem)}</div>}
        <WhoForm />
        {gaps && <Gaps gaps={gaps} />}
        {body && <Records records={body.records} onChanged={() => void load()} />}
      </div>
    </div>
  );
}

function Gaps({ gaps: { items, from, days } }: { gaps: DutyGapsBody }) {
  const texts = useTexts();
  return (
    <section className="resp-box" aria-label={texts('resp.holes')}>
      <h2>
        {texts('resp.holes')} <span className="tag">{items.length}</span>
      </h2>
      <p className="small muted">{texts('resp.holesOf', { from, n: days })}</p>
      {items.length === 0 && <p>{texts('resp.noHoles')}</p>}
      <ul className="resp-gaps">
        {items.map((gap) => (
          <li key={gap.en} className={gap.code}>
            <span className={`tag${gap.code === 'nobody' ? ' solid' : ''}`}>{texts(`resp.gap.${gap.code}`)}</span>
            <span>{texts.pick(gap)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
