import { type ReactNode, useState } from 'react';
import type { TicketBody } from '../../../devices/contract/api.ts';
import type { PersonStep, PersonStepKind } from '../../../devices/contract/ticket.ts';
import { AskingForm } from '../alarms/asking-form.tsx';
import { Choices } from '../alarms/reason-picker.tsx';
import { useCity } from '../api/city.ts';
import { useTexts } from '../i18n/i18n.ts';
import { nowOfPlatform } from '../live/store.ts';
import type { AskedStep } from './acting.ts';
import { DispatchDialog } from './dispatch-dialog.tsx';
import { PhotoPicker } from './photos.tsx';
import { useTicketWords } from './ticket-words.ts';

/** Steps that need nothing said: one click. */
export const stepsAtOnce: Partial<Record<PersonStepKind, PersonStep>> = {
  file: { kind: 'file' },
  accept: { kind: 'accept' },
  arrive: { kind: 'arrive' },
  'make-safe': { kind: 'make-safe' },
  resume: { kind: 'resume' },
};

interface Props {
  readonly asked: AskedStep;
  readonly body: TicketBody;
  readonly take: (step: PersonStep) => Promise<boolean>;
  readonly onClose: () => void;
}

/** Asks for what a step needs. */
export function StepDialog(props: Props) {
  switch (props.asked.kind) {
    case 'dispatch':
      return <DispatchDialog {...props} />;
    case 'suspend':
      return <SuspendDialog {...props} />;
    case 'settle-dispute':
      return <DisputeDialog {...props} />;
    case 'recheck':
      return <RecheckDialog {...props} />;
    case 'satisfaction':
      return <SatisfactionDialog {...props} />;
    case 'finish':
    case 'evidence':
    case 'verify':
      return <ProofDialog {...props} />;
    default:
      return <WordsDialog {...props} />;
  }
}

function Form({
  asked: { kind },
  onClose,
  missing,
  onSubmit,
  children,
}: Props & { missing: string | null; onSubmit: () => Promise<boolean>; children: ReactNode }) {
  const words = useTicketWords();
  return (
    <AskingForm
      title={words.step(kind)}
      submit={words.step(kind)}
      missing={missing}
      onSubmit={onSubmit}
      onClose={onClose}
    >
      {children}
    </AskingForm>
  );
}

function Words({ label, value, onChange }: { label: string; value: string; onChange: (text: string) => void }) {
  return (
    <label className="field">
      <span className="label">{label}</span>
      <textarea
        className="input prose"
        value={value}
        maxLength={2000}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  );
}

/** Steps with a reason (return, hand back, reject, fail) or with a text of their own (report upward, receipt). */
function WordsDialog(props: Props) {
  const texts = useTexts();
  const [text, setText] = useState('');
  const { kind } = props.asked;
  const words = text.trim();
  const noted = kind === 'report-up' || kind === 'report-receipt';
  return (
    <Form
      {...props}
      missing={words.length < 2 ? texts(noted ? 'ticket.sayWhat' : 'ticket.sayWhy') : null}
      onSubmit={() => props.take((noted ? { kind, note: words } : { kind, reason: words }) as PersonStep)}
    >
      <Words
        label={texts(noted ? (kind === 'report-up' ? 'ticket.upText' : 'ticket.receipt') : 'ticket.reason')}
        value={text}
        onChange={setText}
      />
      {kind === 'return' && <p className="small muted">{texts('ticket.returnWhy')}</p>}
    </Form>
  );
}

/** Finishing, verifying, and evidence that follows later: words, pictures, a reading. */
function ProofDialog(props: Props) {
  const texts = useTexts();
  const [note, setNote] = useState('');
  const [photos, setPhotos] = useState<readonly string[]>([]);
  const [reading, setReading] = useState('');
  const unit = unitOf(props.body);
  const { kind } = props.asked as { kind: 'finish' | 'evidence' | 'verify' };
  const value = reading.trim() === '' ? null : Number(reading.replace(',', '.'));
  const empty = kind === 'evidence' && !note.trim() && photos.length === 0 && value === null;
  const missing =
    value !== null && !Number.isFinite(value)
      ? 'ticket.notANumber'
      : empty
        ? 'ticket.addSomething'
        : kind === 'finish' && !note.trim()
          ? 'ticket.sayWhat'
          : null;
  return (
    <Form
      {...props}
      missing={missing && texts(missing)}
      onSubmit={() =>
        props.take({
          kind,
          ...(note.trim() && { note: note.trim() }),
          ...(photos.length > 0 && { photos: [...photos] }),
          ...(value !== null && { reading: { value, unit } }),
        } as PersonStep)
      }
    >
      <Words label={texts('ticket.note')} value={note} onChange={setNote} />
      <label className="field">
        <span className="label">{texts('ticket.readingIn', { unit: unit.replace(/[{}]/g, '') })}</span>
        <input
          className="input"
          inputMode="decimal"
          value={reading}
          onChange={({ target }) => setReading(target.value)}
        />
      </label>
      <PhotoPicker keeps hashes={photos} onChange={setPhotos} />
      {kind !== 'evidence' && <p className="small muted">{texts('ticket.laterProof')}</p>}
    </Form>
  );
}

/** The unit in which its procedure is read; else that of gas. */
const unitOf = ({ ticket }: TicketBody): string =>
  ticket.procedure?.steps.findLast(({ record, unit }) => record === 'reading' && unit)?.unit ?? '%{LEL}';

const HOURS = [1, 4, 24, 72] as const;

function SuspendDialog(props: Props) {
  const texts = useTexts();
  const longest = useCity((state) => state.body?.city.tickets.longestSuspensionH ?? 720);
  const [hours, setHours] = useState<number>(4);
  const [reason, setReason] = useState('');
  const safety = props.body.ticket.clocks.some((clock) => clock.safety && clock.metAt === null);
  return (
    <Form
      {...props}
      missing={reason.trim().length < 2 ? texts('ticket.sayWhy') : null}
      onSubmit={() =>
        props.take({ kind: 'suspend', reason: reason.trim(), until: nowOfPlatform() + hours * 3_600_000 })
      }
    >
      <Choices
        label={texts('ticket.suspendFor')}
        choices={HOURS.filter((n) => n <= longest).map((n) => ({ value: n, text: texts('clock.hours', { n }) }))}
        chosen={hours}
        onChoose={setHours}
      />
      <Words label={texts('ticket.reason')} value={reason} onChange={setReason} />
      {safety && <p className="small">{texts('ticket.safetyRuns')}</p>}
    </Form>
  );
}

function DisputeDialog(props: Props) {
  const texts = useTexts();
  const departments = useCity((state) => state.body?.city.departments ?? []);
  const [department, setDepartment] = useState(props.body.ticket.assigned.department);
  const [reason, setReason] = useState('');
  return (
    <Form
      {...props}
      missing={reason.trim().length < 2 ? texts('ticket.sayWhy') : null}
      onSubmit={() => props.take({ kind: 'settle-dispute', department, reason: reason.trim() })}
    >
      <label className="field">
        <span className="label">{texts('ticket.settledFor')}</span>
        <select className="input" value={department} onChange={({ target }) => setDepartment(target.value)}>
          {departments.map(({ id, name }) => (
            <option key={id} value={id}>
              {texts.pick(name)}
            </option>
          ))}
        </select>
      </label>
      <Words label={texts('ticket.reason')} value={reason} onChange={setReason} />
    </Form>
  );
}

function RecheckDialog(props: Props) {
  const texts = useTexts();
  const [passed, setPassed] = useState<'yes' | 'no' | ''>('');
  const [note, setNote] = useState('');
  const missing = passed === '' ? texts('ticket.sayPassed') : note.trim() === '' ? texts('ticket.sayWhat') : null;
  return (
    <Form
      {...props}
      missing={missing}
      onSubmit={() => props.take({ kind: 'recheck', passed: passed === 'yes', note: note.trim() })}
    >
      <Choices
        label={texts('ticket.recheck')}
        choices={[
          { value: 'yes', text: texts('ticket.passed') },
          { value: 'no', text: texts('ticket.failed') },
        ]}
        chosen={passed}
        onChoose={(value) => setPassed(value as 'yes' | 'no')}
      />
      <Words label={texts('ticket.seen')} value={note} onChange={setNote} />
      {passed === 'no' && <p className="small">{texts('ticket.reopens')}</p>}
    </Form>
  );
}

function SatisfactionDialog(props: Props) {
  const texts = useTexts();
  const [score, setScore] = useState(0);
  const { reporter = '' } = props.asked;
  return (
    <Form
      {...props}
      missing={score === 0 ? texts('ticket.sayScore') : null}
      onSubmit={() => props.take({ kind: 'satisfaction', score, reporter })}
    >
      <Choices
        label={texts('ticket.score')}
        choices={[1, 2, 3, 4, 5].map((n) => ({ value: n, text: String(n) }))}
        chosen={score}
        onChoose={setScore}
      />
    </Form>
  );
}
