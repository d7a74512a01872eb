import { useCallback, useEffect, useRef, useState } from 'react';
import type { AuditBody } from '../../../devices/contract/api.ts';
import type { Refusal } from '../../../devices/contract/command.ts';
import { useCity } from '../api/city.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';
import { fullStampText } from '../format/age.ts';
import { useRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { auditQuery, isFiltered } from './audit-filter.ts';
import { AuditSearch } from './audit-search.tsx';
import { commandTitles } from './command-titles.ts';
import './pages.css';

const PAGE = 100;

/** Who asked for what, when, by which way, and what came of it. Append-only: there is nothing to change here. */
export function AuditPage() {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const route = useRoute();
  const query = auditQuery(route, timeZone).toString();
  const { items, problem, more, load } = useAudit(query);
  return (
    <div className="sheet">
      <div className="sheet-in">
        <header className="sheet-head">
          <div>
            <h1>{texts('audit.title')}</h1>
            <p className="small">{texts('audit.why')}</p>
          </div>
          <span className="grow" />
          <a className="btn" href={`/api/v1/audit.csv?${query}`} download="audit.csv">
            {texts('audit.csv')}
          </a>
          <button type="button" className="btn" onClick={() => void load()}>
            {texts('refresh')}
          </button>
        </header>
        <AuditSearch route={route} />
        {problem && <div className="error">{texts.problem(problem)}</div>}
        {items?.length === 0 && (
          <div className="empty">{texts(isFiltered(route) ? 'audit.noneFound' : 'audit.none')}</div>
        )}
        {items && items.length > 0 && (
          <table className="table">
            <thead>
              <tr>
                <th>{texts('audit.number')}</th>
                <th>{texts('audit.when')}</th>
                <th>{texts('audit.who')}</th>
                <th>{texts('audit.what')}</th>
                <th>{texts('audit.outcome')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => {
                const name = commandTitles[item.type];
                return (
                  <tr key={item.seq}>
                    <td className="faint">{item.seq}</td>
                    <td className="time">{fullStampText(item.at, timeZone)}</td>
                    <td className="nowrap">
                      <b>{item.actor}</b> <span className="faint">{item.via}</span>
                    </td>
                    <td>
                      <b>{name ? texts(name) : item.type}</b>
                      <Body value={item.body} />
                    </td>
                    <td>
                      <Outcome value={item.outcome} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
        {more && (
          <div className="more">
            <button type="button" className="btn" onClick={() => void load(items?.at(-1)?.seq)}>
              {texts('older')}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

/** Rows that answer the query, newest first, and a way to the older ones. */
function useAudit(query: string) {
  const [items, setItems] = useState<AuditBody['items'] | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [more, setMore] = useState(false);
  // Of two questions under way the newer one's answer is shown, whichever comes first.
  const newest = useRef('');
  const load = useCallback(
    async (before?: number): Promise<void> => {
      newest.current = query;
      try {
        const page = before === undefined ? '' : `&before=${before}`;
        const body = await api<AuditBody>(`/audit?limit=${PAGE}${page}&${query}`);
        if (newest.current !== query) return;
        setItems((held) => (before === undefined ? body.items : [...(held ?? []), ...body.items]));
        setMore(body.items.length === PAGE);
        setProblem(null);
      } catch (error) {
        if (newest.current === query) setProblem(problemOf(error));
      }
    },
    [query],
  );
  useEffect(() => {
    const soon = setTimeout(() => void load(), 200);
    return () => clearTimeout(soon);
  }, [load]);
  return { items, problem, more, load };
}

/** What came of a command, in words; the whole of it one click away. */
function Outcome({ value }: { value: unknown }) {
  const texts = useTexts();
  const outcome = value as Partial<{ done: boolean; changed: readonly string[]; refused: Refusal }> | null;
  const refused = outcome?.refused && 'zh' in outcome.refused ? outcome.refused : null;
  return (
    <>
      {outcome?.done && texts('audit.done', { n: outcome.changed?.length ?? 0 })}
      {refused && texts('audit.refused', { why: texts.problem(refused) })}
      <Body value={value} />
    </>
  );
}

function Body({ value }: { value: unknown }) {
  const texts = useTexts();
  if (value === null || value === undefined) return null;
  return (
    <details>
      <summary className="tiny faint">{texts('audit.body')}</summary>
      <pre className="payload">{typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre>
    </details>
  );
}
