import { type ReactNode, useMemo, useState } from 'react';
import type { ReportedBody } from '../../../devices/contract/api.ts';
import { actsOnTickets } from '../../../devices/contract/roles.ts';
import type { Report } from '../../../devices/contract/ticket.ts';
import { type ReportChannel, reportChannels } from '../../../devices/contract/ticket-stages.ts';
import { Choices } from '../alarms/reason-picker.tsx';
import { useCatalogueItems } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { api, commandId, problemOf } from '../api/client.ts';
import { useSession } from '../api/session.ts';
import { matching } from '../device/matching.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import type { LonLat } from '../map/map-adapter.ts';
import { say } from '../ui/toast.tsx';
import { PhotoPicker } from './photos.tsx';
import { PlacePicker } from './place-picker.tsx';
import '../pages/pages.css';
import './tickets.css';

interface Draft {
  readonly channel: ReportChannel;
  readonly item: string;
  readonly text: string;
  readonly at: LonLat | null;
  readonly area: string;
  readonly address: string;
  readonly device: string;
  readonly reference: string;
  readonly name: string;
  readonly phone: string;
  readonly photos: readonly string[];
  /** What was done on the spot; null while it was not settled there. */
  readonly settled: string | null;
}
const empty: Draft = {
  channel: 'hotline',
  item: '',
  text: '',
  at: null,
  area: '',
  address: '',
  device: '',
  reference: '',
  name: '',
  phone: '',
  photos: [],
  settled: null,
};

/** The form of the hotline and of grid workers: what, where, who says so; settled on the spot or not. */
export function ReportPage() {
  const texts = useTexts();
  const role = useSession((session) => session.me?.role);
  const [draft, setDraft] = useState<Draft>(empty);
  /** Of this report until it is sent: a second click is the same report. */
  const [id, setId] = useState(commandId);
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState<ReportedBody | null>(null);
  const patch = (part: Partial<Draft>): void => setDraft((now) => ({ ...now, ...part }));
  const missing = useMissing(draft);
  const why = actsOnTickets(role) ? missing : texts('act.viewer');
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      setSent(await api<ReportedBody>('/reports', { body: { report: toReport(draft), commandId: id } }));
      setDraft({ ...empty, channel: draft.channel });
      setId(commandId());
    } catch (error) {
      say(problemOf(error));
    }
    setBusy(false);
  };
  return (
    <div className="sheet">
      <form
        className="sheet-in report"
        onSubmit={(event) => {
          event.preventDefault();
          if (!why && !busy) void submit();
        }}
      >
        <header className="sheet-head">
          <div>
            <h1>{texts('report.title')}</h1>
            <p className="small">{texts('report.why')}</p>
          </div>
        </header>
        {sent && (
          <div className="draft-bar" role="status">
            <span>
              {texts(sent.joined ? 'report.joined' : 'report.sent')}{' '}
              <Link to={hrefOf({ page: 'tickets', ticket: sent.no, scope: 'all' })}>
                <b className="mono">{sent.no}</b>
              </Link>
            </span>
          </div>
        )}
        <div className="report-grid">
          <section className="box">
            <h2>{texts('report.what')}</h2>
            <Choices
              label={texts('report.channel')}
              choices={reportChannels.map((value) => ({ value, text: texts(`report.channel.${value}`) }))}
              chosen={draft.channel}
              onChoose={(channel) => patch({ channel })}
            />
            <ItemPicker chosen={draft.item} onChoose={(item) => patch({ item })} />
            <Field label={texts('report.text')}>
              <textarea
                className="input prose"
                value={draft.text}
                maxLength={2000}
                onChange={({ target }) => patch({ text: target.value })}
              />
            </Field>
            <PhotoPicker hashes={draft.photos} onChange={(photos) => patch({ photos })} />
          </section>
          <Where draft={draft} patch={patch} />
          <Who draft={draft} patch={patch} />
        </div>
        <div className="dialog-acts">
          {why && <span className="why">{why}</span>}
          <button type="submit" className="btn primary" disabled={busy || why !== null}>
            {texts(draft.settled === null ? 'report.do' : 'report.doSettled')}
          </button>
        </div>
      </form>
    </div>
  );
}

function useMissing({ item, text, at, settled }: Draft): string | null {
  const texts = useTexts();
  if (item === '') return texts('report.needsItem');
  if (text.trim().length < 2) return texts('report.needsText');
  if (!at) return texts('report.needsPlace');
  return settled !== null && settled.trim() === '' ? texts('report.needsSettled') : null;
}

function toReport({ at, photos, settled, area, address, device, reference, name, phone, ...rest }: Draft): Report {
  const [lon, lat] = at ?? [0, 0];
  const said = { area, address, device, reference, name, phone };
  const given = Object.fromEntries(
    Object.entries(said).flatMap(([key, text]) => (text.trim() ? [[key, text.trim()]] : [])),
  );
  return {
    ...{ ...rest, text: rest.text.trim(), lon, lat, photos: [...photos] },
    ...given,
    ...(settled !== null && { settled: { note: settled.trim(), photos: [] } }),
  };
}

interface PartProps {
  readonly draft: Draft;
  readonly patch: (part: Partial<Draft>) => void;
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children.
    <label className="field">
      <span className="label">{label}</span>
      {children}
    </label>
  );
}

/** Items of the catalogue that hold the words. */
const SHOWN = 8;
function ItemPicker({ chosen, onChoose }: { chosen: string; onChoose: (item: string) => void }) {
  const texts = useTexts();
  const items = useCatalogueItems();
  const [q, setQ] = useState('');
  const found = useMemo(() => {
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    return [...items.values()]
      .filter(({ code, name, problem, standard }) => {
        const text = `${code} ${name.zh} ${name.en} ${problem} ${standard.text}`.toLowerCase();
        return words.every((word) => text.includes(word));
      })
      .slice(0, SHOWN);
  }, [items, q]);
  const item = items.get(chosen);
  return (
    <Field label={texts('report.item')}>
      {item ? (
        <span className="chosen">
          <b>
            {item.code} {texts.pick(item.name)}
          </b>
          <button type="button" className="btn quiet" onClick={() => onChoose('')}>
            {texts('report.other')}
          </button>
        </span>
      ) : (
        <>
          <input
            className="input"
            type="search"
            value={q}
            placeholder={texts('report.itemSearch')}
            onChange={({ target }) => setQ(target.value)}
          />
          <span className="picks">
            {found.map(({ code, name }) => (
              <button key={code} type="button" className="pick" onClick={() => onChoose(code)}>
                <span className="mono">{code}</span> {texts.pick(name)}
              </button>
            ))}
            {found.length === 0 && <span className="small muted">{texts('report.noItem')}</span>}
          </span>
        </>
      )}
    </Field>
  );
}

function Where({ draft, patch }: PartProps) {
  const texts = useTexts();
  const city = useCity((state) => state.body?.city);
  const devices = useCity((state) => state.devices);
  const [q, setQ] = useState('');
  const found = useMemo(() => (q.trim() ? matching([...devices.values()], q, 5) : []), [devices, q]);
  return (
    <section className="box">
      <h2>{texts('report.where')}</h2>
      <PlacePicker at={draft.at} onPick={(at) => patch({ at })} />
      <Field label={texts('report.near')}>
        <input
          className="input"
          type="search"
          value={q}
          placeholder={texts('report.nearSearch')}
          onChange={({ target }) => setQ(target.value)}
        />
        <span className="picks">
          {found.map((device) => (
            <button
              key={device.id}
              type="button"
              className="pick"
              onClick={() => {
                setQ('');
                patch({
                  at: [device.lon, device.lat],
                  device: device.id,
                  area: device.area ?? '',
                  address: device.address ?? draft.address,
                });
              }}
            >
              {texts.language === 'en' ? (device.nameEn ?? device.name) : device.name}
            </button>
          ))}
        </span>
      </Field>
      {draft.device && (
        <span className="chosen small">
          {texts('report.device', { id: draft.device })}
          <button type="button" className="btn quiet" onClick={() => patch({ device: '' })}>
            {texts('report.other')}
          </button>
        </span>
      )}
      <Field label={texts('report.address')}>
        <input
          className="input"
          value={draft.address}
          maxLength={200}
          onChange={({ target }) => patch({ address: target.value })}
        />
      </Field>
      <Field label={texts('ticket.area')}>
        <select className="input" value={draft.area} onChange={({ target }) => patch({ area: target.value })}>
          <option value="">—</option>
          {city?.areas.map(({ code, name }) => (
            <option key={code} value={code}>
              {texts.pick(name)}
            </option>
          ))}
        </select>
      </Field>
    </section>
  );
}

function Who({ draft, patch }: PartProps) {
  const texts = useTexts();
  const line = (key: 'name' | 'phone' | 'reference', most: number) => (
    <Field label={texts(`report.${key}`)}>
      <input
        className="input"
        value={draft[key]}
        maxLength={most}
        inputMode={key === 'phone' ? 'tel' : 'text'}
        onChange={({ target }) => patch({ [key]: target.value })}
      />
    </Field>
  );
  return (
    <section className="box">
      <h2>{texts('report.who')}</h2>
      {line('name', 100)}
      {line('phone', 40)}
      {line('reference', 100)}
      <label className="check">
        <input
          type="checkbox"
          checked={draft.settled !== null}
          onChange={({ target }) => patch({ settled: target.checked ? '' : null })}
        />
        {texts('report.settled')}
      </label>
      {draft.settled !== null && (
        <Field label={texts('report.settledHow')}>
          <textarea
            className="input prose"
            value={draft.settled}
            maxLength={2000}
            onChange={({ target }) => patch({ settled: target.value })}
          />
        </Field>
      )}
      <p className="small muted">{texts('report.merged')}</p>
    </section>
  );
}
