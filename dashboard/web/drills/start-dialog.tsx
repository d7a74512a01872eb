import { type FormEvent, useState } from 'react';
import type { DeviceBody } from '../../../devices/contract/api.ts';
import { useCity } from '../api/city.ts';
import { type ApiProblem, api, commandId, problemOf } from '../api/client.ts';
import { useSession } from '../api/session.ts';
import { DeviceSearch } from '../device/find-device.tsx';
import { useTexts } from '../i18n/i18n.ts';
import { Dialog } from '../ui/dialog.tsx';
import { useSeats } from '../watch/use-watches.ts';

/** Who drills, why, where: and where a real P1 stands, why a supervisor lets it begin all the same. */
export function StartDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const texts = useTexts();
  const seats = useSeats((state) => state.seats) ?? [];
  const devices = useCity((state) => state.devices);
  const role = useSession((session) => session.me?.role);
  const [device, setDevice] = useState<string | null>(null);
  const [refused, setRefused] = useState<ApiProblem | null>(null);
  const chosen = device === null ? undefined : devices.get(device);
  const mayConfirm = role === 'supervisor' || role === 'admin';
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim() || undefined;
    const [name, reason, seat, crew, despite] = (['name', 'reason', 'seat', 'crew', 'despite'] as const).map(text);
    try {
      await api('/drills', { body: { name, reason, seat, crew, despite, device, commandId: commandId() } });
      onDone();
      onClose();
    } catch (error) {
      setRefused(problemOf(error));
    }
  };
  return (
    <Dialog title={texts('drill.start')} onClose={onClose}>
      <form className="drill-form" onSubmit={(event) => void submit(event)}>
        <label>
          {texts('drill.name')}
          <input className="input" name="name" minLength={2} maxLength={80} required data-first />
        </label>
        <label>
          {texts('drill.reason')}
          <input className="input" name="reason" minLength={2} maxLength={500} required />
        </label>
        <label>
          {texts('drill.seat')}
          <select className="input" name="seat" required>
            {seats.map(({ seat, name }) => (
              <option key={seat} value={seat}>
                {texts.pick(name)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {texts('drill.crew')}
          <input className="input" name="crew" maxLength={100} placeholder={texts('drill.crewHint')} />
        </label>
        {chosen ? (
          <p>
            <b>{(texts.language === 'en' && chosen.nameEn) || chosen.name}</b>{' '}
            <button type="button" className="btn" onClick={() => setDevice(null)}>
              {texts('drill.otherDevice')}
            </button>
          </p>
        ) : (
          <DeviceSearch onPick={setDevice} accept={isReal} />
        )}
        <p className="small muted">{texts('drill.deviceWhy')}</p>
        {refused && (
          <p className="error" role="alert">
            {texts.problem(refused)}
          </p>
        )}
        {refused?.code === 'real-alarm-stands' && mayConfirm && (
          <label>
            {texts('drill.despite')}
            <input className="input" name="despite" minLength={2} maxLength={500} required />
          </label>
        )}
        <button type="submit" className="btn primary" disabled={device === null}>
          {texts('drill.start')}
        </button>
      </form>
    </Dialog>
  );
}

const isReal = ({ drill }: DeviceBody): boolean => drill === undefined;
