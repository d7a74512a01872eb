import type { RunBody, ScoreLine } from '../../../devices/contract/score.ts';
import type { Indicator, UnitClass } from '../../../devices/contract/supervision.ts';
import { valueText } from '../../../devices/supervision/words.ts';
import { useTexts } from '../i18n/i18n.ts';

/** Whose number is to be opened. */
export type OpenNumber = (unit: string, indicator: string) => void;

/** The basis of a run that scores; null for a list or a sample. */
export const basisOf = ({ run: { content } }: RunBody) =>
  content.kind === 'score' || content.kind === 'review' ? content.basis : null;

/** One class of units, best first, with what each score is made of. Without `onOpen` it is for paper. */
export function RankTable({
  group,
  lines,
  indicators,
  onOpen,
}: {
  group: UnitClass;
  lines: readonly ScoreLine[];
  indicators: readonly Indicator[];
  onOpen?: OpenNumber;
}) {
  const texts = useTexts();
  const shown = indicators.filter(({ id }) => lines.some((line) => line.numbers.some((one) => one.indicator === id)));
  const title = texts.pick(group.name);
  return (
    <div className="scores-class">
      <h2>{title}</h2>
      <section className="scores-wide" tabIndex={onOpen ? 0 : undefined} aria-label={title}>
        <table className="table scores-table">
          <thead>
            <tr>
              <th>{texts('scores.rank')}</th>
              <th>{texts('scores.unit')}</th>
              <th className="num">{texts('scores.score')}</th>
              <th>{texts('scores.coverage')}</th>
              {shown.map(({ id, name }) => (
                <th key={id} className="num">
                  {texts.pick(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <Line key={line.unit} line={line} shown={shown} onOpen={onOpen} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Line({ line, shown, onOpen }: { line: ScoreLine; shown: readonly Indicator[]; onOpen?: OpenNumber }) {
  const texts = useTexts();
  const { unit, rank, name, score, coverage, unranked, list, earlier } = line;
  return (
    <tr className={rank === null ? 'unranked' : undefined}>
      <td className="scores-rank">{rank ?? '—'}</td>
      <th scope="row" className="scores-unit">
        {texts.pick(name)} {list && <span className={`tag list-${list}`}>{texts(`scores.${list}`)}</span>}
        {unranked && <span className="tag draft">{texts(`scores.unranked.${unranked}`)}</span>}
      </th>
      <td className="num">
        <b>{score?.toFixed(1) ?? '—'}</b>
        {earlier?.score != null && (
          <span className="tiny faint block">{texts('scores.before', { score: earlier.score.toFixed(1) })}</span>
        )}
      </td>
      <td>
        <Opening onOpen={onOpen && (() => onOpen(unit, '@coverage'))}>
          <span className="scores-bar" aria-hidden="true">
            <progress max={1} value={coverage.share ?? 0} />
          </span>
          {valueText({ kind: 'coverage' }, coverage.share)}
        </Opening>
      </td>
      {shown.map(({ id, measure }) => {
        const number = line.numbers.find(({ indicator }) => indicator === id);
        return (
          <td key={id} className="num">
            {number && (
              <Opening onOpen={onOpen && number.count > 0 ? () => onOpen(unit, id) : undefined}>
                {valueText(measure, number.value)}
              </Opening>
            )}
            {number?.appealed && (
              <span className="tiny faint block">
                {texts('scores.appealed', { value: valueText(measure, number.before) })}
              </span>
            )}
          </td>
        );
      })}
    </tr>
  );
}

/** A number that opens what it is made of, where it can. */
function Opening({ onOpen, children }: { onOpen?: (() => void) | undefined; children: React.ReactNode }) {
  if (!onOpen) return <span>{children}</span>;
  return (
    <button type="button" className="scores-number" onClick={onOpen}>
      {children}
    </button>
  );
}
