import { useState } from 'react';
import { type Alarm, type VerdictKind, verdictKinds } from '../../../devices/contract/alarm.ts';
import { useTexts } from '../i18n/i18n.ts';
import { AskingForm } from './asking-form.tsx';
import { judge } from './put-aside.ts';
import { Choices, WhatAlarm } from './reason-picker.tsx';

/** 研判: what it was, and what that rests on. */
export function VerdictDialog({ alarm, onClose }: { alarm: Alarm; onClose: () => void }) {
  const texts = useTexts();
  const [kind, setKind] = useState<VerdictKind | ''>(alarm.verdict?.kind ?? '');
  const [evidence, setEvidence] = useState('');
  const words = evidence.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const missing = kind === '' ? 'verdict.needsKind' : words < 4 ? 'verdict.needsEvidence' : null;
  return (
    <AskingForm
      title={texts('verdict.title')}
      submit={texts('verdict.do')}
      missing={missing && texts(missing)}
      onSubmit={async () => kind !== '' && judge(alarm.id, kind, evidence.trim())}
      onClose={onClose}
    >
      <WhatAlarm alarm={alarm} />
      <Choices<VerdictKind | ''>
        label={texts('verdict.what')}
        choices={verdictKinds.map((value) => ({ value, text: texts(`verdict.${value}`) }))}
        chosen={kind}
        onChoose={setKind}
      />
      <label className="field">
        <span className="label">{texts('verdict.evidence')}</span>
        <textarea
          className="input prose"
          value={evidence}
          maxLength={2000}
          placeholder={texts('verdict.hint')}
          onChange={(event) => setEvidence(event.target.value)}
        />
      </label>
      <p className="small muted">{texts('verdict.kept')}</p>
    </AskingForm>
  );
}
