import { useState } from 'react';
import type { SupervisionBody } from '../../../devices/contract/score.ts';
import type { UnitClass } from '../../../devices/contract/supervision.ts';
import { send } from '../alarms/acknowledge.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import { WordsInput } from './words-input.tsx';

/** The weights of each class, their history, and what waits for a second person. */
export function WeightsBox({
  body,
  mayAct,
  onDone,
}: {
  body: SupervisionBody;
  mayAct: boolean;
  onDone: () => Promise<void>;
}) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const nameOf = (id: string): string => {
    const found = body.policy.classes.find((one) => one.id === id);
    return found ? texts.pick(found.name) : id;
  };
  return (
    <details className="scores-card">
      <summary>{texts('scores.weights')}</summary>
      {body.changes.map(({ seq, class: group, reason, signatures, from }) => (
        <p key={seq} className="small">
          <b>{nameOf(group)}</b> · {reason} · {signatures.map(({ name }) => name).join(' + ')} ·{' '}
          {from === null ? texts('scores.weightsWait') : texts('scores.weightsFrom', { at: stampText(from, timeZone) })}{' '}
          {from === null && mayAct && (
            <button
              type="button"
              className="btn"
              onClick={async () => {
                if (await send('/supervision/agree', { weights: seq })) await onDone();
              }}
            >
              {texts('scores.agree')}
            </button>
          )}
        </p>
      ))}
      <div className="scores-weights">
        {body.policy.classes.map((group) => (
          <ClassWeights
            key={`${group.id} ${JSON.stringify(body.weights[group.id])}`}
            group={group}
            body={body}
            mayAct={mayAct}
            onDone={onDone}
          />
        ))}
      </div>
    </details>
  );
}

function ClassWeights({
  group,
  body,
  mayAct,
  onDone,
}: {
  group: UnitClass;
  body: SupervisionBody;
  mayAct: boolean;
  onDone: () => Promise<void>;
}) {
  const texts = useTexts();
  const inForce = body.weights[group.id] ?? {};
  const [weights, setWeights] = useState<Readonly<Record<string, number>>>(inForce);
  const [reason, setReason] = useState('');
  const sum = Object.values(weights).reduce((all, one) => all + one, 0);
  const changed = body.policy.indicators.some(({ id }) => (weights[id] ?? 0) !== (inForce[id] ?? 0));
  return (
    <form
      className="scores-class-weights"
      onSubmit={async (event) => {
        event.preventDefault();
        if (await send('/supervision/weights', { class: group.id, weights, reason })) await onDone();
      }}
    >
      <b>{texts.pick(group.name)}</b>
      {body.policy.indicators.map(({ id, name }) => (
        <label key={id} className="small">
          <span>{texts.pick(name)}</span>
          <input
            className="input num"
            type="number"
            min={0}
            max={100}
            step="any"
            disabled={!mayAct}
            value={weights[id] ?? 0}
            onChange={({ target }) => setWeights({ ...weights, [id]: Number(target.value) })}
          />
        </label>
      ))}
      <span className="small muted">{texts('scores.weightsSum', { n: Math.round(sum * 100) / 100 })}</span>
      {mayAct && (
        <>
          <WordsInput label={texts('scores.reason')} value={reason} onChange={setReason} />
          <button
            type="submit"
            className="btn"
            disabled={!changed || Math.abs(sum - 100) > 1e-9 || reason.trim().length < 2}
          >
            {texts('scores.weightsAsk')}
          </button>
        </>
      )}
    </form>
  );
}
