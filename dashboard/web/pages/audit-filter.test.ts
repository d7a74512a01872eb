import { describe, expect, it } from 'vitest';
import { parseRoute } from '../frame/route.ts';
import { auditQuery, isFiltered } from './audit-filter.ts';

const asked = (address: string, zone = 'Asia/Shanghai') => Object.fromEntries(auditQuery(parseRoute(address), zone));

describe('what the audit page looks for', () => {
  it.each([
    ['/audit', {}],
    ['/audit?q=mira&device=k1', { person: 'mira', device: 'k1' }],
    ['/audit?incident=i-1&type=judge', { incident: 'i-1', type: 'judge' }],
    ['/audit?ticket=T-1&log=accounts', { ticket: 'T-1', log: 'accounts' }],
    ['/audit?log=other&from=soon', {}],
  ])('%s', (address, query) => expect(asked(address)).toEqual(query));

  it('takes days as the city has them, the last one whole', () => {
    expect(asked('/audit?from=2026-11-22&to=2026-11-22')).toEqual({
      from: String(Date.parse('2026-11-22T00:00+08:00')),
      to: String(Date.parse('2026-11-23T00:00+08:00')),
    });
    // A day of 23 hours: clocks go forward at two.
    expect(asked('/audit?from=2027-03-28&to=2027-03-28', 'Europe/Berlin')).toEqual({
      from: String(Date.parse('2027-03-28T00:00+01:00')),
      to: String(Date.parse('2027-03-29T00:00+02:00')),
    });
  });

  it('knows whether anything is looked for', () => {
    expect(isFiltered(parseRoute('/audit?log=accounts'))).toBe(false);
    expect(isFiltered(parseRoute('/audit?q=mira'))).toBe(true);
  });
});
