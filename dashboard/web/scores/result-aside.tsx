import { useState } from 'react';
import type { Appeal, RunBody, ScoreLine } from '../../../devices/contract/score.ts';
import { callInText } from '../../../devices/supervision/words.ts';
import { send } from '../alarms/acknowledge.ts';
import { useTexts } from '../i18n/i18n.ts';
import { basisOf } from './rank-table.tsx';
import { WordsInput } from './words-input.tsx';

/** Who stands on which list, who is called in, and what was appealed. */
export function ResultAside({ body, mayAct, onDone }: { body: RunBody; mayAct: boolean; onDone: () => Promise<void> }) {
  const texts = useTexts();
  const lines = body.result?.lines ?? [];
  const nameOf = (unit: string): string => {
    const line = lines.find((one) => one.unit === unit);
    return line ? texts.pick(line.name) : unit;
  };
  const indicators = basisOf(body)?.indicators ?? [];
  const whatOf = (id: string): string => {
    const found = indicators.find((one) => one.id === id);
    return found ? texts.pick(found.name) : texts('scores.coverage');
  };
  return (
    <aside className="scores-aside">
      <Listed list="red" lines={lines} />
      <Listed list="black" lines={lines} />
      <section className="scores-card">
        <h2>{texts('scores.callIns')}</h2>
        {(body.result?.callIns ?? []).map((one) => (
          <p key={`${one.unit} ${one.rule.kind}`}>
            <b>{nameOf(one.unit)}</b> <span className="small muted">{texts.pick(callInText(one))}</span>
          </p>
        ))}
        {body.result?.callIns.length === 0 && <p className="small muted">{texts('scores.nobody')}</p>}
      </section>
      {body.appeals.length > 0 && (
        <section className="scores-card">
          <h2>{texts('scores.appeals')}</h2>
          {body.appeals.map((appeal) => (
            <AppealItem
              key={appeal.seq}
              appeal={appeal}
              title={texts('scores.appealOf', {
                unit: nameOf(appeal.unit),
                what: whatOf(appeal.indicator),
                n: appeal.facts.length,
              })}
              mayAct={mayAct && body.line.state === 'provisional'}
              onDone={onDone}
            />
          ))}
        </section>
      )}
      {body.changes.length > 0 && (
        <section className="scores-card">
          <h2>{texts('scores.changes')}</h2>
          {body.changes.map(({ unit, what, before, after }) => (
            <p key={`${unit} ${what}`} className="small">
              {nameOf(unit)} · {indicators.some(({ id }) => id === what) ? whatOf(what) : what}:{' '}
              <del>{before ?? '—'}</del> → <ins>{after ?? '—'}</ins>
            </p>
          ))}
        </section>
      )}
    </aside>
  );
}

function Listed({ list, lines }: { list: 'red' | 'black'; lines: readonly ScoreLine[] }) {
  const texts = useTexts();
  const on = lines.filter((line) => line.list === list);
  return (
    <section className="scores-card">
      <h2>{texts(`scores.${list}`)}</h2>
      {on.map(({ unit, name, score }) => (
        <p key={unit} className="scores-listed">
          <b>{texts.pick(name)}</b> <span className="num">{score?.toFixed(1)}</span>
        </p>
      ))}
      {on.length === 0 && <p className="small muted">{texts('scores.nobody')}</p>}
    </section>
  );
}

function AppealItem({
  appeal,
  title,
  mayAct,
  onDone,
}: {
  appeal: Appeal;
  title: string;
  mayAct: boolean;
  onDone: () => Promise<void>;
}) {
  const texts = useTexts();
  const [reason, setReason] = useState('');
  const { decided } = appeal;
  const decide = async (upheld: boolean): Promise<void> => {
    if (await send('/supervision/decide', { appeal: appeal.seq, upheld, reason })) await onDone();
  };
  return (
    <article className="scores-appeal">
      <b className="small">{title}</b>
      <p className="small">
        {appeal.by.name}: {appeal.reason} · {appeal.evidence}
      </p>
      {decided ? (
        <p className="small muted">
          {texts(decided.upheld ? 'scores.upheld' : 'scores.dismissed')} · {decided.by.name}: {decided.reason}
        </p>
      ) : (
        <span className="tag">{texts('scores.waits')}</span>
      )}
      {!decided && mayAct && (
        <form className="scores-form" onSubmit={(event) => event.preventDefault()}>
          <WordsInput label={texts('scores.reason')} value={reason} onChange={setReason} />
          <button type="button" className="btn" disabled={reason.trim().length < 2} onClick={() => void decide(true)}>
            {texts('scores.upheld')}
          </button>
          <button type="button" className="btn" disabled={reason.trim().length < 2} onClick={() => void decide(false)}>
            {texts('scores.dismissed')}
          </button>
        </form>
      )}
    </article>
  );
}
