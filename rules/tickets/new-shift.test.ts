import { describe, expect, it } from 'vitest';
import { catalogueSchema } from '../../devices/contract/catalogue.ts';
import type { Actor } from '../../devices/contract/command.ts';
import { dutyRecordsSchema } from '../../devices/contract/duty.ts';
import { dutyBook } from '../../devices/duty/duty-book.ts';
import { benchCatalogue, benchCity, engineBench, kitchen } from '../engine/engine-bench.ts';
import { dutiesOf } from '../routing/duties.ts';
import { route } from '../routing/notices.ts';

const name = (text: string) => ({ zh: text, en: text });
const daily = (person: string) => ({
  kind: 'week',
  days: Object.fromEntries(['1', '2', '3', '4', '5', '6', '7'].map((day) => [day, [person]])),
});
const records = dutyRecordsSchema.parse({
  persons: [
    { id: 'p-night', name: '夜班', department: 'gas', account: 'night', crews: ['crew-1'] },
    { id: 'p-day', name: '白班', department: 'gas', account: 'day', crews: ['crew-1'] },
  ],
  posts: [{ id: 'disp', name: name('调度'), department: 'gas', duties: ['dispatch'], holders: ['p-night'] }],
  shifts: [
    { id: 'nights', name: name('夜班'), from: '20:00', to: '08:00' },
    { id: 'days', name: name('白班'), from: '08:00', to: '20:00' },
  ],
  rosters: [
    { id: 'r-night', crew: 'crew-1', shift: 'nights', pattern: daily('p-night') },
    { id: 'r-day', crew: 'crew-1', shift: 'days', pattern: daily('p-day') },
  ],
  assignments: [{ id: 'a', match: { hazards: ['gas'] }, duty: 'handle', department: 'gas', crew: 'crew-1' }],
});
const book = dutyBook(records, benchCity);
const duties = dutiesOf(book, benchCity);
const catalogue = catalogueSchema.parse(
  JSON.parse(JSON.stringify(benchCatalogue), (key, value) => (key === 'afterS' ? 1e9 : value)),
);
const night: Actor = { id: 'night', name: '夜班', via: 'page', role: 'handler' };

/** A leak at 07:50, ten minutes before the night shift ends. */
function leak() {
  const bench = engineBench({ devices: [kitchen('k1')] }, '07:00', {
    duties: () => duties,
    catalogue,
    standards: [{ seq: 1, from: 0, to: null, catalogue, overlays: [] }],
  });
  bench.reads('07:50', 'k1', { 'alarm.ch4': 46 });
  const ticket = () => bench.tickets()[0]!;
  const changes = () => bench.ticketSteps.filter(({ kind }) => kind === 'shift-changed');
  return { bench, ticket, changes };
}

describe('at the change of shift', () => {
  it('a ticket that nobody accepted goes to those who come on, with a line in its history', () => {
    const { bench, ticket, changes } = leak();
    expect(ticket().assigned.persons[0]).toBe('p-night');
    bench.passes('07:59:59');
    expect(changes()).toEqual([]);
    bench.passes('08:00');
    expect(ticket().assigned).toMatchObject({ crew: 'crew-1', persons: ['p-day', 'p-night'] });
    expect(changes()).toMatchObject([
      { by: null, from: 'dispatched', to: 'dispatched', more: { before: 'p-night', now: 'p-day,p-night' } },
    ]);
    bench.passes('08:30');
    expect(changes()).toHaveLength(1);
  });

  it('those who come on are told, and those who went are told no further', () => {
    const { bench, ticket, changes } = leak();
    bench.passes('08:00');
    const routed = route(
      { city: benchCity, duties: () => duties, person: (id) => book.persons.get(id), heardAt: () => [] },
      { alarms: [], events: [], annunciations: [], derived: [], tickets: { tickets: [ticket()], steps: changes() } },
    );
    expect(routed.acted.map(({ subject }) => subject)).toEqual([{ kind: 'ticket', id: ticket().id }]);
    expect(routed.notices.map(({ title, to }) => [title.en.split(' · ')[0], to[0]?.id])).toEqual([
      ['Yours now: the shift has changed', 'p-day'],
    ]);
  });

  it('whoever accepted it keeps it until he hands it over', () => {
    const { bench, ticket, changes } = leak();
    bench.asks('07:55', { type: 'ticket.step', ticket: ticket().id, step: { kind: 'accept' } }, night);
    bench.passes('09:00');
    expect(ticket()).toMatchObject({ stage: 'accepted', owner: { id: 'night' } });
    expect(changes()).toEqual([]);
  });
});
