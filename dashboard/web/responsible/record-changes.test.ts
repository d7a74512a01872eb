import { describe, expect, it } from 'vitest';
import { dutySheets } from '../../../devices/duty/files/duty-sheets.ts';
import { recordChanges } from './record-changes.ts';

const sheet = dutySheets.find(({ kind }) => kind === 'post')!;
const post = { id: 'leaks', name: { zh: '抢修岗', en: 'Leaks' }, department: 'gas', duties: ['handle'], areas: [] };
const by = { id: 'u1', name: '主管' };
const changes = recordChanges(sheet, [
  { version: 9, at: 4, by, record: { ...post, holders: ['ann'] } },
  { version: 8, at: 3, by, record: null },
  { version: 5, at: 2, by, record: { ...post, holders: ['ann', 'bo'], from: '2026-12-01' } },
  { version: 2, at: 1, by, record: { ...post, holders: ['ann'] } },
]);
const titled = changes.map(({ what, fields }) => [
  what,
  ...fields.map(({ column, before, after }) => `${sheet.columns[column]!.title}: ${before} → ${after}`),
]);

describe('the history of a record', () => {
  it('says of each version who made it and what it changed, the newest first', () => {
    expect(changes.map(({ version, by: who }) => `${version} ${who}`)).toEqual([
      '9 主管',
      '8 主管',
      '5 主管',
      '2 主管',
    ]);
    expect(titled[2]).toEqual(['changed', '任职者: ann → ann；bo', '生效:  → 2026-12-01']);
    expect(titled[1]).toEqual(['removed']);
  });

  it('begins anew where it was taken away and written again', () => {
    expect(titled[0]?.[0]).toBe('written');
    expect(titled[3]).toEqual(expect.arrayContaining(['written', '职责:  → 处置']));
  });
});
