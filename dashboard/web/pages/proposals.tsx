import { useCallback, useEffect, useState } from 'react';
import type { ProposalsBody } from '../../../devices/contract/api.ts';
import type { CommandOutcome } from '../../../devices/contract/command.ts';
import { actsOnAlarms } from '../../../devices/contract/roles.ts';
import type { StandardsChange, StandardsProposal } from '../../../devices/contract/standards.ts';
import { useMayAct } from '../alarms/acknowledge.ts';
import { loadStandards, useCity } from '../api/city.ts';
import { api, commandId, problemOf } from '../api/client.ts';
import { fullStampText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import { say } from '../ui/toast.tsx';
import './proposals.css';

/** Changes listed before the rest is folded away. */
const SHOWN = 12;

/** What the standards are asked to become, for whoever may stand behind it, and what became of earlier wishes. */
export function Proposals() {
  const texts = useTexts();
  const [items, setItems] = useState<readonly StandardsProposal[]>([]);
  const load = useCallback(async (): Promise<void> => {
    try {
      setItems((await api<ProposalsBody>('/standards/proposals?limit=20')).items);
    } catch (error) {
      say(problemOf(error));
    }
  }, []);
  useEffect(() => {
    void load();
  }, [load]);
  const open = items.filter(({ state }) => state === 'open');
  const past = items.filter(({ state }) => state !== 'open');
  if (items.length === 0) return null;
  return (
    <section className="proposals" aria-label={texts('proposals.title')}>
      {open.map((proposal) => (
        <Proposal key={proposal.seq} proposal={proposal} onDone={load} />
      ))}
      <details>
        <summary>{texts('proposals.history', { n: past.length })}</summary>
        {past.map((proposal) => (
          <Proposal key={proposal.seq} proposal={proposal} onDone={load} />
        ))}
      </details>
    </section>
  );
}

function Proposal({ proposal, onDone }: { proposal: StandardsProposal; onDone: () => Promise<void> }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const { seq, version, state, by, fromFile, approvals, rejection, needs, changes, from } = proposal;
  const [folded, setFolded] = useState(true);
  const shown = folded ? changes.slice(0, SHOWN) : changes;
  const when = (at: number) => fullStampText(at, timeZone);
  return (
    <article className={`proposal ${state}`}>
      <header>
        <b>
          {texts('proposals.number', { n: seq })} · {version}
        </b>
        <span className={`tag${state === 'open' ? ' solid' : ''}`}>{texts(`proposals.${state}`)}</span>
        {from !== null && from > 0 && (
          <span className="small muted">{texts('proposals.from', { at: when(from) })}</span>
        )}
      </header>
      <p className="small">
        {fromFile ? texts('proposals.file') : texts('proposals.by', { who: by.name })} · {when(by.at)} · {by.reason}
      </p>
      {approvals.map((one) => (
        <p className="small muted" key={one.id}>
          {texts('proposals.approvedBy', { who: one.name })} · {when(one.at)} {one.reason && `· ${one.reason}`}
        </p>
      ))}
      {rejection && (
        <p className="small muted">
          {texts('proposals.rejectedBy', { who: rejection.name })} · {when(rejection.at)} · {rejection.reason}
        </p>
      )}
      <ul className="changes">
        {shown.map((change) => (
          <Change key={`${change.where} ${change.overlay} ${change.field}`} change={change} />
        ))}
      </ul>
      {changes.length > shown.length && (
        <button type="button" className="btn quiet" onClick={() => setFolded(false)}>
          {texts('proposals.more', { n: changes.length - shown.length })}
        </button>
      )}
      {state === 'open' && <Decide seq={seq} needs={needs} onDone={onDone} />}
    </article>
  );
}

function Change({ change }: { change: StandardsChange }) {
  const texts = useTexts();
  const { where, overlay, field, before, after, priority, urgent } = change;
  return (
    <li className={urgent ? 'urgent' : undefined}>
      {priority && <span className="tag">{priority}</span>}
      <span className="code">{where}</span>
      {overlay && <span className="tag">{overlay}</span>}
      <span>{field}</span>
      <span className="was-is">
        <del title={texts('proposals.before')}>{worded(before)}</del> →{' '}
        <ins title={texts('proposals.after')}>{worded(after)}</ins>
      </span>
    </li>
  );
}

/** A value as people read it: `20 %LEL` for a limit, the JSON of anything else. */
function worded(json: string | null): string {
  if (json === null) return '—';
  const value: unknown = JSON.parse(json);
  if (value !== null && typeof value === 'object' && 'unit' in value) {
    const { unit, ...figure } = value as { unit: string; value?: number; expr?: string };
    return `${figure.value ?? figure.expr} ${unit.replace(/[{}[\]]/g, '')}`;
  }
  return typeof value === 'string' ? value : json.length > 160 ? `${json.slice(0, 160)}…` : json;
}

function Decide({ seq, needs, onDone }: { seq: number; needs: number; onDone: () => Promise<void> }) {
  const texts = useTexts();
  const { role, silent } = useMayAct();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const why = !actsOnAlarms(role) ? texts('ack.viewer') : silent ? texts('ack.silent') : null;
  const decide = async (what: 'approve' | 'reject'): Promise<void> => {
    setBusy(true);
    try {
      const body = { proposal: seq, ...(reason.trim() && { reason: reason.trim() }), commandId: commandId() };
      const outcome = await api<CommandOutcome>(`/standards/${what}`, { body });
      if ('done' in outcome) {
        setReason('');
        await Promise.all([onDone(), loadStandards()]);
      } else say(outcome.refused);
    } catch (error) {
      say(problemOf(error));
    }
    setBusy(false);
  };
  return (
    <form className="decide" onSubmit={(event) => event.preventDefault()}>
      <span className="small muted">{texts('proposals.needs', { n: needs })}</span>
      <input
        className="input"
        value={reason}
        aria-label={texts('proposals.reason')}
        placeholder={texts('proposals.reason')}
        onChange={(event) => setReason(event.target.value)}
      />
      <button
        type="button"
        className="btn primary"
        disabled={busy || why !== null}
        title={why ?? undefined}
        onClick={() => void decide('approve')}
      >
        {texts('proposals.approve')}
      </button>
      <button
        type="button"
        className="btn"
        disabled={busy || why !== null || reason.trim().length < 3}
        title={why ?? (reason.trim().length < 3 ? texts('proposals.reasonNeeded') : undefined)}
        onClick={() => void decide('reject')}
      >
        {texts('proposals.reject')}
      </button>
      {why && <span className="small muted">{why}</span>}
    </form>
  );
}
