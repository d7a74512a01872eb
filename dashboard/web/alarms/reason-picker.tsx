import type { Alarm } from '../../../devices/contract/alarm.ts';
import { type TextKey, useTexts } from '../i18n/i18n.ts';
import { AlarmMark } from '../ui/priority.tsx';
import { usePlace } from './words.ts';

/** What a dialog is about. */
export function WhatAlarm({ alarm }: { alarm: Alarm }) {
  const place = usePlace();
  return (
    <div className="ack-what">
      <AlarmMark alarm={alarm} />
      <b className="clip">{place.full(alarm)}</b>
    </div>
  );
}

interface Choice<T> {
  readonly value: T;
  readonly text: string;
}

/** One of a few, as buttons of which one is pressed. */
export function Choices<T extends string | number>({
  label,
  choices,
  chosen,
  onChoose,
}: {
  label: string;
  choices: readonly Choice<T>[];
  chosen: T;
  onChoose: (value: T) => void;
}) {
  return (
    <fieldset className="ack-presets">
      <legend className="label">{label}</legend>
      {choices.map(({ value, text }) => (
        <button
          key={value}
          type="button"
          className="btn"
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
        >
          {text}
        </button>
      ))}
    </fieldset>
  );
}

/** A usual reason, or a sentence. */
export function ReasonPicker({
  presets,
  reason,
  onReason,
}: {
  presets: readonly TextKey[];
  reason: string;
  onReason: (reason: string) => void;
}) {
  const texts = useTexts();
  const label = texts('ack.reason');
  return (
    <>
      <Choices
        label={label}
        choices={presets.map((preset) => ({ value: texts(preset), text: texts(preset) }))}
        chosen={reason}
        onChoose={onReason}
      />
      <input
        className="input"
        value={reason}
        maxLength={500}
        aria-label={label}
        onChange={(event) => onReason(event.target.value)}
      />
    </>
  );
}
