import { useState } from 'react';
import { visitFlow, visitStageWords } from '../../../devices/campaigns/visit-flow.ts';
import type { Visit, VisitPersonStep, VisitStep } from '../../../devices/contract/campaign.ts';
import type { Step } from '../../../devices/contract/catalogue.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { textOf, useTexts } from '../i18n/i18n.ts';
import { sendOrKeep } from '../outbox/use-outbox.ts';
import { say } from '../ui/toast.tsx';
import { useFetched } from '../ui/use-fetched.ts';
import { Checklist } from './checklist.tsx';
import { FindingDialog } from './finding-dialog.tsx';

interface WholeVisit extends Visit {
  readonly checklist: readonly Step[];
  readonly steps: readonly VisitStep[];
}

/** One visit on a phone: where, until when, and what can be done, in reach of one thumb. */
export function VisitPage({ id, onChanged }: { id: string; onChanged: () => void }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const { body, problem, reload } = useFetched<WholeVisit>(`/visits/${encodeURIComponent(id)}`, 20_000);
  const [finding, setFinding] = useState(false);
  const take = (step: VisitPersonStep): void => {
    const title = {
      zh: `${body?.name ?? id} ${textOf('zh', 'campaigns.visitStep')}`,
      en: `${body?.name ?? id} ${textOf('en', 'campaigns.visitStep')}`,
    };
    void sendOrKeep(`/visits/${encodeURIComponent(id)}/steps`, { step }, title).then((answer) => {
      if (answer === null) return;
      if (answer !== 'kept') say({ zh: textOf('zh', 'hazards.done'), en: textOf('en', 'hazards.done') });
      reload();
      onChanged();
    });
  };
  const withReason = (kind: 'refused' | 'hand-back'): void => {
    const reason = prompt(texts('hazards.reason'))?.trim();
    if (reason) take({ kind, reason });
  };
  const can = (kind: VisitPersonStep['kind']): boolean => body !== null && visitFlow[body.stage][kind] !== undefined;
  return (
    <div className="sheet">
      <div className="sheet-in hazards visit">
        <Link to={hrefOf({ page: 'campaigns' })} className="btn quiet">
          ← {texts('campaigns.back')}
        </Link>
        {problem && <div className="error">{texts.problem(problem)}</div>}
        {!body && !problem && <div className="empty">{texts('loading')}</div>}
        {body && (
          <>
            <header>
              <h1>{body.name}</h1>
              <p className="small muted">
                {texts.pick(visitStageWords[body.stage])}
                {body.address && ` · ${body.address}`}
              </p>
              <p className="small">
                {texts('campaigns.open', {
                  from: stampText(body.againAt ?? body.opensAt, timeZone),
                  to: stampText(body.closesAt, timeZone),
                })}
              </p>
            </header>
            {body.findings.length > 0 && (
              <ul className="small">
                {body.findings.map((found) => (
                  <li key={found.id}>
                    {found.as === 'hazard' ? (
                      <Link to={hrefOf({ page: 'hazards', hazard: found.id })}>{found.id}</Link>
                    ) : (
                      found.id
                    )}
                  </li>
                ))}
              </ul>
            )}
            {can('done') && (
              <Checklist steps={body.checklist} onDone={(answers) => take({ kind: 'done', answers: [...answers] })} />
            )}
            <div className="visit-actions">
              {can('start') && (
                <button type="button" className="btn primary" onClick={() => take({ kind: 'start' })}>
                  {texts('campaigns.start')}
                </button>
              )}
              {can('finding') && (
                <button type="button" className="btn primary" onClick={() => setFinding(true)}>
                  {texts('campaigns.finding')}
                </button>
              )}
              {can('nobody-home') && (
                <button type="button" className="btn" onClick={() => take({ kind: 'nobody-home' })}>
                  {texts('campaigns.nobody')}
                </button>
              )}
              {can('refused') && (
                <button type="button" className="btn" onClick={() => withReason('refused')}>
                  {texts('campaigns.refusedIn')}
                </button>
              )}
              {can('hand-back') && (
                <button type="button" className="btn quiet" onClick={() => withReason('hand-back')}>
                  {texts('campaigns.handBack')}
                </button>
              )}
            </div>
            {finding && (
              <FindingDialog
                onClose={() => setFinding(false)}
                onFound={(found) => {
                  take({ kind: 'finding', finding: found });
                  setFinding(false);
                }}
              />
            )}
          </>
        )}
      </div>
    </div>
  );
}
