import type { DrillReport, HandOff } from '../../../devices/contract/drill.ts';
import { handOffWords } from '../../../devices/drills/drill-words.ts';
import { useCity } from '../api/city.ts';
import { clockText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';

/** Each hand-off with the minutes since the reading and since the one before, beside its limit. */
export function HandOffs({ report }: { report: DrillReport }) {
  const texts = useTexts();
  return (
    <div className="hand-offs">
      <table>
        <thead>
          <tr>
            <th>{texts('drill.handOff')}</th>
            <th className="num">{texts('drill.at')}</th>
            <th className="num">{texts('drill.since')}</th>
            <th className="num">{texts('drill.took')}</th>
            <th className="num">{texts('drill.due')}</th>
          </tr>
        </thead>
        <tbody>
          {report.handOffs.map((one) => (
            <Row key={one.kind} handOff={one} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ handOff: { kind, at, sinceMs, tookMs, due, inTime, by } }: { handOff: HandOff }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  return (
    <tr>
      <td>
        {texts.pick(handOffWords[kind])}
        {by !== null && <div className="muted small">{by}</div>}
      </td>
      <td className="num">{at === null ? texts('drill.notReached') : clockText(at, timeZone)}</td>
      <td className="num">{minutesText(sinceMs)}</td>
      <td className="num">{minutesText(tookMs)}</td>
      <td className="num">
        {due === null ? '—' : clockText(due, timeZone)}
        {inTime !== null && (
          <span className={inTime ? 'muted' : 'late'}> {texts(inTime ? 'drill.inTime' : 'drill.late')}</span>
        )}
      </td>
    </tr>
  );
}

/** Minutes with two digits: a journal takes milliseconds, a crew half an hour. */
const minutesText = (ms: number | null): string => (ms === null ? '—' : (ms / 60_000).toFixed(2));
