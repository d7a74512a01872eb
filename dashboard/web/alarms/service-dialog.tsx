import { useState } from 'react';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { City } from '../../../devices/contract/city.ts';
import { useTexts } from '../i18n/i18n.ts';
import { nowOfPlatform } from '../live/store.ts';
import { AskingForm } from './asking-form.tsx';
import { needsSecond, takeOut } from './put-aside.ts';
import { Choices, ReasonPicker, WhatAlarm } from './reason-picker.tsx';
import { useSpanText } from './words.ts';

const presets = [
  'service.reason.repair',
  'service.reason.replace',
  'service.reason.calibrate',
  'service.reason.site',
] as const;
/** Minutes; 0 stands for "until it is returned". */
const spans = [0, 240, 480, 1440, 4320, 10_080] as const;

/** A point or the whole device, under a work order, until somebody returns it or until a time. */
export function ServiceDialog({
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
  const [whole, setWhole] = useState<'point' | 'device'>('point');
  const [minutes, setMinutes] = useState<number>(480);
  const [workOrder, setWorkOrder] = useState('');
  const [reason, setReason] = useState<string>(texts(presets[0]));
  const missing = !workOrder.trim() ? 'service.needsOrder' : reason.trim().length > 1 ? null : 'ack.needsReason';
  return (
    <AskingForm
      title={texts('service.title')}
      submit={texts('service.do')}
      missing={missing && texts(missing)}
      onSubmit={() =>
        takeOut(
          { device: alarm.device, rule: whole === 'device' ? null : alarm.rule },
          {
            workOrder: workOrder.trim(),
            reason: reason.trim(),
            until: minutes === 0 ? null : Math.round(nowOfPlatform()) + minutes * 60_000,
          },
        )
      }
      onClose={onClose}
    >
      <WhatAlarm alarm={alarm} />
      <label className="field">
        <span className="label">{texts('service.order')}</span>
        <input
          className="input"
          value={workOrder}
          maxLength={100}
          required
          onChange={(event) => setWorkOrder(event.target.value)}
        />
      </label>
      <Choices
        label={texts('service.what')}
        choices={[
          { value: 'point', text: texts('service.point') },
          { value: 'device', text: texts('service.device') },
        ]}
        chosen={whole}
        onChoose={setWhole}
      />
      <Choices
        label={texts('shelve.span')}
        choices={spans.map((value) => ({ value, text: value === 0 ? texts('service.open') : spanText(value) }))}
        chosen={minutes}
        onChoose={setMinutes}
      />
      <ReasonPicker presets={presets} reason={reason} onReason={setReason} />
      {(whole === 'device' || needsSecond(policy, alarm)) && (
        <p className="small muted">
          {texts(whole === 'device' ? 'service.second' : 'shelve.second', { n: policy.confirmWithinMinutes })}
        </p>
      )}
    </AskingForm>
  );
}
