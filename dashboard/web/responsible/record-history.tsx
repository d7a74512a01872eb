import type { DutyHistoryBody } from '../../../devices/contract/api.ts';
import type { DutySheet } from '../../../devices/duty/files/duty-sheets.ts';
import { useCity } from '../api/city.ts';
import { fullStampText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useFetched } from '../ui/use-fetched.ts';
import { columnTitle } from './field-words.ts';
import { recordChanges } from './record-changes.ts';

const AGAIN_MS = 60_000;

/** Who changed what of a record, when, and from which day to which it holds. */
export function RecordHistory({ sheet, id }: { sheet: DutySheet; id: string }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const path = `/duty/records/${sheet.kind}/${encodeURIComponent(id)}/history`;
  const { body } = useFetched<DutyHistoryBody>(path, AGAIN_MS);
  if (!body) return null;
  return (
    <details className="resp-history">
      <summary>{texts('resp.history', { n: body.items.length })}</summary>
      <ol className="history">
        {recordChanges(sheet, body.items).map(({ version, at, by, what, fields }) => (
          <li key={version}>
            <time>{fullStampText(at, timeZone)}</time>
            <span>
              <b>{texts(`resp.history.${what}`)}</b> <span className="muted">· {by}</span>
              {fields.map(({ column, before, after }) => (
                <span key={column} className="note">
                  {columnTitle(sheet.columns[column]!, sheet.kind, texts.language)}: {before !== '' && <s>{before}</s>}{' '}
                  {after || '—'}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
