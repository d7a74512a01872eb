import { useEffect, useState } from 'react';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { BiogasBody } from '../../../devices/contract/api.ts';
import { useCity } from '../api/city.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';
import { clockText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import './biogas.css';

type Advice = BiogasBody['advice'];

/** Reasons shown before somebody asks for all. */
const FIRST = 4;

/** Biogas or a leak: advice with its reasons, for alarms of methane in an underground space; nothing for any other. */
export function BiogasBox({ alarm }: { alarm: Alarm }) {
  const texts = useTexts();
  const type = useCity((state) => state.types.get(alarm.deviceType));
  const underground = type?.measurements[alarm.measurement]?.tells === 'methane';
  const { body, problem, again } = useAdvice(underground ? alarm.id : null);
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  if (!underground) return null;
  return (
    <section className="box biogas" aria-label={texts('biogas.title')}>
      <div className="biogas-head">
        <h2 className="over">{texts('biogas.title')}</h2>
        <span className="grow" />
        {body && (
          <span className="tiny faint">{texts('biogas.asOf', { at: clockText(body.asOf, timeZone, false) })}</span>
        )}
        <button type="button" className="link tiny" onClick={again}>
          {texts('refresh')}
        </button>
      </div>
      <p className="small biogas-only">{texts('biogas.only')}</p>
      {problem && <div className="error">{texts.problem(problem)}</div>}
      {!body && !problem && <p className="faint small">{texts('loading')}</p>}
      {body && <Judged advice={body.advice} />}
    </section>
  );
}

/** Asked once when the alarm is opened, and again by hand: it is worked out from days of readings. */
function useAdvice(id: string | null) {
  const [read, setRead] = useState<{ id: string; body: BiogasBody | null; problem: ApiProblem | null } | null>(null);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks again.
  useEffect(() => {
    if (!id) return;
    const aborted = new AbortController();
    api<BiogasBody>(`/alarms/${encodeURIComponent(id)}/biogas`, { signal: aborted.signal }).then(
      (body) => setRead({ id, body, problem: null }),
      (error) => aborted.signal.aborted || setRead({ id, body: null, problem: problemOf(error) }),
    );
    return () => aborted.abort();
  }, [id, turn]);
  const mine = read?.id === id ? read : null;
  return { body: mine?.body ?? null, problem: mine?.problem ?? null, again: () => setTurn((before) => before + 1) };
}

function Judged({ advice }: { advice: Advice }) {
  const texts = useTexts();
  const [all, setAll] = useState(false);
  const { says, score, reasons, because, wouldHelp, dataUsed } = advice;
  const shown = all ? reasons : reasons.slice(0, FIRST);
  return (
    <>
      <p className="biogas-word">
        <b>{texts(`biogas.says.${says}`)}</b>
      </p>
      {because && <p className="small muted">{texts.pick(because)}</p>}
      {score !== null && <Scale score={score} />}
      {shown.length > 0 && (
        <ul className="biogas-reasons small">
          {shown.map((reason) => (
            <li key={reason.what}>
              <span className="tag">{texts(reason.weight > 0 ? 'biogas.for' : 'biogas.against')}</span>
              <span>{texts.pick(reason)}</span>
            </li>
          ))}
        </ul>
      )}
      {reasons.length > FIRST && (
        <button type="button" className="link small" aria-expanded={all} onClick={() => setAll(!all)}>
          {texts(all ? 'biogas.fewer' : 'biogas.more', { n: reasons.length - FIRST })}
        </button>
      )}
      {wouldHelp.length > 0 && (
        <p className="small muted">
          <span className="faint">{texts('biogas.help')}</span>{' '}
          {wouldHelp.map(texts.pick).join(texts('list.semicolon'))}
        </p>
      )}
      <p className="tiny faint">
        {texts('biogas.data', {
          n: dataUsed.samples,
          hours: hoursBetween(dataUsed.from, dataUsed.to),
          gaps: dataUsed.gaps,
          gapHours: dataUsed.gapHours.toFixed(1),
        })}
      </p>
    </>
  );
}

const hoursBetween = (from: number | null, to: number | null): string =>
  from === null || to === null ? '0' : ((to - from) / 3_600_000).toFixed(0);

/** Where the score stands between a leak and biogas: ink, not alarm colours. */
function Scale({ score }: { score: number }) {
  const texts = useTexts();
  // Advice is never certain.
  const percent = Math.min(99, Math.max(1, Math.round(100 * score)));
  return (
    <div className="biogas-scale" role="img" aria-label={texts('biogas.scale', { percent })}>
      <span className="tiny faint">{texts('biogas.end.leak')}</span>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect className="biogas-rail" x="0" y="3" width="100" height="4" rx="2" />
        <rect className="biogas-mark" x={percent - 1} y="0" width="2" height="10" />
      </svg>
      <span className="tiny faint">{texts('biogas.end.biogas')}</span>
      <b className="small">{percent} %</b>
    </div>
  );
}
