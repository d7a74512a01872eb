import { useEffect, useMemo, useState } from 'react';
import type { DispatchChoice, TicketBody, WhomBody } from '../../../devices/contract/api.ts';
import type { PersonStep } from '../../../devices/contract/ticket.ts';
import { AskingForm } from '../alarms/asking-form.tsx';
import { usePlace } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { api, problemOf } from '../api/client.ts';
import { useTexts } from '../i18n/i18n.ts';
import { say } from '../ui/toast.tsx';
import { useTicketWords } from './ticket-words.ts';

interface Props {
  readonly body: TicketBody;
  readonly take: (step: PersonStep) => Promise<boolean>;
  readonly onClose: () => void;
}

/** To whom: whom the duty list answers now, or somebody who is chosen. */
export function DispatchDialog({ body, take, onClose }: Props) {
  const texts = useTexts();
  const words = useTicketWords();
  const whom = useWhom(body.ticket.id);
  const departments = useCity((state) => state.body?.city.departments ?? []);
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const choices = useMemo(() => [...(whom?.posts ?? []), ...(whom?.crews ?? []), ...(whom?.persons ?? [])], [whom]);
  const [kind, id] = splitAt(to);
  const again = body.ticket.stage !== 'reported' && body.ticket.stage !== 'filed';
  return (
    <AskingForm
      title={words.step('dispatch')}
      submit={words.step('dispatch')}
      missing={whom ? null : texts('loading')}
      onSubmit={() =>
        take({
          kind: 'dispatch',
          ...(kind && { [kind]: id }),
          ...(reason.trim().length > 1 && { reason: reason.trim() }),
        } as PersonStep)
      }
      onClose={onClose}
    >
      {whom && <Answer whom={whom} />}
      <label className="field">
        <span className="label">{texts('dispatch.to')}</span>
        <select className="input" value={to} onChange={({ target }) => setTo(target.value)}>
          <option value="">{texts('dispatch.byList')}</option>
          <optgroup label={texts('dispatch.departments')}>
            {departments.map(({ id, name }) => (
              <option key={id} value={`department:${id}`}>
                {texts.pick(name)}
              </option>
            ))}
          </optgroup>
          {(['post', 'crew', 'person'] as const).map((one) => (
            <Group key={one} label={texts(`dispatch.${one}`)} choices={choices.filter((c) => c.kind === one)} />
          ))}
        </select>
      </label>
      {again && (
        <label className="field">
          <span className="label">{texts('ticket.reason')}</span>
          <input className="input" value={reason} maxLength={500} onChange={({ target }) => setReason(target.value)} />
        </label>
      )}
    </AskingForm>
  );
}

function Group({ label, choices }: { label: string; choices: readonly DispatchChoice[] }) {
  const place = usePlace();
  if (choices.length === 0) return null;
  return (
    <optgroup label={label}>
      {choices.map(({ kind, id, name, department }) => (
        <option key={id} value={`${kind}:${id}`}>
          {name} · {place.shortDepartment(department)}
        </option>
      ))}
    </optgroup>
  );
}

/** Whom the duty list answers, and why; or what is missing in it. */
function Answer({ whom: { answer } }: { whom: WhomBody }) {
  const texts = useTexts();
  const place = usePlace();
  return (
    <div className="box">
      <h2>{texts('dispatch.answer')}</h2>
      <b>
        {[answer.department && place.shortDepartment(answer.department), ...answer.persons.map(({ name }) => name)]
          .filter(Boolean)
          .join(texts('list.and'))}
      </b>
      {answer.hole && <p className="small">{texts.pick(answer.hole)}</p>}
      <ul className="because small muted">
        {answer.because.map((line) => (
          <li key={line.en}>{texts.pick(line)}</li>
        ))}
      </ul>
    </div>
  );
}

function useWhom(ticket: string): WhomBody | null {
  const [whom, setWhom] = useState<WhomBody | null>(null);
  useEffect(() => {
    const aborted = new AbortController();
    api<WhomBody>(`/tickets/${encodeURIComponent(ticket)}/whom`, { signal: aborted.signal }).then(
      setWhom,
      (error) => aborted.signal.aborted || say(problemOf(error)),
    );
    return () => aborted.abort();
  }, [ticket]);
  return whom;
}

/** `crew:north-2` in its two parts; empty where nothing is chosen. */
function splitAt(text: string): readonly [string, string] {
  const colon = text.indexOf(':');
  return colon < 0 ? ['', ''] : [text.slice(0, colon), text.slice(colon + 1)];
}
