import { useEffect, useState } from 'react';
import type { PhotoBody } from '../../../devices/contract/api.ts';
import { commandId, problemOf, upload } from '../api/client.ts';
import { useTexts } from '../i18n/i18n.ts';
import { keyOfLocal, passes } from '../outbox/item.ts';
import { cannotKeep, keepPhoto, photoHere } from '../outbox/use-outbox.ts';
import { Icon } from '../ui/icons.tsx';
import { say } from '../ui/toast.tsx';

/** Pictures as small ones that open in full. */
export function PhotoStrip({ hashes }: { hashes: readonly string[] }) {
  const texts = useTexts();
  return (
    <span className="photo-strip">
      {hashes.map((hash, i) =>
        keyOfLocal(hash) !== null ? (
          <PhotoHere key={hash} name={hash} />
        ) : (
          <a key={hash} href={`/api/v1/photos/${hash}`} target="_blank" rel="noreferrer">
            <img src={`/api/v1/photos/${hash}/thumb`} alt={texts('photo.no', { n: i + 1 })} loading="lazy" />
          </a>
        ),
      )}
    </span>
  );
}

/** A picture that waits on this device. */
function PhotoHere({ name }: { name: string }) {
  const texts = useTexts();
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    void photoHere(keyOfLocal(name) ?? '').then((file) => {
      made = file ? URL.createObjectURL(file) : null;
      setUrl(made);
    });
    return () => {
      if (made) URL.revokeObjectURL(made);
    };
  }, [name]);
  return url && <img src={url} alt={texts('outbox.photo')} title={texts('outbox.photo')} />;
}

/** Chooses pictures and sends each at once; with `keeps`, one that cannot be sent now waits on this device and goes with its step; what was sent can be taken off again before the step is taken. */
export function PhotoPicker({
  hashes,
  keeps = false,
  onChange,
}: {
  hashes: readonly string[];
  keeps?: boolean;
  onChange: (hashes: readonly string[]) => void;
}) {
  const texts = useTexts();
  const [sending, setSending] = useState(0);
  const send = async (files: readonly File[]): Promise<void> => {
    setSending(files.length);
    let sent = hashes;
    for (const file of files) {
      const name = await sendPhoto(file, keeps);
      if (name !== null) {
        sent = [...new Set([...sent, name])];
        onChange(sent);
      }
      setSending((n) => n - 1);
    }
  };
  return (
    <div className="field">
      <label className="btn photo-pick">
        <Icon name="plus" size={15} />
        {sending > 0 ? texts('photo.sending', { n: sending }) : texts('photo.add')}
        <input
          type="file"
          accept="image/jpeg,image/png,image/webp"
          multiple
          disabled={sending > 0}
          onChange={({ target }) => {
            void send([...(target.files ?? [])]);
            target.value = '';
          }}
        />
      </label>
      {hashes.length > 0 && (
        <div className="photo-sent">
          <PhotoStrip hashes={hashes} />
          <button type="button" className="btn quiet" onClick={() => onChange([])}>
            {texts('photo.remove')}
          </button>
        </div>
      )}
    </div>
  );
}

/** What the picture is called from now on, by the platform or on this device; null where it was refused, which is said. */
async function sendPhoto(file: File, keeps: boolean): Promise<string | null> {
  const key = commandId();
  try {
    return (await upload<PhotoBody>('/photos', 'photo', file, key)).hash;
  } catch (error) {
    const problem = problemOf(error);
    if (!keeps || !passes(problem)) {
      say(problem);
      return null;
    }
  }
  return keepPhoto(key, file).catch((error) => {
    say(cannotKeep(error));
    return null;
  });
}
