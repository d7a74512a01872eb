import { useCallback, useEffect, useState } from 'react';
import type { DutyGapsBody, DutyRecordsBody } from '../../../devices/contract/api.ts';
import type { DutyRecordKind } from '../../../devices/contract/duty-kinds.ts';
import { type ApiProblem, api, commandId, problemOf } from '../api/client.ts';
import { useSession } from '../api/session.ts';

/** Days that are searched for holes. */
const DAYS = 31;

/** Records of responsibility and their holes, as they are kept; read again after each change. */
export function useDuty() {
  const [body, setBody] = useState<DutyRecordsBody | null>(null);
  const [gaps, setGaps] = useState<DutyGapsBody | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const load = useCallback(async (): Promise<void> => {
    try {
      setBody(await api<DutyRecordsBody>('/duty/records'));
      setGaps(await api<DutyGapsBody>(`/duty/holes?days=${DAYS}`));
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
  }, []);
  useEffect(() => {
    void load();
  }, [load]);
  return { body, gaps, problem, load };
}

/** Whether whoever is signed in may change who is responsible. */
export const useMayChangeDuty = (): boolean =>
  useSession(({ me }) => me?.role === 'admin' || me?.role === 'supervisor');

/** Writes records, or says what would change; rejects with a problem whose `errors` name each fault. */
export const putDuty = (put: object, more: { dryRun?: boolean; replace?: boolean } = {}) =>
  api<{ changed: readonly string[] }>('/duty/records', {
    method: 'PUT',
    body: { put, ...more, commandId: commandId() },
  });

/** Takes a record away. */
export const removeDuty = (kind: DutyRecordKind, id: string) =>
  api<unknown>(`/duty/records/${kind}/${encodeURIComponent(id)}`, { method: 'DELETE' });
