import { useState } from 'react';
import type { RunBody, RunContent } from '../../../devices/contract/score.ts';
import { send } from '../alarms/acknowledge.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';

type Sample = Extract<RunContent, { kind: 'sample' }>;

/** The places that were drawn, by area and category, with the seed; how many and the seed's hash while the lot is sealed. */
export function SampleList({
  body,
  content,
  mayAct,
  onDone,
}: {
  body: RunBody;
  content: Sample;
  mayAct: boolean;
  onDone: () => Promise<void>;
}) {
  const texts = useTexts();
  const { areas = [], timeZone = 'UTC' } = useCity((state) => state.body?.city) ?? {};
  const nameOf = (code: string): string => {
    const found = areas.find((one) => one.code === code);
    return found ? texts.pick(found.name) : code;
  };
  const { sealed } = content;
  return (
    <>
      <Visits body={body} mayAct={mayAct} onDone={onDone} />
      {sealed ? (
        <p className="small muted scores-seed">
          {texts('scores.sealed', { at: stampText(sealed.until, timeZone), hash: sealed.commitment })}
        </p>
      ) : (
        <p className="small muted scores-seed">
          {texts('scores.seed')}: <span className="code">{content.seed}</span>
        </p>
      )}
      {sealed
        ? byArea(content.strata, sealed.drawn).map(([area, lots]) => (
            <section key={area} className="scores-card">
              <h2>{nameOf(area)}</h2>
              <ul className="scores-lots">
                {lots.map(({ category, of, n }) => (
                  <li key={category}>
                    {category} <span className="muted">{texts('scores.drawn', { n, of })}</span>
                  </li>
                ))}
              </ul>
            </section>
          ))
        : content.strata.map(({ area, category, of, drawn }) => (
            <section key={`${area} ${category}`} className="scores-card">
              <h2>
                {nameOf(area)} · {category}{' '}
                <span className="muted">{texts('scores.drawn', { n: drawn.length, of })}</span>
              </h2>
              <ul className="scores-drawn">
                {drawn.map(({ place, name }) => (
                  <li key={place}>
                    {name} <span className="code faint">{place}</span>
                  </li>
                ))}
              </ul>
            </section>
          ))}
    </>
  );
}

/** How many lots fell where, of a sealed draw: an area with its categories. */
const byArea = (strata: Sample['strata'], drawn: readonly number[]) => [
  ...Map.groupBy(
    strata.map(({ area, category, of }, i) => ({ area, category, of, n: drawn[i] ?? 0 })),
    ({ area }) => area,
  ),
];

/** The one act by which a lot becomes visits; afterwards the way to them. */
function Visits({ body, mayAct, onDone }: { body: RunBody; mayAct: boolean; onDone: () => Promise<void> }) {
  const texts = useTexts();
  const kinds = useCity((state) => state.body?.city.campaigns.kinds ?? []);
  const { cycle, id } = body.run;
  const named = cycle.kind === 'sample' ? cycle.campaign : undefined;
  const [chosen, setChosen] = useState<string | null>(null);
  if (body.visits) return <Link to={hrefOf({ page: 'campaigns' })}>{texts('scores.visit.made')}</Link>;
  if (!mayAct || body.line.state === 'superseded') return null;
  const kind = chosen ?? named ?? kinds.find(({ unannounced }) => unannounced)?.id ?? kinds[0]?.id ?? '';
  return (
    <form
      className="scores-form"
      onSubmit={async (event) => {
        event.preventDefault();
        if (await send('/supervision/visits', { run: id, kind })) await onDone();
      }}
    >
      <p className="small muted">{texts('scores.visit.why')}</p>
      <select
        className="input"
        value={kind}
        aria-label={texts('scores.visit.kind')}
        onChange={({ target }) => setChosen(target.value)}
      >
        {kinds.map((one) => (
          <option key={one.id} value={one.id}>
            {texts.pick(one.name)}
          </option>
        ))}
      </select>
      <button type="submit" className="btn primary">
        {texts('scores.visit')}
      </button>
    </form>
  );
}
