import { useCallback, useEffect, useState } from 'react';
import { type ApiProblem, api, problemOf } from '../api/client.ts';

/** What the API answers at a path, asked anew every so often and when `reload` is called; the last answer stays meanwhile. */
export function useFetched<T>(path: string | null, everyMs: number) {
  const [held, setHeld] = useState<{ readonly path: string; readonly body: T } | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn asks the same path anew.
  useEffect(() => {
    if (path === null) return;
    const gone = new AbortController();
    const load = (): void => {
      api<T>(path, { signal: gone.signal }).then(
        (body) => {
          setHeld({ path, body });
          setProblem(null);
        },
        (error) => !gone.signal.aborted && setProblem(problemOf(error)),
      );
    };
    load();
    const timer = setInterval(load, everyMs);
    return () => {
      gone.abort();
      clearInterval(timer);
    };
  }, [path, everyMs, turn]);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  return { body: path !== null && held?.path === path ? held.body : null, problem, reload };
}
