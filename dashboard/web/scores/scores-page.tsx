import { useState } from 'react';
import { actsOnScores, mayAppeal } from '../../../devices/contract/roles.ts';
import type { RunBody, ShownRun, SupervisionBody } from '../../../devices/contract/score.ts';
import { send, useMayAct } from '../alarms/acknowledge.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf, patchRoute, useRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { FactsDialog } from './facts-dialog.tsx';
import { DispatchList } from './lists.tsx';
import { basisOf, RankTable } from './rank-table.tsx';
import { ResultAside } from './result-aside.tsx';
import { SampleList } from './sample-list.tsx';
import { useRun, useSupervision } from './use-scores.ts';
import { WeightsBox } from './weights-box.tsx';
import { WordsInput } from './words-input.tsx';
import '../pages/pages.css';
import './scores.css';

/** Supervision by figures: every cycle of the city, what was worked out, and what each number is made of. */
export function ScoresPage() {
  const texts = useTexts();
  const route = useRoute();
  const { body, problem, reload } = useSupervision();
  const { role } = useMayAct();
  const shown = route.run ?? body?.runs[0]?.id ?? null;
  const run = useRun(shown);
  const mayAct = actsOnScores(role);
  const again = async (): Promise<void> => {
    await Promise.all([reload(), run.reload()]);
  };
  return (
    <div className="sheet">
      <div className="sheet-in scores">
        <header className="sheet-head">
          <div>
            <h1>{run.body ? texts.pick(run.body.line.name) : texts('scores.title')}</h1>
            <p className="small">{texts('scores.why')}</p>
          </div>
        </header>
        {problem && <div className="error">{texts.problem(problem)}</div>}
        {!body && !problem && <div className="empty">{texts('loading')}</div>}
        {body && (
          <>
            {body.policy.status === 'illustrative' && (
              <div className="draft-bar small">{texts('scores.illustrative')}</div>
            )}
            <Chooser body={body} shown={shown} mayAct={mayAct} onDone={again} />
            {run.problem && <div className="error">{texts.problem(run.problem)}</div>}
            {shown === null && <div className="empty">{texts('scores.none')}</div>}
            {run.body && <Run body={run.body} mayAct={mayAct} onDone={again} />}
            <WeightsBox body={body} mayAct={mayAct} onDone={again} />
          </>
        )}
      </div>
    </div>
  );
}

/** Which run is shown, and the button that works out the next. */
function Chooser({
  body,
  shown,
  mayAct,
  onDone,
}: {
  body: SupervisionBody;
  shown: string | null;
  mayAct: boolean;
  onDone: () => Promise<void>;
}) {
  const texts = useTexts();
  const first = body.runs.find(({ id }) => id === shown)?.cycle ?? body.policy.cycles[0]?.id ?? '';
  const [chosen, setChosen] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const cycle = chosen ?? first;
  const runs = body.runs.filter((one) => one.cycle === cycle);
  const work = async (): Promise<void> => {
    setBusy(true);
    if (await send('/supervision/run', { cycle, ...(reason.trim() && { reason: reason.trim() }) })) {
      setReason('');
      patchRoute({ run: null, number: null });
      await onDone();
    }
    setBusy(false);
  };
  return (
    <div className="scores-choice">
      <label>
        <span className="tiny faint">{texts('scores.cycle')}</span>
        <select
          className="input"
          value={cycle}
          onChange={({ target }) => {
            setChosen(target.value);
            const newest = body.runs.find((one) => one.cycle === target.value);
            if (newest) patchRoute({ run: newest.id, number: null });
          }}
        >
          {body.policy.cycles.map(({ id, name }) => (
            <option key={id} value={id}>
              {texts.pick(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="tiny faint">{texts('scores.run')}</span>
        <select
          className="input"
          value={runs.some(({ id }) => id === shown) ? (shown ?? '') : ''}
          onChange={({ target }) => patchRoute({ run: target.value || null, number: null })}
        >
          {!runs.some(({ id }) => id === shown) && <option value="">—</option>}
          {runs.map(({ id, period, revision, state }) => (
            <option key={id} value={id}>
              {period.key} · {texts('scores.revision', { n: revision })} · {texts(`scores.state.${state}`)}
            </option>
          ))}
        </select>
      </label>
      {mayAct && (
        <>
          <WordsInput label={texts('scores.again')} value={reason} onChange={setReason} />
          <button type="button" className="btn" disabled={busy} onClick={() => void work()}>
            {texts('scores.work')}
          </button>
        </>
      )}
    </div>
  );
}

function Run({ body, mayAct, onDone }: { body: ShownRun; mayAct: boolean; onDone: () => Promise<void> }) {
  const { number } = useRoute();
  const works = mayAppeal(useMayAct().role);
  const basis = basisOf(body);
  const { content } = body.run;
  return (
    <>
      <Standing body={body} mayAct={mayAct} onDone={onDone} />
      {content.kind === 'dispatch' && <DispatchList body={body} content={content} mayAct={works} onDone={onDone} />}
      {content.kind === 'sample' && <SampleList body={body} content={content} mayAct={mayAct} onDone={onDone} />}
      {basis && (
        <div className="scores-pair">
          <div className="scores-classes">
            {basis.classes.map((group) => (
              <RankTable
                key={group.id}
                group={group}
                lines={(body.result?.lines ?? []).filter((line) => line.class === group.id)}
                indicators={basis.indicators}
                onOpen={(unit, indicator) => patchRoute({ run: body.run.id, number: `${unit}/${indicator}` }, 'push')}
              />
            ))}
          </div>
          <ResultAside body={body} mayAct={mayAct} onDone={onDone} />
        </div>
      )}
      {number && (
        <FactsDialog
          body={body}
          number={number}
          mayAct={works}
          onClose={() => patchRoute({ number: null })}
          onDone={onDone}
        />
      )}
    </>
  );
}

/** Where the run stands on its way to being published, and what may be done with it. */
function Standing({ body, mayAct, onDone }: { body: RunBody; mayAct: boolean; onDone: () => Promise<void> }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const { line, run, signatures, contentHash } = body;
  const until =
    line.state === 'published' && line.publishedAt !== null
      ? texts('scores.published', { at: stampText(line.publishedAt, timeZone) })
      : line.state === 'provisional' && line.appealUntil !== null
        ? texts('scores.appealUntil', { at: stampText(line.appealUntil, timeZone) })
        : null;
  return (
    <div className="scores-standing">
      <span className="tag solid">{texts(`scores.state.${line.state}`)}</span>
      <span className="small">
        {run.period.key} · {texts('scores.revision', { n: run.revision })}
        {run.reason && ` · ${run.reason}`}
        {until && ` · ${until}`}
      </span>
      {signatures.length > 0 && (
        <span className="small muted">
          {texts('scores.signed', { who: signatures.map(({ name }) => name).join(texts('list.and')) })}
        </span>
      )}
      <span className="grow" />
      {line.state === 'provisional' && contentHash && (
        <button
          type="button"
          className="btn"
          disabled={!mayAct}
          title={mayAct ? undefined : texts('scores.viewer')}
          onClick={async () => {
            if (await send('/supervision/publish', { run: run.id, hash: contentHash })) await onDone();
          }}
        >
          {texts('scores.sign')}
        </button>
      )}
      <a className="btn" href={`/api/v1/supervision/runs/${encodeURIComponent(run.id)}/export`} download>
        {texts('scores.export')}
      </a>
      {body.result && (
        <Link className="btn primary" to={hrefOf({ page: 'bulletin', run: run.id })}>
          {texts('scores.print')}
        </Link>
      )}
    </div>
  );
}
