import { useState } from 'react';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import { useTexts } from '../i18n/i18n.ts';
import { acknowledge } from './acknowledge.ts';
import { AskingForm } from './asking-form.tsx';
import { ReasonPicker, WhatAlarm } from './reason-picker.tsx';

const presets = [
  'ack.reason.seen',
  'ack.reason.dispatched',
  'ack.reason.works',
  'ack.reason.known',
  'ack.reason.sensor',
] as const;

/** Below P1 an acknowledgement carries a reason: one of the usual ones, or a sentence. Enter takes the first. */
export function AckDialog({ alarm, onClose }: { alarm: Alarm; onClose: () => void }) {
  const texts = useTexts();
  const [reason, setReason] = useState<string>(texts(presets[0]));
  return (
    <AskingForm
      title={texts('ack.title')}
      submit={texts('ack.do')}
      missing={reason.trim() ? null : texts('ack.needsReason')}
      onSubmit={() => acknowledge([alarm.id], reason.trim())}
      onClose={onClose}
    >
      <WhatAlarm alarm={alarm} />
      <ReasonPicker presets={presets} reason={reason} onReason={setReason} />
    </AskingForm>
  );
}
