import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../devices/contract/entry.ts';
import { admitGatewayEvents } from './gateway-events.ts';
import { gatherRefusals } from './refusals.ts';

const alarm = {
  alarm: 'd-2/G05-14.com-l2/1000',
  device: 'd-2',
  rule: 'G05-14.com-l2',
  since: 1000,
  raisedAt: 1500,
  returnedAt: null,
  value: 45,
  toldAt: 1600,
};
const condition = { condition: 'outbox-dropped', active: true, at: 2000, facts: { rows: 3 } };

/** What is made of a list of events that gw-1 sends; d-2 is behind it. */
function judged(body: unknown, isGateway = true) {
  const entries: JournalEntry[] = [];
  const refusals = gatherRefusals();
  const speaksFor = (device: string) => device === 'd-2';
  admitGatewayEvents({ gateway: 'gw-1', isGateway, body, entries, refusals: () => refusals, speaksFor });
  return {
    entries,
    codes: refusals.list().map(({ code }) => code),
    reasons: refusals.list().map(({ reason }) => reason.en),
  };
}

describe('what a gateway reports of itself', () => {
  it('is an alarm it raised alone, and a condition, in the gateway’s name', () => {
    expect(judged([alarm, condition])).toEqual({
      entries: [
        { kind: 'edge-alarm', gateway: 'gw-1', ...alarm },
        { kind: 'condition', subject: 'gw-1', ...condition },
      ],
      codes: [],
      reasons: [],
    });
  });

  it('may speak of one of its devices, and of no other', () => {
    const { entries } = judged([{ ...condition, condition: 'clock-skew', device: 'd-2' }]);
    expect(entries).toMatchObject([{ subject: 'd-2', condition: 'clock-skew' }]);
    expect(judged([{ ...condition, device: 'd-9' }]).entries).toEqual([]);
  });

  it('is kept where it is good, beside what is refused with its reason', () => {
    const { entries, codes, reasons } = judged([
      condition,
      { ...alarm, alarm: 'another/identity/1' },
      { alarm: 1 },
      7,
      {},
    ]);
    expect(entries).toHaveLength(1);
    expect(codes).toEqual(['wrong-shape']);
    expect(reasons[0]).toMatch(/is not <device>\/<rule>\/<since>/);
  });

  it.each([[{}], ['text'], [[]]])('is a list of at least one: %j is refused', (body) => {
    expect(judged(body)).toMatchObject({ entries: [], codes: ['wrong-shape'] });
  });

  it('is not taken from whoever is no gateway', () => {
    expect(judged([condition], false)).toMatchObject({ entries: [], codes: ['not-behind-this-gateway'] });
  });
});
