import { useState } from 'react';
import type { VisitAnswer } from '../../../devices/contract/campaign.ts';
import type { Step } from '../../../devices/contract/catalogue.ts';
import { useTexts } from '../i18n/i18n.ts';
import { PhotoPicker } from '../tickets/photos.tsx';

/** What is looked at, each with its record or why it does not apply. The server says what is still missing. */
export function Checklist({
  steps,
  onDone,
}: {
  steps: readonly Step[];
  onDone: (answers: readonly VisitAnswer[]) => void;
}) {
  const texts = useTexts();
  const [answers, setAnswers] = useState<Readonly<Record<number, VisitAnswer>>>({});
  const say = (answer: VisitAnswer): void => setAnswers((held) => ({ ...held, [answer.step]: answer }));
  return (
    <section className="visit-checklist">
      {steps.map((step, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step of a checklist is its place in it.
        <fieldset key={i}>
          <legend>{texts.pick(step.text)}</legend>
          <Record step={step} no={i} answer={answers[i]} onAnswer={say} />
          <input
            className="input"
            placeholder={texts('campaigns.skip')}
            aria-label={texts('campaigns.skip')}
            onChange={({ target }) => say({ step: i, skipped: target.value.trim() || undefined })}
          />
        </fieldset>
      ))}
      <button type="button" className="btn primary" onClick={() => onDone(Object.values(answers))}>
        {texts('campaigns.finish')}
      </button>
    </section>
  );
}

function Record({
  step: { record, choices, unit },
  no,
  answer,
  onAnswer,
}: {
  step: Step;
  no: number;
  answer: VisitAnswer | undefined;
  onAnswer: (answer: VisitAnswer) => void;
}) {
  const texts = useTexts();
  switch (record) {
    case 'choice':
      return (
        <div className="visit-choices">
          {choices?.map((choice, k) => (
            <button
              key={choice.en}
              type="button"
              className="btn"
              aria-pressed={answer?.choice === k}
              onClick={() => onAnswer({ step: no, choice: k })}
            >
              {texts.pick(choice)}
            </button>
          ))}
        </div>
      );
    case 'reading':
      return (
        <input
          className="input"
          type="number"
          inputMode="decimal"
          step="any"
          placeholder={unit}
          aria-label={unit}
          onChange={({ target }) =>
            target.value !== '' && onAnswer({ step: no, reading: { value: Number(target.value), unit: unit ?? '1' } })
          }
        />
      );
    case 'photo':
      return (
        <PhotoPicker
          keeps
          hashes={answer?.photos ?? []}
          onChange={(photos) => onAnswer({ step: no, photos: [...photos] })}
        />
      );
    case 'done':
      return (
        <button
          type="button"
          className="btn"
          aria-pressed={answer !== undefined && answer.skipped === undefined}
          onClick={() => onAnswer({ step: no })}
        >
          ✓
        </button>
      );
  }
}
