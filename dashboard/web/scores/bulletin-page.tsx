import type { RunBody } from '../../../devices/contract/score.ts';
import { callInText } from '../../../devices/supervision/words.ts';
import { useCity } from '../api/city.ts';
import { fullStampText, stampText } from '../format/age.ts';
import { useRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { basisOf, RankTable } from './rank-table.tsx';
import { useRun } from './use-scores.ts';
import '../pages/pages.css';
import './scores.css';
import './bulletin.css';

/** A result on paper (通报): A4, black on white whatever the page's theme, with coverage and the hash beside the scores. */
export function BulletinPage() {
  const texts = useTexts();
  const { run } = useRoute();
  const { body, problem } = useRun(run);
  return (
    <div className="sheet bulletin-sheet">
      {problem && <div className="error">{texts.problem(problem)}</div>}
      {!body && !problem && <div className="empty">{texts('loading')}</div>}
      {body && <Bulletin body={body} />}
    </div>
  );
}

function Bulletin({ body }: { body: RunBody }) {
  const texts = useTexts();
  const city = useCity((state) => state.body?.city);
  const timeZone = city?.timeZone ?? 'UTC';
  const basis = basisOf(body);
  const { line, run, result } = body;
  const nameOf = (unit: string): string => {
    const found = result?.lines.find((one) => one.unit === unit);
    return found ? texts.pick(found.name) : unit;
  };
  return (
    <article className="bulletin" data-theme="light">
      <button type="button" className="btn bulletin-print" onClick={() => print()}>
        {texts('bulletin.print')}
      </button>
      <header>
        <h1>{texts('bulletin.title', { city: city ? texts.pick(city.name) : '', cycle: texts.pick(line.name) })}</h1>
        <p>
          {texts('bulletin.period', {
            key: run.period.key,
            from: stampText(run.period.from, timeZone),
            to: stampText(run.period.to, timeZone),
          })}{' '}
          · {texts('scores.revision', { n: run.revision })}
        </p>
        {line.state !== 'published' && <p className="bulletin-mark">{texts('bulletin.provisional')}</p>}
        {run.demo && <p className="bulletin-mark">{texts('sim.short')}</p>}
      </header>
      {basis?.classes.map((group) => (
        <RankTable
          key={group.id}
          group={group}
          lines={(result?.lines ?? []).filter((one) => one.class === group.id)}
          indicators={basis.indicators}
        />
      ))}
      {(['red', 'black'] as const).map((list) => (
        <p key={list}>
          <b>{texts(`scores.${list}`)}</b>{' '}
          {(result?.lines ?? [])
            .filter((one) => one.list === list)
            .map(({ name }) => texts.pick(name))
            .join(texts('list.and')) || texts('scores.nobody')}
        </p>
      ))}
      <p>
        <b>{texts('scores.callIns')}</b>{' '}
        {(result?.callIns ?? [])
          .map((one) => `${nameOf(one.unit)} (${texts.pick(callInText(one))})`)
          .join(texts('list.semicolon')) || texts('scores.nobody')}
      </p>
      <footer>
        <p>{texts('bulletin.coverage')}</p>
        {line.publishedAt !== null && (
          <p>{texts('scores.published', { at: fullStampText(line.publishedAt, timeZone) })}</p>
        )}
        {body.signatures.length > 0 && (
          <p>
            {texts('bulletin.signed')}: {body.signatures.map(({ name }) => name).join(texts('list.and'))}
          </p>
        )}
        <p className="code">
          {texts('bulletin.hash')}: {body.contentHash}
        </p>
      </footer>
    </article>
  );
}
