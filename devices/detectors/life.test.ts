import { describe, expect, it } from 'vitest';
import { deviceSchema } from '../contract/registry.ts';
import { deviceTypes } from '../types/registry.ts';
import { ledger } from './ledger.ts';
import { ageYears, calibrationDue, lastDay, marksOf, saidNothing, withAttributes } from './life.ts';

const three = { lifeYears: 3 };
const today = '2026-11-23';

describe('the last day of a detector', () => {
  it.each([
    ['what the registry says', { expires: '2027-01-01', installed: '2020-01-01' }, '2027-01-01'],
    ['the day before its life has passed', { installed: '2023-11-24' }, '2026-11-23'],
    ['the day before, also from a leap day', { installed: '2024-02-29' }, '2027-02-28'],
    ['not known', {}, null],
  ])('is %s', (_, device, day) => {
    expect(lastDay(device, three)).toBe(day);
  });

  it('is not known of a type without a life, unless the registry says it', () => {
    expect(lastDay({ installed: '2020-01-01' }, undefined)).toBeNull();
  });
});

describe('a calibration', () => {
  it.each([
    ['is good for its days', { calibrated: '2026-01-01', calibrationDueDays: 90 }, '2026-04-01'],
    ['is good to the day of its certificate', { calibrationDue: '2026-06-01' }, '2026-06-01'],
    ['counts from the newest', { calibrated: '2025-01-01', calibrationDueDays: 10 }, '2026-03-12'],
    ['that is newer than a due date has met it', { calibrationDue: '2026-02-01' }, null],
    ['is not known', { calibrationDueDays: 90, calibrated: undefined }, '2026-05-31'],
  ])('%s', (text, device, day) => {
    const said = /newest|newer|known/.test(text) ? { ...saidNothing, calibrated: '2026-03-02' } : saidNothing;
    expect(calibrationDue(device, said)).toBe(day);
  });
});

describe('what a detector says of itself', () => {
  it.each([
    [{ selfTest: 'fail' }, { selfTest: 'fail', calibrated: null }],
    [{ selfTest: 'FAILED' }, { selfTest: 'fail', calibrated: null }],
    [{ selfTest: false }, { selfTest: 'fail', calibrated: null }],
    [{ selfTest: 'ok' }, { selfTest: 'pass', calibrated: null }],
    [{ calibrated: '2026-05-01' }, { selfTest: null, calibrated: '2026-05-01' }],
    [{ calibrated: '2026-05-01T08:00:00Z' }, { selfTest: null, calibrated: '2026-05-01' }],
    [{ calibrated: '2026-99-01' }, saidNothing],
    [{ calibrated: 12, selfTest: 'perhaps', firmware: '1.2' }, saidNothing],
  ])('%j is taken as %j', (values, said) => {
    expect(withAttributes(saidNothing, values)).toEqual(said);
  });
});

describe('marks', () => {
  it('are all that is held against it', () => {
    const device = { expires: '2026-11-22', calibrationDue: '2026-11-22' };
    expect(marksOf(device, three, { selfTest: 'fail', calibrated: null }, today)).toEqual([
      'expired',
      'uncalibrated',
      'self-test-failed',
    ]);
  });

  it('are none where nothing is known', () => {
    expect(marksOf({}, three, saidNothing, today)).toEqual([]);
  });
});

describe('the age of a detector', () => {
  it.each([
    ['2026-11-23', { installed: '2023-11-23' }, 3],
    ['2026-11-22', { installed: '2023-11-23' }, 2.997],
    ['2026-11-24', { expires: '2026-11-23' }, 3],
    ['2026-11-23', { installed: '2026-12-01' }, 0],
  ])('on %s of %j is %d', (day, device, years) => {
    expect(ageYears(device, three, day)).toBeCloseTo(years, 2);
  });

  it('counts from its installation where its type has no life, and is unknown without one', () => {
    expect(ageYears({ installed: '2024-11-23' }, undefined, today)).toBeCloseTo(2, 2);
    expect(ageYears({ expires: '2030-01-01' }, undefined, today)).toBeNull();
  });

  it('reaches the limit of the catalogue on the day it is marked', () => {
    for (const [day, marked] of [
      ['2026-11-22', false],
      ['2026-11-23', true],
    ] as const) {
      const device = { installed: '2023-11-23' };
      expect(ageYears(device, three, day)! >= 3).toBe(marked);
      expect(marksOf(device, three, saidNothing, day).includes('expired')).toBe(marked);
    }
  });
});

describe('the ledger', () => {
  const device = (id: string, more: object) =>
    deviceSchema.parse({ id, type: 'gas-alarm-commercial', name: id, lon: 0, lat: 0, ...more });
  const all = [
    device('old', { installed: '2023-01-01' }),
    device('soon', { expires: '2026-12-10', calibrated: '2026-01-01', calibrationDueDays: 365 }),
    device('young', { installed: '2026-01-01' }),
    device('unknown', { calibrationDueDays: 365 }),
    device('pole', { type: 'smart-pole', installed: '2001-01-01' }),
  ];
  const lines = (query = {}) =>
    ledger(all, deviceTypes, () => saidNothing, today, query).map(
      ({ device, kind, days }) => `${device} ${kind} ${days}`,
    );

  it('lists what ends when, the overdue first and the unknown last', () => {
    expect(lines()).toEqual([
      'old expiry -327',
      'soon expiry 17',
      'soon calibration 39',
      'young expiry 769',
      'unknown expiry null',
      'unknown calibration null',
    ]);
  });

  it('lists what ends within some days, with what is overdue', () => {
    expect(lines({ within: 30 })).toEqual(['old expiry -327', 'soon expiry 17']);
    expect(lines({ kind: 'calibration', within: 60 })).toEqual(['soon calibration 39']);
  });

  it('takes up what a device said of its calibration', () => {
    const said = () => ({ selfTest: null, calibrated: '2026-11-01' });
    const [line] = ledger(all.slice(1, 2), deviceTypes, said, today, { kind: 'calibration' });
    expect(line).toMatchObject({ due: '2027-11-01', state: 'due' });
  });
});
