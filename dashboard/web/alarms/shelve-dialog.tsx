import { useState } from 'react';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { City } from '../../../devices/contract/city.ts';
import { useTexts } from '../i18n/i18n.ts';
import { AskingForm } from './asking-form.tsx';
import { needsSecond, shelfSpans, shelve } from './put-aside.ts';
import { Choices, ReasonPicker, WhatAlarm } from './reason-picker.tsx';
import { useSpanText } from './words.ts';

const presets = [
  'shelve.reason.works',
  'shelve.reason.test',
  'shelve.reason.nuisance',
  'shelve.reason.repair',
] as const;

/** For how long, until what, and why. Where two people must want it, the button says so. */
export function ShelveDialog({
  alarm,
  policy,
  onClose,
}: {
  alarm: Alarm;
  policy: City['alarmPolicy'];
  onClose: () => void;
}) {
  const texts = useTexts();
  const spanText = useSpanText();
  const spans = shelfSpans(policy, alarm.priority);
  const [minutes, setMinutes] = useState(spans.find((span) => span >= 30) ?? spans[0] ?? 30);
  const [oneShot, setOneShot] = useState(false);
  const [reason, setReason] = useState<string>(texts(presets[0]));
  const second = needsSecond(policy, alarm);
  return (
    <AskingForm
      title={texts('shelve.title')}
      submit={texts(second ? 'shelve.ask' : 'shelve.do')}
      missing={reason.trim().length > 1 ? null : texts('ack.needsReason')}
      onSubmit={() => shelve(alarm.id, { minutes, oneShot, reason: reason.trim() })}
      onClose={onClose}
    >
      <WhatAlarm alarm={alarm} />
      <Choices
        label={texts('shelve.span')}
        choices={spans.map((value) => ({ value, text: spanText(value) }))}
        chosen={minutes}
        onChoose={setMinutes}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={oneShot && alarm.active}
          disabled={!alarm.active}
          onChange={(event) => setOneShot(event.target.checked)}
        />
        {texts(alarm.active ? 'shelve.oneShot' : 'shelve.notActive')}
      </label>
      <ReasonPicker presets={presets} reason={reason} onReason={setReason} />
      {second && <p className="small muted">{texts('shelve.second', { n: policy.confirmWithinMinutes })}</p>}
    </AskingForm>
  );
}
