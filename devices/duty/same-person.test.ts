import { describe, expect, it } from 'vitest';
import { checkDuty } from './check-duty.ts';
import { dutyBench } from './duty-bench.ts';
import { personsByAccount } from './duty-book.ts';
import { personsBehind, samePerson } from './same-person.ts';

const wei = {
  id: 'wei',
  name: '小魏（示例）',
  department: 'gas',
  account: 'wei',
  otherAccounts: ['wei-admin', 'cli:wei'],
};
const { book, records } = dutyBench({ persons: [wei] });
const personOf = personsByAccount(book);

describe('two accounts', () => {
  it.each([
    ['wei', 'wei', true],
    ['wei', 'wei-admin', true],
    ['cli:wei', 'wei-admin', true],
    ['wei', 'tan', false],
    ['stranger', 'stranger', true],
    ['stranger', 'other', false],
  ])('%s and %s are one person: %s', (a, b, same) => expect(samePerson(personOf, a, b)).toBe(same));

  it('count as persons, not as accounts', () => {
    expect(personsBehind(personOf, ['wei', 'wei-admin', 'cli:wei'])).toBe(1);
    expect(personsBehind(personOf, ['wei', 'stranger', 'stranger'])).toBe(2);
  });

  it('are never of two persons', () => {
    const twice = {
      ...records,
      persons: [...records.persons, { ...records.persons[0]!, id: 'x', account: 'cli:wei' }],
    };
    expect(checkDuty(twice, { departments: ['gas'], areas: [], items: [] })).toMatchObject([
      { where: 'person x', field: 'account', value: 'cli:wei' },
    ]);
  });
});
