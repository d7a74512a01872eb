import { useState } from 'react';
import type { DeviceBody, QuarantineBody } from '../../../devices/contract/api.ts';
import type { Quarantined } from '../../../devices/contract/quarantine.ts';
import { useCity } from '../api/city.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';
import { DeviceSearch } from '../device/find-device.tsx';
import { Link } from '../frame/link.tsx';
import { useTexts } from '../i18n/i18n.ts';
import { Dialog } from '../ui/dialog.tsx';

const examples = {
  'demo.example.cut': '{"alarm.ch4": 3.2',
  'demo.example.unknown': '{"alarm.ch5": 3.2}',
  'demo.example.type': '{"ts": 1795361715000, "values": {"alarm.ch4": "high"}}',
} as const;

/** What a device behind a gateway sends is judged by its gateway first; only a direct one knocks at the platform's door. */
const direct = (device: DeviceBody | undefined): boolean => device !== undefined && !device.gateway;

interface Sent {
  readonly sent: true;
  readonly quarantined?: Quarantined;
}

/**
 * The newest refused message that came from a device. What cannot be decoded names no device: then only its sender is known,
 * so the newest of all are looked through.
 */
const newestRefused = async (device: string): Promise<Quarantined | undefined> =>
  (await api<QuarantineBody>('/quarantine?limit=20')).items.find(
    (one) => one.device === device || one.client === device,
  );

/** Sends and looks for what became of it, for three seconds at most. */
async function sent(device: string, payload: string): Promise<Sent> {
  const before = await newestRefused(device);
  const answer = await api<Sent>('/demo/payload', { body: { device, payload } });
  for (let looks = 0; !answer.quarantined && looks < 6; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const newest = await newestRefused(device);
    if (newest && newest.id !== before?.id) return { sent: true, quarantined: newest };
  }
  return answer;
}

/** Publishes any text as a device through the real MQTT door, and shows what became of it. */
export function BadPayload({ initial, onClose }: { initial: string | null; onClose: () => void }) {
  const texts = useTexts();
  const registry = useCity((state) => state.devices);
  const [device, setDevice] = useState<string | null>(initial && direct(registry.get(initial)) ? initial : null);
  const [payload, setPayload] = useState<string>(examples['demo.example.cut']);
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<Sent | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const chosen = device ? registry.get(device) : undefined;
  const send = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    setResult(null);
    try {
      if (device) setResult(await sent(device, payload));
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={texts('demo.paste')} onClose={onClose}>
      <p className="small muted">{texts('demo.pasteWhy')}</p>
      {chosen ? (
        <div className="chosen">
          <span className="label">{texts('demo.as')}</span>
          <b className="clip">{(texts.language === 'en' && chosen.nameEn) || chosen.name}</b>
          <span className="faint small clip">{chosen.id}</span>
          <span className="grow" />
          <button type="button" className="btn" onClick={() => setDevice(null)}>
            {texts('demo.change')}
          </button>
        </div>
      ) : (
        <div className="field">
          <span className="label">{texts('demo.choose')}</span>
          <DeviceSearch onPick={setDevice} accept={direct} />
        </div>
      )}
      {chosen && (
        <>
          <div className="field">
            <label htmlFor="payload">{texts('demo.payload')}</label>
            <textarea
              id="payload"
              className="input"
              spellCheck={false}
              value={payload}
              onChange={(event) => setPayload(event.target.value)}
            />
          </div>
          <div className="examples">
            {Object.entries(examples).map(([key, text]) => (
              <button key={key} type="button" className="btn" onClick={() => setPayload(text)}>
                {texts(key as keyof typeof examples)}
              </button>
            ))}
          </div>
        </>
      )}
      {problem && <div className="error">{texts.problem(problem)}</div>}
      {result && (
        <div className="error" role="status">
          {result.quarantined ? (
            <>
              <b>{texts('demo.quarantined')}</b> <span className="tag">{result.quarantined.code}</span>
              <p>{texts.pick(result.quarantined.reason)}</p>
              <Link to="/quarantine">{texts('demo.seeQuarantine')}</Link>
            </>
          ) : (
            texts('demo.notQuarantined')
          )}
        </div>
      )}
      <div className="dialog-acts">
        {!chosen && <span className="why">{texts('demo.needsDevice')}</span>}
        <button
          type="button"
          className="btn primary"
          disabled={!chosen || busy || !payload}
          onClick={() => void send()}
        >
          {texts(busy ? 'demo.sending' : 'demo.send')}
        </button>
      </div>
    </Dialog>
  );
}
