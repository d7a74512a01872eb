import { describe, expect, it } from 'vitest';
import type { TriedAlarm } from '../../devices/contract/backtest.ts';
import { checkVerdicts } from './check-verdicts.ts';
import { compareAlarms } from './compare-alarms.ts';
import { chatterOf, loadOf } from './load.ts';

const minute = 60_000;
/** `k1 10–20`: raised at minute 10 after a delay of none, back at 20; `k1 10–` still stands. */
function alarm(text: string): TriedAlarm {
  const [device = '', span = ''] = text.split(' ');
  const [from, to] = span.split('–');
  const at = Number(from) * minute;
  return { device, since: at, raisedAt: at, returnedAt: to ? Number(to) * minute : null, value: 1, hidden: null };
}
const text = ({ device, raisedAt, returnedAt }: TriedAlarm): string =>
  `${device} ${raisedAt / minute}–${returnedAt === null ? '' : returnedAt / minute}`;
const all = (...lines: string[]): TriedAlarm[] => lines.map(alarm);

describe('the load of a seat', () => {
  const at = (...minutes: number[]) => minutes.map((one) => one * minute);
  it('is nothing without alarms', () => {
    expect(loadOf([], 100 * minute)).toEqual({ worst: null, floods: 0, floodMs: 0 });
  });

  it('names the ten minutes with most alarms, from the first of them', () => {
    expect(loadOf(at(1, 29, 35, 39.9, 40.1, 60), 100 * minute).worst).toEqual({ from: 35 * minute, alarms: 3 });
  });

  it('calls it a flood from the tenth alarm in ten minutes, until fewer than five came in ten', () => {
    const ten = at(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    // The tenth came at 9; at 15 the one of 5 has left and four are in the window.
    expect(loadOf(ten, 100 * minute)).toEqual({ worst: { from: 0, alarms: 10 }, floods: 1, floodMs: 6 * minute });
    expect(loadOf(ten.slice(1), 100 * minute).floods).toBe(0);
  });

  it('lets a flood go on while five are in the window, and counts a new one after it', () => {
    const first = at(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    // 14 comes while five are in the window: the last of them to leave too many is that of 6, at 16.
    expect(loadOf([...first, 14 * minute], 100 * minute).floodMs).toBe(7 * minute);
    const later = first.map((one) => one + 60 * minute);
    expect(loadOf([...first, ...later], 200 * minute)).toMatchObject({ floods: 2, floodMs: 12 * minute });
  });

  it('ends the flood with the period', () => {
    expect(loadOf(at(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), 10 * minute).floodMs).toBe(minute);
  });

  it('finds who chatters: three rings within a minute', () => {
    const rings = ['k1 1', 'k2 1', 'k1 1.4', 'k2 2.1', 'k1 1.9', 'k2 3.2'].map((one) => alarm(`${one}–9`));
    expect(chatterOf(rings)).toEqual([{ device: 'k1', times: 1 }]);
  });
});

describe('two forms of a rule, compared', () => {
  it.each([
    ['nothing changes', ['k1 1–5'], ['k1 1–5'], { gained: [], lost: [], moved: [] }],
    ['one is gained', [], ['k1 1–5'], { gained: ['k1 1–5'], lost: [], moved: [] }],
    ['one is lost', ['k1 1–5'], [], { gained: [], lost: ['k1 1–5'], moved: [] }],
    ['it rings later', ['k1 1–9'], ['k1 4–9'], { gained: [], lost: [], moved: ['k1 4–9'] }],
    ['another device is another matter', ['k1 1–9'], ['k2 1–9'], { gained: ['k2 1–9'], lost: ['k1 1–9'], moved: [] }],
    ['apart in time is another matter', ['k1 1–2'], ['k1 3–9'], { gained: ['k1 3–9'], lost: ['k1 1–2'], moved: [] }],
    ['one is split in two', ['k1 1–9'], ['k1 1–3', 'k1 5–9'], { gained: ['k1 5–9'], lost: [], moved: [] }],
    ['two become one', ['k1 1–3', 'k1 5–9'], ['k1 1–9'], { gained: [], lost: ['k1 5–9'], moved: [] }],
    ['one that stands still overlaps all after it', ['k1 1–'], ['k1 7–'], { gained: [], lost: [], moved: ['k1 7–'] }],
  ])('%s', (_, before, after, expected) => {
    const { gained, lost, moved } = compareAlarms(all(...before), all(...after));
    expect({ gained: gained.map(text), lost: lost.map(text), moved: moved.map(({ is }) => text(is)) }).toEqual(
      expected,
    );
  });
});

describe('old verdicts', () => {
  it('are kept where the tried rule would have rung at that time, and listed where not', () => {
    const judged = (device: string, from: number, to: number, kind: 'real' | 'cooking') => ({
      device,
      since: from * minute,
      returnedAt: to * minute,
      kind,
    });
    const verdicts = [judged('k1', 1, 5, 'real'), judged('k2', 1, 5, 'real'), judged('k3', 7, 8, 'cooking')];
    expect(checkVerdicts(verdicts, all('k1 4–6', 'k2 6–9'))).toEqual([
      { kind: 'real', total: 2, kept: 1, missed: [{ device: 'k2', since: minute }] },
      { kind: 'cooking', total: 1, kept: 0, missed: [{ device: 'k3', since: 7 * minute }] },
    ]);
  });
});
