import { useState } from 'react';
import { problemOf, sendPhoto } from '../api/client.ts';
import { useTexts } from '../i18n/i18n.ts';
import { say } from './toast.tsx';

/** Takes pictures with the phone or from its files and sends each at once; gives the hashes by which steps name them. */
export function PhotoPicker({
  photos,
  onChange,
}: {
  photos: readonly string[];
  onChange: (photos: readonly string[]) => void;
}) {
  const texts = useTexts();
  const [busy, setBusy] = useState(false);
  const add = async (files: readonly File[]): Promise<void> => {
    setBusy(true);
    let sent = photos;
    for (const file of files) {
      try {
        sent = [...new Set([...sent, await sendPhoto(file)])];
        onChange(sent);
      } catch (error) {
        say(problemOf(error));
      }
    }
    setBusy(false);
  };
  return (
    <div className="photos">
      <label className="small">
        <span>{busy ? texts('hazards.sending') : texts('hazards.photos')}</span>
        <input
          className="input"
          type="file"
          accept="image/*"
          multiple
          disabled={busy}
          onChange={({ target }) => void add([...(target.files ?? [])])}
        />
      </label>
      <Pictures hashes={photos} />
    </div>
  );
}

/** Pictures, small; each opens whole. */
export function Pictures({ hashes }: { hashes: readonly string[] }) {
  return (
    <span className="pictures">
      {hashes.map((hash) => (
        <a key={hash} href={`/api/v1/photos/${hash}`} target="_blank" rel="noreferrer">
          <img src={`/api/v1/photos/${hash}/thumb`} alt={hash.slice(0, 8)} loading="lazy" />
        </a>
      ))}
    </span>
  );
}
