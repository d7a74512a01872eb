import { useState } from 'react';
import type { PhotoBody } from '../../../devices/contract/api.ts';
import { commandId, problemOf, upload } from '../api/client.ts';
import { useTexts } from '../i18n/i18n.ts';
import { Icon } from '../ui/icons.tsx';
import { say } from '../ui/toast.tsx';

/** Pictures as small ones that open in full. */
export function PhotoStrip({ hashes }: { hashes: readonly string[] }) {
  const texts = useTexts();
  return (
    <span className="photo-strip">
      {hashes.map((hash, i) => (
        <a key={hash} href={`/api/v1/photos/${hash}`} target="_blank" rel="noreferrer">
          <img src={`/api/v1/photos/${hash}/thumb`} alt={texts('photo.no', { n: i + 1 })} loading="lazy" />
        </a>
      ))}
    </span>
  );
}

/** Chooses pictures and sends each at once; what was sent can be taken off again before the step is taken. */
export function PhotoPicker({
  hashes,
  onChange,
}: {
  hashes: readonly string[];
  onChange: (hashes: readonly string[]) => void;
}) {
  const texts = useTexts();
  const [sending, setSending] = useState(0);
  const send = async (files: readonly File[]): Promise<void> => {
    setSending(files.length);
    let sent = hashes;
    for (const file of files) {
      try {
        const { hash } = await upload<PhotoBody>('/photos', 'photo', file, commandId());
        sent = [...new Set([...sent, hash])];
        onChange(sent);
      } catch (error) {
        say(problemOf(error));
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
