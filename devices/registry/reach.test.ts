import { describe, expect, it } from 'vitest';
import { type Contact, contactSchema, reachSchema } from '../contract/contact.ts';
import { covers, parseReach, reachText, whomToCall } from './reach.ts';

const contact = (id: string, more: Partial<Contact> = {}): Contact =>
  contactSchema.parse({ id, site: 's', name: id, role: 'owner', phone: '000-1', ...more });
/** 1 = Monday. */
const at = (weekday: number, time: string) => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return { weekday, minuteOfDay: hour * 60 + minute };
};
const hours = (cell: string) => parseReach(cell).map((one) => reachSchema.parse(one));

describe('hours at which somebody can be reached', () => {
  it.each([
    ['08:00-18:00', 1, '08:00', true],
    ['08:00-18:00', 1, '18:00', false],
    ['1-5 08:00-18:00', 6, '09:00', false],
    ['22:00-06:00', 3, '02:00', true],
    ['22:00-06:00', 3, '12:00', false],
    // The night that begins on Friday ends on Saturday.
    ['5 22:00-06:00', 6, '02:00', true],
    ['5 22:00-06:00', 5, '02:00', false],
    ['7 22:00-06:00', 1, '02:00', true],
    ['00:00-00:00', 4, '13:00', true],
  ])('%s, on day %i at %s: %s', (cell, weekday, time, expected) => {
    expect(hours(cell).some((one) => covers(one, at(weekday, time)))).toBe(expected);
  });

  it.each([
    ['1-5 08:00-18:00; 22:00-06:00', '1-5 08:00-18:00; 22:00-06:00'],
    ['1-5,7 8:00-9:00', '1-5,7 08:00-09:00'],
    ['6、7 08:00–12:00；20:00~23:00', '6-7 08:00-12:00; 20:00-23:00'],
  ])('%s are read, and written as %s', (cell, text) => {
    expect(hours(cell).map(reachText).join('; ')).toBe(text);
  });

  it.each(['at night', '8-9 08:00-09:00', '25:00-26:00'])('%s are none', (cell) => {
    expect(() => hours(cell)).toThrow();
  });
});

describe('whom to call about a site', () => {
  const people = [
    contact('owner', { hours: hours('09:00-21:00'), order: 1 }),
    contact('guard', { role: 'door-opener', hours: hours('21:00-09:00'), order: 2 }),
    contact('keys', { role: 'key-holder', order: 2 }),
    contact('office', { role: 'property', hours: hours('1-5 09:00-17:00'), order: 3 }),
  ];
  const called = (weekday: number, time: string) =>
    whomToCall(people, at(weekday, time)).map((one) => `${one.contact.id}${one.now ? '' : ' later'}`);

  it('by day: the owner first', () => expect(called(1, '10:00')).toEqual(['owner', 'keys', 'office', 'guard later']));
  it('at three in the night: whoever opens the door, and never nobody', () => {
    expect(called(6, '03:00')).toEqual(['guard', 'keys', 'owner later', 'office later']);
  });
});
