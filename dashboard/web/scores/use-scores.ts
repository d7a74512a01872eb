import { useCallback, useEffect, useState } from 'react';
import type { ShownRun, SupervisionBody } from '../../../devices/contract/score.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';

export interface Asked<T> {
  readonly body: T | null;
  readonly problem: ApiProblem | null;
  /** Asks again; what was there stays until the answer comes. */
  readonly reload: () => Promise<void>;
}

/** What the server answers at a path; nothing is asked while there is no path. */
export function useAsked<T>(path: string | null): Asked<T> {
  const [body, setBody] = useState<T | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const load = useCallback(
    async (signal?: AbortSignal): Promise<void> => {
      if (path === null) return setBody(null);
      try {
        setBody(await api<T>(path, { signal }));
        setProblem(null);
      } catch (error) {
        if (!signal?.aborted) setProblem(problemOf(error));
      }
    },
    [path],
  );
  useEffect(() => {
    const gone = new AbortController();
    setBody(null);
    void load(gone.signal);
    return () => gone.abort();
  }, [load]);
  return { body, problem, reload: load };
}

export const useSupervision = (): Asked<SupervisionBody> => useAsked<SupervisionBody>('/supervision');
export const useRun = (run: string | null): Asked<ShownRun> =>
  useAsked<ShownRun>(run === null ? null : `/supervision/runs/${encodeURIComponent(run)}`);
