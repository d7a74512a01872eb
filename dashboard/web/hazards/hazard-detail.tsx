import { useState } from 'react';
import type { HazardEntry, HazardPersonStepKind, HazardStep } from '../../../devices/contract/hazard.ts';
import { hazardOwnStepWords, hazardStageWords, hazardStepWords } from '../../../devices/hazards/stages.ts';
import { useCity } from '../api/city.ts';
import { fullStampText, stampText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useBeat } from '../live/store.ts';
import { PhotoStrip } from '../tickets/photos.tsx';
import { useFetched } from '../ui/use-fetched.ts';
import { StepDialog } from './step-dialog.tsx';

interface Whole extends HazardEntry {
  readonly steps: readonly HazardStep[];
  /** Steps that whoever looks may take now. */
  readonly can: readonly HazardPersonStepKind[];
}

/** One hazard whole: what and where, both pictures, its clocks, what may be done, and how it came about. */
export function HazardDetail({ id, onChanged }: { id: string; onChanged: () => void }) {
  const texts = useTexts();
  const { body, problem, reload } = useFetched<Whole>(`/hazards/${encodeURIComponent(id)}`, 20_000);
  const [step, setStep] = useState<HazardPersonStepKind | null>(null);
  return (
    <div className="sheet">
      <div className="sheet-in hazards">
        <Link to={hrefOf({ page: 'hazards' })} className="btn quiet">
          ← {texts('hazards.back')}
        </Link>
        {problem && <div className="error">{texts.problem(problem)}</div>}
        {!body && !problem && <div className="empty">{texts('loading')}</div>}
        {body && (
          <>
            <header className="sheet-head">
              <div>
                <h1>{texts.pick(body.title)}</h1>
                <p className="small">
                  {body.no} · {body.grade ? texts.pick(body.grade.name) : texts('hazards.ungraded')} ·{' '}
                  {texts.pick(hazardStageWords[body.stage])}
                  {body.repeats > 0 && ` · ${texts('hazards.repeat', { n: body.repeats })}`}
                  {body.repeatOf && (
                    <Link to={hrefOf({ page: 'hazards', hazard: body.repeatOf })}> {texts('hazards.earlier')}</Link>
                  )}
                </p>
                <p>{body.cause ? texts.pick(body.cause.evidence) : body.text}</p>
              </div>
            </header>
            <Deadlines hazard={body} />
            <div className="hazard-pictures">
              {(['before', 'after'] as const).map((which) => (
                <figure key={which}>
                  <figcaption className="small muted">{texts(`hazards.${which}`)}</figcaption>
                  {body[which].length > 0 ? (
                    <PhotoStrip hashes={body[which]} />
                  ) : (
                    <span className="faint small">{texts('hazards.noPicture')}</span>
                  )}
                </figure>
              ))}
            </div>
            <div className="hazard-actions">
              {body.can.map((kind) => (
                <button key={kind} type="button" className="btn" onClick={() => setStep(kind)}>
                  {texts.pick(hazardStepWords[kind])}
                </button>
              ))}
            </div>
            <History steps={body.steps} />
            {step && (
              <StepDialog
                hazard={body}
                kind={step}
                onClose={() => setStep(null)}
                onDone={() => {
                  reload();
                  onChanged();
                }}
              />
            )}
          </>
        )}
      </div>
    </div>
  );
}

function Deadlines({ hazard }: { hazard: HazardEntry }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const departments = useCity((state) => state.body?.city.departments);
  const now = useBeat((beat) => beat.now);
  const department = departments?.find(({ id }) => id === hazard.assigned?.department);
  const clock = hazard.clocks.find(({ metAt }) => metAt === null);
  return (
    <p className="small">
      {department ? texts.pick(department.name) : texts('hazards.unassigned')}
      {hazard.assigned?.hole && ` (${texts.pick(hazard.assigned.hole)})`}
      {clock && (
        <span className={clock.due < now ? 'hazard-late' : 'muted'}>
          {' · '}
          {clock.due < now && `${texts('hazards.late')} · `}
          {texts('hazards.due', { at: stampText(clock.due, timeZone) })}
        </span>
      )}
    </p>
  );
}

/** Every line of a history, in words. */
const words = { ...hazardOwnStepWords, ...hazardStepWords };

function History({ steps }: { steps: readonly HazardStep[] }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  return (
    <section>
      <h2>{texts('hazards.history')}</h2>
      <ol className="hazard-history">
        {steps.map((step) => (
          <li key={step.seq}>
            <b>{texts.pick(words[step.kind])}</b>
            <span className="small muted">
              {texts('hazards.by', {
                who: step.by?.name ?? texts('hazards.platform'),
                at: fullStampText(step.doneAt ?? step.at, timeZone),
              })}
            </span>
            {(step.note ?? step.more.reason) && <span className="small">{String(step.note ?? step.more.reason)}</span>}
            <PhotoStrip hashes={step.photos} />
          </li>
        ))}
      </ol>
    </section>
  );
}
