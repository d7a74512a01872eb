import { useState } from 'react';
import type { DispatchLine, Promised, RunBody, RunContent } from '../../../devices/contract/score.ts';
import { send } from '../alarms/acknowledge.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import { Dialog } from '../ui/dialog.tsx';
import { TicketLink } from './ticket-link.tsx';
import { WordsInput } from './words-input.tsx';

const columns = ['open', 'overdue', 'disputed', 'suspended', 'unowned', 'returned'] as const;
const WEEK = 7 * 86_400_000;

/** The weekly list: what is open at each department, and what was promised. */
export function DispatchList({
  body,
  content,
  mayAct,
  onDone,
}: {
  body: RunBody;
  content: Extract<RunContent, { kind: 'dispatch' }>;
  mayAct: boolean;
  onDone: () => Promise<void>;
}) {
  const texts = useTexts();
  const departments = useCity((state) => state.body?.city.departments ?? []);
  const nameOf = (id: string): string => {
    const found = departments.find((one) => one.id === id);
    return found ? texts.pick(found.name) : id;
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways can be scrolled by keyboard. */}
      <section className="scores-wide" tabIndex={0} aria-label={texts.pick(body.line.name)}>
        <table className="table scores-table">
          <thead>
            <tr>
              <th>{texts('scores.department')}</th>
              {columns.map((name) => (
                <th key={name} className="num">
                  {texts(`scores.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {content.lines.map((line) => (
              <tr key={line.department}>
                <th scope="row" className="scores-unit">
                  {nameOf(line.department)}
                </th>
                {columns.map((name) => (
                  <td key={name} className="num">
                    <Tickets ids={line[name]} title={`${nameOf(line.department)} · ${texts(`scores.${name}`)}`} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {content.promised.length > 0 && (
        <section className="scores-card">
          <h2>{texts('scores.promised')}</h2>
          {content.promised.map((one) => (
            <PromiseLine key={one.seq} one={one} name={nameOf(one.department)}>
              {one.state && <span className={`tag promise-${one.state}`}>{texts(`scores.promise.${one.state}`)}</span>}
            </PromiseLine>
          ))}
        </section>
      )}
      <section className="scores-card">
        <h2>{texts('scores.promises')}</h2>
        {body.promises.map((one) => (
          <PromiseLine key={one.seq} one={one} name={nameOf(one.department)} />
        ))}
        {mayAct && <PromiseForm run={body.run.id} lines={content.lines} nameOf={nameOf} onDone={onDone} />}
      </section>
    </>
  );
}

/** How many tickets; pressed, which. */
function Tickets({ ids, title }: { ids: DispatchLine['open']; title: string }) {
  const [open, setOpen] = useState(false);
  if (ids.length === 0) return <span className="faint">0</span>;
  return (
    <>
      <button type="button" className="scores-number" onClick={() => setOpen(true)}>
        {ids.length}
      </button>
      {open && (
        <Dialog title={title} onClose={() => setOpen(false)}>
          <ul className="scores-facts">
            {ids.map((id) => (
              <li key={id}>
                <TicketLink id={id} />
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}

function PromiseLine({ one, name, children }: { one: Promised; name: string; children?: React.ReactNode }) {
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  return (
    <p className="small">
      <b>{name}</b> {one.text} <span className="muted">· {stampText(one.until, timeZone)}</span> {children}
    </p>
  );
}

/** A department promises to close what it has overdue, a week from now unless it says otherwise. */
function PromiseForm({
  run,
  lines,
  nameOf,
  onDone,
}: {
  run: string;
  lines: readonly DispatchLine[];
  nameOf: (id: string) => string;
  onDone: () => Promise<void>;
}) {
  const texts = useTexts();
  const [department, setDepartment] = useState(lines[0]?.department ?? '');
  const [text, setText] = useState('');
  const [until, setUntil] = useState(() => new Date(Date.now() + WEEK).toISOString().slice(0, 10));
  const tickets = lines.find((one) => one.department === department)?.overdue ?? [];
  return (
    <form
      className="scores-form"
      onSubmit={async (event) => {
        event.preventDefault();
        const asked = { run, department, text, tickets, until: Date.parse(until) };
        if (await send('/supervision/promise', asked)) await onDone();
      }}
    >
      <select
        className="input"
        value={department}
        aria-label={texts('scores.department')}
        onChange={({ target }) => setDepartment(target.value)}
      >
        {lines.map((one) => (
          <option key={one.department} value={one.department}>
            {nameOf(one.department)}
          </option>
        ))}
      </select>
      <WordsInput label={texts('scores.promise.text')} value={text} onChange={setText} />
      <input
        className="input"
        type="date"
        value={until}
        aria-label={texts('scores.promise.until')}
        onChange={({ target }) => setUntil(target.value)}
      />
      <button type="submit" className="btn" disabled={text.trim().length < 2 || department === '' || until === ''}>
        {texts('scores.promise.add')}
      </button>
    </form>
  );
}
