import { seatsOf } from '../../devices/city/seats.ts';
import type { ConditionEntry } from '../../devices/contract/entry.ts';
import type { Notice } from '../../devices/contract/notice.ts';
import { pathWords } from '../engine/path-words.ts';
import { persons, type RoutingParts, whoever } from './people.ts';
import { recipientOf, seatRecipient } from './recipients.ts';
import { mattersOf } from './seat-alarm.ts';

/**
 * That the alarm path is silent, told to every seat and whoever is on duty at any, where no alarm can be made of it. The next
 * heartbeat that comes through settles it.
 * @param at platform time, ms
 */
export function silenceNotice(parts: RoutingParts, at: number, facts: ConditionEntry['facts']): Notice {
  const { title, explain } = pathWords['alarm-path-silent'];
  const seats = seatsOf(parts.city);
  const matters = seats.flatMap((seat) => mattersOf(seat, parts.heardAt(seat)));
  const onDuty = persons(parts, whoever(parts, matters, 'seat', at));
  return {
    id: `silence/${at}`,
    at,
    priority: 'P1',
    hazard: null,
    area: null,
    categories: ['*'],
    subject: { kind: 'heartbeat' },
    title,
    body: explain(facts, ''),
    link: '/',
    mark: null,
    to: [...seats.map(({ id }) => seatRecipient(parts.city, id, 0)), ...onDuty.map((one, i) => recipientOf(one, i))],
    handledAt: null,
    handledBy: null,
  };
}
