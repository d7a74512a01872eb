import { useEffect } from 'react';
import { create } from 'zustand';
import type { OverridesBody } from '../../../devices/contract/api.ts';
import { api } from '../api/client.ts';
import { useLive } from '../live/store.ts';

/** What people have put aside and what waits for a second person, as last read; null before that. */
export const useStanding = create<{ readonly body: OverridesBody | null }>(() => ({ body: null }));

const AGAIN_MS = 3000;

/** Reads the list, and again whenever the stream's figures say that it changed. */
export function useReadStanding(): void {
  const version = useLive(({ picture }) => JSON.stringify(picture.strip?.rules?.overrides ?? null));
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that the list is another one.
  useEffect(() => {
    const aborted = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    const read = (): void => {
      api<OverridesBody>('/overrides', { signal: aborted.signal }).then(
        (body) => useStanding.setState({ body }),
        () => {
          if (!aborted.signal.aborted) again = setTimeout(read, AGAIN_MS);
        },
      );
    };
    read();
    return () => {
      aborted.abort();
      clearTimeout(again);
    };
  }, [version]);
}
