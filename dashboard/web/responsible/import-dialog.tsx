import { useState } from 'react';
import type { DutyReadBody } from '../../../devices/contract/api.ts';
import type { Fault } from '../../../devices/registry/fault.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';
import { useTexts } from '../i18n/i18n.ts';
import { Dialog } from '../ui/dialog.tsx';
import { putDuty } from './use-duty.ts';

type Read = Extract<DutyReadBody, { put: unknown }>;
interface Preview {
  readonly put: Read['put'];
  readonly changed: readonly string[];
}

/** A file is read, tried and shown first; only then is it written, as a whole. */
export function ImportDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const texts = useTexts();
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const read = (file: File) =>
    guarded(async () => {
      setPreview(null);
      setFaults([]);
      const answer = await api<DutyReadBody>('/duty/read', { body: { name: file.name, content: await base64(file) } });
      if ('faults' in answer) return setFaults(answer.faults);
      try {
        setPreview({ put: answer.put, changed: (await putDuty(answer.put, { dryRun: true })).changed });
      } catch (error) {
        const found = problemOf(error);
        if (!found.errors) throw error;
        // The faults of records, where they stand in the file.
        setFaults(found.errors.map((one) => ({ ...one, where: placeOf(answer, one.in), value: '' })));
      }
    });
  const write = () =>
    guarded(async () => {
      if (preview) await putDuty(preview.put);
      onDone();
    });
  return (
    <Dialog title={texts('resp.import')} onClose={onClose} wide>
      <p className="small">{texts('resp.importWhy')}</p>
      <input
        type="file"
        data-first
        accept=".xlsx,.csv"
        aria-label={texts('resp.file')}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) void read(file);
        }}
      />
      <div aria-live="polite">
        {problem && <div className="error">{texts.problem(problem)}</div>}
        {faults.length > 0 && (
          <>
            <p className="resp-hole">{texts('resp.faults', { n: faults.length })}</p>
            <ul className="resp-faults">
              {faults.map((fault) => (
                <li key={`${fault.where} ${fault.field} ${fault.value} ${fault.en}`}>
                  <b>
                    {fault.where} {fault.field}
                  </b>{' '}
                  {fault.value && <code>{fault.value}</code>} {texts.pick(fault)}
                </li>
              ))}
            </ul>
          </>
        )}
        {preview && <p>{texts('resp.wouldChange', { n: preview.changed.length })}</p>}
        {preview && <p className="small muted resp-changed">{preview.changed.join(texts('list.and'))}</p>}
      </div>
      <div className="dialog-foot resp-foot">
        <span className="grow" />
        <button type="button" className="btn" onClick={onClose}>
          {texts('cancel')}
        </button>
        <button
          type="button"
          className="btn primary"
          disabled={busy || !preview?.changed.length}
          onClick={() => void write()}
        >
          {texts('resp.write')}
        </button>
      </div>
    </Dialog>
  );
}

const placeOf = ({ places }: Read, record: string): string =>
  places[record] ? `${places[record]} · ${record}` : record;

/** The bytes of a file as base64, in pieces that fit the arguments of a call. */
async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}
