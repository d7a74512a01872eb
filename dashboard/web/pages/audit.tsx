import { useCallback, useEffect, useState } from 'react';
import type { AuditBody } from '../../../devices/contract/api.ts';
import type { Refusal } from '../../../devices/contract/command.ts';
import { useCity } from '../api/city.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';
import { fullStampText } from '../format/age.ts';
import { type TextKey, useTexts } from '../i18n/i18n.ts';
import './pages.css';

const PAGE = 100;
const named: Readonly<Record<string, TextKey>> = {
  acknowledge: 'audit.acknowledge',
  reset: 'audit.reset',
  shelve: 'audit.shelve',
  unshelve: 'audit.unshelve',
  'out-of-service': 'audit.outOfService',
  'return-to-service': 'audit.returnToService',
  confirm: 'audit.confirm',
  decline: 'audit.decline',
  judge: 'audit.judge',
  'registry.put': 'audit.registryPut',
  'registry.remove': 'audit.registryRemove',
  'credential.revoke': 'audit.credentialRevoke',
  'quarantine.readmit': 'audit.quarantineReadmit',
  'standards.propose': 'audit.standardsPropose',
  'standards.approve': 'audit.standardsApprove',
  'standards.reject': 'audit.standardsReject',
};

/** Who asked for what, when, by which way, and what came of it. Append-only: there is nothing to change here. */
export function AuditPage() {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const [items, setItems] = useState<AuditBody['items'] | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [more, setMore] = useState(false);
  const load = useCallback(async (before?: number): Promise<void> => {
    try {
      const body = await api<AuditBody>(`/audit?limit=${PAGE}${before === undefined ? '' : `&before=${before}`}`);
      setItems((held) => (before === undefined ? body.items : [...(held ?? []), ...body.items]));
      setMore(body.items.length === PAGE);
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
  }, []);
  useEffect(() => {
    void load();
  }, [load]);
  return (
    <div className="sheet">
      <div className="sheet-in">
        <header className="sheet-head">
          <div>
            <h1>{texts('audit.title')}</h1>
            <p className="small">{texts('audit.why')}</p>
          </div>
          <span className="grow" />
          <button type="button" className="btn" onClick={() => void load()}>
            {texts('refresh')}
          </button>
        </header>
        {problem && <div className="error">{texts.problem(problem)}</div>}
        {items?.length === 0 && <div className="empty">{texts('audit.none')}</div>}
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
                const name = named[item.type];
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
