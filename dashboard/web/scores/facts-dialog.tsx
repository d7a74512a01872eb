import { useState } from 'react';
import type { NumberBody, ShownRun } from '../../../devices/contract/score.ts';
import { send } from '../alarms/acknowledge.ts';
import { useTexts } from '../i18n/i18n.ts';
import { Dialog } from '../ui/dialog.tsx';
import { FactLink } from './fact-link.tsx';
import { basisOf } from './rank-table.tsx';
import { useAsked } from './use-scores.ts';
import { WordsInput } from './words-input.tsx';

/** What a number is made of, and, while it is provisional, an appeal against some of it. */
export function FactsDialog({
  body,
  number,
  mayAct,
  onClose,
  onDone,
}: {
  body: ShownRun;
  /** `<unit>/<indicator>` */
  number: string;
  mayAct: boolean;
  onClose: () => void;
  onDone: () => Promise<void>;
}) {
  const texts = useTexts();
  const [unit = '', indicator = ''] = number.split('/');
  const { id } = body.run;
  const path = [id, 'numbers', unit, indicator].map(encodeURIComponent).join('/');
  const { body: made, problem } = useAsked<NumberBody>(`/supervision/runs/${path}`);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const line = body.result?.lines.find((one) => one.unit === unit);
  const what = basisOf(body)?.indicators.find((one) => one.id === indicator)?.name;
  const toggle = (fact: string): void => {
    const next = new Set(chosen);
    if (!next.delete(fact)) next.add(fact);
    setChosen(next);
  };
  const isOpen = mayAct && body.line.state === 'provisional';
  const isOwn = body.appealsFor?.includes(unit) ?? true;
  const canAppeal = isOpen && isOwn;
  return (
    <Dialog
      wide
      title={texts('scores.facts', {
        unit: line ? texts.pick(line.name) : unit,
        what: what ? texts.pick(what) : texts('scores.coverage'),
      })}
      onClose={onClose}
    >
      {problem && <div className="error">{texts.problem(problem)}</div>}
      {!made && !problem && <div className="empty">{texts('loading')}</div>}
      {made && (
        <>
          <p className="small muted">
            {texts('scores.factsWhy', { n: made.total })}{' '}
            {made.total > made.facts.length && texts('scores.factsMore', { n: made.facts.length })}
          </p>
          <ul className="scores-facts">
            {made.facts.map((fact) => (
              <li key={fact.id} className={fact.leftOut ? 'left-out' : undefined}>
                {canAppeal && (
                  <input
                    type="checkbox"
                    aria-label={fact.no}
                    checked={chosen.has(fact.id)}
                    onChange={() => toggle(fact.id)}
                  />
                )}
                <span className="scores-fact">{fact.title ? texts.pick(fact.title) : fact.no}</span>
                <FactLink kind={made.kind} id={fact.id} text={fact.no} />
                {fact.leftOut && <span className="tag">{texts('scores.leftOut')}</span>}
                <span className="num">{Math.round(fact.value * 100) / 100}</span>
              </li>
            ))}
          </ul>
          {isOpen && !isOwn && <p className="small muted">{texts('scores.notYours')}</p>}
          {canAppeal && (
            <AppealForm
              asked={{ run: id, unit, indicator, facts: [...chosen] }}
              onDone={async () => {
                await onDone();
                onClose();
              }}
            />
          )}
        </>
      )}
    </Dialog>
  );
}

function AppealForm({
  asked,
  onDone,
}: {
  asked: { run: string; unit: string; indicator: string; facts: readonly string[] };
  onDone: () => Promise<void>;
}) {
  const texts = useTexts();
  const [reason, setReason] = useState('');
  const [evidence, setEvidence] = useState('');
  const ready = asked.facts.length > 0 && reason.trim().length >= 2 && evidence.trim().length >= 2;
  return (
    <form
      className="scores-form"
      onSubmit={async (event) => {
        event.preventDefault();
        if (await send('/supervision/appeal', { ...asked, reason, evidence })) await onDone();
      }}
    >
      <WordsInput label={texts('scores.reason')} value={reason} onChange={setReason} />
      <WordsInput label={texts('scores.evidence')} value={evidence} onChange={setEvidence} />
      <button type="submit" className="btn primary" disabled={!ready}>
        {texts('scores.appeal', { n: asked.facts.length })}
      </button>
    </form>
  );
}
