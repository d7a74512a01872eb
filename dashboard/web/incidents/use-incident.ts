import { useEffect, useState } from 'react';
import type { Incident } from '../../../devices/contract/incident.ts';
import { api } from '../api/client.ts';
import { useLive } from '../live/store.ts';

/** An incident by its id: from the stream while it is open, else as the server has it; null until it is known. */
export function useIncident(id: string | null): Incident | null {
  const live = useLive((state) => (id ? state.picture.incidents.get(id) : undefined));
  const known = useLive((state) => state.picture.seq !== null);
  const [read, setRead] = useState<Incident | null>(null);
  const missing = id !== null && known && live === undefined;
  useEffect(() => {
    if (!missing || id === null) return;
    const aborted = new AbortController();
    api<{ incident: Incident }>(`/incidents/${encodeURIComponent(id)}`, { signal: aborted.signal }).then(
      ({ incident }) => setRead(incident),
      // The panel shows the alarm all the same; its incident is only not told.
      () => aborted.signal.aborted || setRead(null),
    );
    return () => aborted.abort();
  }, [id, missing]);
  return live ?? (read?.id === id ? read : null);
}
