import { useState } from 'react';
import type { OnDuty } from '../../../devices/contract/duty-answers.ts';
import { type DutyKind, dutyKinds } from '../../../devices/contract/duty-kinds.ts';
import { dutyNames, personName } from '../../../devices/duty/duty-words.ts';
import { useCity } from '../api/city.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';
import { useTexts } from '../i18n/i18n.ts';

/** Dry run: who would get this, then and there, and why. */
export function WhoForm() {
  const texts = useTexts();
  const areas = useCity((state) => state.body?.city.areas ?? []);
  const items = useItems();
  const [item, setItem] = useState('');
  const [area, setArea] = useState('');
  const [duty, setDuty] = useState<DutyKind>('handle');
  const [at, setAt] = useState('');
  const [answer, setAnswer] = useState<OnDuty | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const ask = async (): Promise<void> => {
    const query = new URLSearchParams({
      item: item.trim().split(' ')[0] ?? '',
      duty,
      ...(area && { area }),
      ...(at && { at }),
    });
    try {
      setAnswer(await api<OnDuty>(`/duty/who?${query}`));
      setProblem(null);
    } catch (error) {
      setAnswer(null);
      setProblem(problemOf(error));
    }
  };
  return (
    <section className="resp-box" aria-label={texts('resp.who')}>
      <h2>{texts('resp.who')}</h2>
      <form
        className="resp-form"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <label>
          <span>{texts('resp.item')}</span>
          <input className="input" list="resp-items" required value={item} onChange={(e) => setItem(e.target.value)} />
        </label>
        <datalist id="resp-items">
          {items.map(({ code, name }) => (
            <option key={code} value={code}>
              {texts.pick(name)}
            </option>
          ))}
        </datalist>
        <label>
          <span>{texts('resp.area')}</span>
          <select className="input" value={area} onChange={(e) => setArea(e.target.value)}>
            <option value="">{texts('resp.noArea')}</option>
            {areas.map(({ code, name }) => (
              <option key={code} value={code}>
                {texts.pick(name)}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{texts('resp.duty')}</span>
          <select className="input" value={duty} onChange={(e) => setDuty(e.target.value as DutyKind)}>
            {dutyKinds.map((kind) => (
              <option key={kind} value={kind}>
                {texts.pick(dutyNames[kind])}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{texts('resp.at')}</span>
          <input className="input" type="datetime-local" value={at} onChange={(e) => setAt(e.target.value)} />
        </label>
        <button type="submit" className="btn primary">
          {texts('resp.ask')}
        </button>
      </form>
      <div aria-live="polite">
        {problem && <div className="error">{texts.problem(problem)}</div>}
        {answer && <Answer answer={answer} />}
      </div>
    </section>
  );
}

const useItems = () => {
  const standards = useCity((state) => state.standards);
  return (standards?.catalogue.domains ?? []).flatMap(({ categories }) => categories.flatMap(({ items }) => items));
};

function Answer({ answer: { persons, because, hole } }: { answer: OnDuty }) {
  const texts = useTexts();
  return (
    <div className="resp-answer">
      {hole && (
        <p className="resp-hole" role="alert">
          {texts.pick(hole)}
        </p>
      )}
      <ol className="resp-persons">
        {persons.map(({ person, as, because: why }) => (
          <li key={person.id}>
            <b>{texts.pick(personName(person))}</b> <span className="tag">{texts(`resp.as.${as}`)}</span>
            {person.phone && <span className="mono"> {person.phone}</span>}
            <span className="small muted"> {texts.pick(why)}</span>
          </li>
        ))}
      </ol>
      <details>
        <summary className="small muted">{texts('resp.because')}</summary>
        <ul className="small">
          {because.map((step) => (
            <li key={step.zh}>{texts.pick(step)}</li>
          ))}
        </ul>
      </details>
    </div>
  );
}
