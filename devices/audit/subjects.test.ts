import { describe, expect, it } from 'vitest';
import { subjectsOf } from './subjects.ts';

describe('what a row of the audit names', () => {
  const photo = 'ab'.repeat(32);
  const done = { done: true, changed: [] };
  it.each([
    [
      'alarms, and their devices',
      { alarms: ['k1/G05-14.l2/1763798400000'] },
      done,
      ['alarm', 'k1/G05-14.l2/1763798400000', 'device', 'k1'],
    ],
    ['a device', { type: 'unshelve', device: 'k1', rule: null }, done, ['device', 'k1']],
    ['an incident inside', { of: { incident: 'i-1' } }, done, ['incident', 'i-1']],
    [
      'records of a put',
      { put: { devices: [{ id: 'k1' }, { id: 'k1' }], sites: [{ id: 's' }] } },
      done,
      ['device', 'k1'],
    ],
    ['what a kind says', { kind: 'device', ids: ['k1'] }, done, ['device', 'k1']],
    ['whose credential it is', { type: 'credential.revoke', subject: 'k1' }, done, ['device', 'k1']],
    [
      'what a confirmation changed',
      { ask: 'a' },
      { done: true, changed: ['k1/G05.l1/1'] },
      ['alarm', 'k1/G05.l1/1', 'device', 'k1'],
    ],
    ['what waits for a second person', {}, { ...done, asked: [{ id: 'a', device: 'k1' }] }, ['device', 'k1']],
    ['a picture in any text', { evidence: { note: `见 /api/v1/photos/${photo}` } }, done, ['photo', photo]],
    ['no picture where it was refused', { photos: [photo] }, { refused: { code: 'role' } }, []],
    ['the ticket that a report became', { type: 'ticket.report' }, { done: true, changed: ['T-7'] }, ['ticket', 'T-7']],
    [
      'a drill, and its detector of the same name',
      { type: 'drill.end', drill: 'D1' },
      { done: true, changed: ['D1'] },
      ['drill', 'D1', 'device', 'D1'],
    ],
    ['nothing', { type: 'standards.reject', proposal: 3 }, done, []],
  ])('%s', (_, body, outcome, named) => {
    expect(subjectsOf(body, outcome).flatMap(({ kind, id }) => [kind, id])).toEqual(named);
  });
});
