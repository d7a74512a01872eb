import { useCallback, useEffect, useState } from 'react';
import type { QuarantineBody } from '../../../devices/contract/api.ts';
import type { Quarantined } from '../../../devices/contract/quarantine.ts';
import { useCity } from '../api/city.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';
import { useSession } from '../api/session.ts';
import { fullStampText } from '../format/age.ts';
import { asHex, asText } from '../format/payload.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf, patchRoute, useRoute } from '../frame/route.ts';
import { textOf, useTexts } from '../i18n/i18n.ts';
import { useLive } from '../live/store.ts';
import { say } from '../ui/toast.tsx';
import './pages.css';

/** What was refused, by whom, why, and the bytes as they came. New ones appear as they are refused. */
export function QuarantinePage() {
  const texts = useTexts();
  const { q } = useRoute();
  const { items, problem, more, loadMore, reload } = useQuarantine(q);
  const { busy, readmit } = useReadmit(reload);
  const open = items?.filter(isOpen) ?? [];
  return (
    <div className="sheet">
      <div className="sheet-in">
        <header className="sheet-head">
          <div>
            <h1>{texts('quarantine.title')}</h1>
            <p className="small">{texts('quarantine.why')}</p>
          </div>
        </header>
        <div className="search-row">
          <input
            className="input"
            type="search"
            value={q}
            placeholder={texts('quarantine.device')}
            aria-label={texts('quarantine.device')}
            onChange={(event) => patchRoute({ q: event.target.value })}
          />
          {q.trim() !== '' && open.length > 0 && (
            <ReadmitButton
              label={texts('quarantine.readmitAll')}
              busy={busy}
              onPress={() => void readmit({ device: q.trim() })}
            />
          )}
        </div>
        {problem && <div className="error">{texts.problem(problem)}</div>}
        {items?.length === 0 && <div className="empty">{texts('quarantine.none')}</div>}
        <ul className="refused">
          {items?.map((item) => (
            <Refused key={item.id} item={item} busy={busy} readmit={() => void readmit({ ids: [item.id] })} />
          ))}
        </ul>
        {more && (
          <div className="more">
            <button type="button" className="btn" onClick={loadMore}>
              {texts('older')}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

const PAGE = 50;

/** Refused messages, newest first; of one device also those that name no device and came from it. */
async function refusedOf(device: string, before?: number): Promise<{ items: Quarantined[]; more: boolean }> {
  const page = new URLSearchParams({
    limit: String(PAGE),
    ...(before === undefined ? {} : { before: String(before) }),
  });
  const all = await api<QuarantineBody>(`/quarantine?${page}`);
  if (!device) return { items: [...all.items], more: all.items.length === PAGE };
  page.set('device', device);
  const named = await api<QuarantineBody>(`/quarantine?${page}`);
  const both = new Map(
    [...named.items, ...all.items.filter(({ client }) => client === device)].map((one) => [one.id, one]),
  );
  return { items: [...both.values()].sort((a, b) => b.id - a.id), more: named.items.length === PAGE };
}

function useQuarantine(device: string) {
  const [items, setItems] = useState<readonly Quarantined[] | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [more, setMore] = useState(false);
  const refused = useLive((live) => live.picture.strip?.ingest?.refused);
  const load = useCallback(
    async (before?: number): Promise<void> => {
      try {
        const found = await refusedOf(device.trim(), before);
        setItems((held) => (before === undefined ? found.items : [...(held ?? []), ...found.items]));
        setMore(found.more);
        setProblem(null);
      } catch (error) {
        setProblem(problemOf(error));
      }
    },
    [device],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a higher count of refusals means there is something new.
  useEffect(() => {
    const soon = setTimeout(() => void load(), 200);
    return () => clearTimeout(soon);
  }, [load, refused]);
  const last = items?.at(-1)?.id;
  return { items, problem, more, loadMore: () => void load(last), reload: () => void load() };
}

const isOpen = (item: Quarantined): boolean => item.readmitted === null;

/** Has refused messages judged again, and says what came of it. */
function useReadmit(done: () => void) {
  const [busy, setBusy] = useState(false);
  const readmit = async (which: { ids: number[] } | { device: string }): Promise<void> => {
    setBusy(true);
    try {
      const outcome = await api<{ changed: string[]; refused?: unknown[] }>('/quarantine/readmit', {
        body: { ...which, commandId: crypto.randomUUID() },
      });
      const figures = { n: outcome.changed.length, refused: outcome.refused?.length ?? 0 };
      say({ zh: textOf('zh', 'quarantine.done', figures), en: textOf('en', 'quarantine.done', figures) });
      done();
    } catch (error) {
      say(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, readmit };
}

/** Live for administrators; others are told why it is not. */
function ReadmitButton({
  label,
  busy,
  why,
  onPress,
}: {
  label: string;
  busy: boolean;
  why?: string;
  onPress: () => void;
}) {
  const texts = useTexts();
  const admin = useSession((session) => session.me?.role === 'admin');
  const reason = admin ? why : texts('quarantine.notAllowed');
  return (
    <button type="button" className="btn" disabled={busy || reason !== undefined} title={reason} onClick={onPress}>
      {label}
    </button>
  );
}

function Refused({ item, busy, readmit }: { item: Quarantined; busy: boolean; readmit: () => void }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  // What cannot be decoded names no device; a sender that is a device of the registry says which it was.
  const device = useCity((state) => state.devices.get(item.device ?? item.client));
  const named = item.device ?? device?.id;
  const [hex, setHex] = useState(false);
  return (
    <li>
      <div className="refused-head">
        <time className="muted">{fullStampText(item.received, timeZone)}</time>
        <span className="tag solid">{texts(`refusal.${item.code}`)}</span>
        {named ? (
          <Link to={hrefOf({ page: 'duty', device: named, view: 'detail' })}>
            {(texts.language === 'en' && device?.nameEn) || (device?.name ?? named)}
          </Link>
        ) : (
          <span className="faint">{texts('quarantine.noDevice')}</span>
        )}
        <span className="faint mono">{item.topic}</span>
        <span className="faint">{texts('quarantine.client', { client: item.client })}</span>
        <span className="grow" />
        {isOpen(item) ? (
          <ReadmitButton
            label={texts('quarantine.readmit')}
            busy={busy}
            why={item.size > 65_536 ? texts('quarantine.cut') : undefined}
            onPress={readmit}
          />
        ) : (
          <span className="tag">
            {texts('quarantine.readmitted', { at: fullStampText(item.readmitted ?? 0, timeZone) })}
          </span>
        )}
      </div>
      {isOpen(item) && item.tried !== null && (
        <p className="small muted">{texts('quarantine.tried', { at: fullStampText(item.tried, timeZone) })}</p>
      )}
      <p className="refused-why">{texts.pick(item.reason)}</p>
      <details>
        <summary className="small muted">{texts('quarantine.payload', { n: item.size })}</summary>
        <fieldset className="spans" aria-label={texts('quarantine.form')}>
          <button type="button" aria-pressed={!hex} onClick={() => setHex(false)}>
            {texts('quarantine.text')}
          </button>
          <button type="button" aria-pressed={hex} onClick={() => setHex(true)}>
            {texts('quarantine.hex')}
          </button>
        </fieldset>
        <pre className="payload">{hex ? asHex(item.payload) : asText(item.payload)}</pre>
      </details>
    </li>
  );
}
