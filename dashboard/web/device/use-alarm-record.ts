import { useEffect, useState } from 'react';
import type { Alarm, AlarmEvent } from '../../../devices/contract/alarm.ts';
import type { AlarmBody } from '../../../devices/contract/api.ts';
import type { TicketRef } from '../../../devices/contract/ticket-line.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';
import { useLive } from '../live/store.ts';

interface AlarmRecord {
  readonly alarm: Alarm | null;
  readonly events: readonly AlarmEvent[] | null;
  /** The ticket it is on, as it was when this was read. */
  readonly ticket: TicketRef | null;
  readonly problem: ApiProblem | null;
}

/** An alarm and its history, read again whenever the stream says it changed; a closed one stays readable by address. */
export function useAlarmRecord(id: string | null): AlarmRecord {
  const live = useLive((state) => (id ? state.picture.alarms.get(id) : undefined));
  const [read, setRead] = useState<{ id: string; body: AlarmBody | null; problem: ApiProblem | null } | null>(null);
  const seq = live?.seq;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `seq` says that the history has a new line.
  useEffect(() => {
    if (!id) return;
    const aborted = new AbortController();
    api<AlarmBody>(`/alarms/${encodeURIComponent(id)}`, { signal: aborted.signal }).then(
      (body) => setRead({ id, body, problem: null }),
      (error) => aborted.signal.aborted || setRead({ id, body: null, problem: problemOf(error) }),
    );
    return () => aborted.abort();
  }, [id, seq]);
  const mine = read?.id === id ? read : null;
  const newest =
    live && mine?.body && mine.body.alarm.seq > live.seq ? mine.body.alarm : (live ?? mine?.body?.alarm ?? null);
  return {
    alarm: newest,
    events: mine?.body?.events ?? null,
    ticket: mine?.body?.ticket ?? null,
    problem: newest ? null : (mine?.problem ?? null),
  };
}
