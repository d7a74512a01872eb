import { describe, expect, it } from 'vitest';
import { distance } from '../../kit/metres.ts';
import { contactSchema } from '../contract/contact.ts';
import { siteSchema } from '../contract/registry.ts';
import { maskedName, maskedPhone, roundedPlace, withoutPhones } from './mask.ts';
import { maySee } from './seen-by.ts';
import { contactSeenBy, siteSeenBy } from './seen-contact.ts';

describe('a telephone number', () => {
  it.each([
    ['13812345678', '138****5678'],
    ['+86 138 1234 5678', '+86 138****5678'],
    ['138-1234-5678', '138****5678'],
    ['0734-8123456', '****-*****56'],
    ['110', '*10'],
    ['12', '**'],
    ['', ''],
  ])('%s is shown as %s', (phone, shown) => expect(maskedPhone(phone)).toBe(shown));

  it('is masked wherever it stands in a record, and ids and times are left alone', () => {
    const record = {
      contacts: [{ name: '王工', phone: '0734-8123456' }],
      note: '已电话联系13812345678，现场无人',
      alarm: 'k1/G05-14.com-l2/1763798400000',
      at: 13812345678,
    };
    expect(withoutPhones(record)).toEqual({
      ...record,
      contacts: [{ name: '王工', phone: '****-*****56' }],
      note: '已电话联系138****5678，现场无人',
    });
  });
});

describe('a name', () => {
  it.each([
    ['王小明', '王**'],
    ['Joan', 'J***'],
    ['', ''],
  ])('%s is shown as %s', (name, shown) => expect(maskedName(name)).toBe(shown));
});

describe('a position', () => {
  it('is rounded so that no door can be told, and the quarter can', () => {
    const place = { lon: 124.56789, lat: 29.62345 };
    expect(roundedPlace(place)).toEqual({ lon: 124.57, lat: 29.62 });
    expect(distance(place, roundedPlace(place))).toBeLessThan(800);
  });
});

describe('a contact of a site', () => {
  const contact = contactSchema.parse({ id: 'g', site: 's', name: '门卫', role: 'door-opener', phone: '13812345678' });
  const site = siteSchema.parse({ id: 's', kind: 'school', name: '校', lon: 1, lat: 1, contact: '门卫 13812345678' });
  it.each([
    ['duty', '13812345678'],
    ['viewer', '138****5678'],
  ])('shows %s the number %s, also in the words of an older record', (role, phone) => {
    expect(contactSeenBy(role, contact)).toEqual({ ...contact, phone });
    expect(siteSeenBy(role, site)).toEqual({ ...site, contact: `门卫 ${phone}` });
  });
});

describe('who sees persons', () => {
  it.each([
    ['duty', true],
    ['supervisor', true],
    ['admin', true],
    ['dispatcher', true],
    ['inspector', true],
    ['handler', false],
    ['manager', false],
    ['viewer', false],
    ['somebody', false],
  ])('%s: %s', (role, sees) => {
    for (const what of ['phone', 'place', 'face'] as const) expect(maySee(role, what)).toBe(sees);
  });
});
