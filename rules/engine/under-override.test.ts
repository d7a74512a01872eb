import { describe, expect, it } from 'vitest';
import type { Alarm, Override } from '../../devices/contract/alarm.ts';
import type { PersonsOverride } from '../../devices/contract/overrides.ts';
import { type StateName, stateOf, states } from '../judge/transition.ts';
import { alarmDesk, withOverrides } from './alarm-desk.ts';
import { engineBench, kitchen } from './engine-bench.ts';

const laid: Readonly<Record<Override['kind'], Override>> = {
  shelved: { kind: 'shelved', until: 9e12, oneShot: false, by: 'mira', confirmedBy: null, reason: 'works' },
  suppressed: { kind: 'suppressed', rule: 'platform.gateway-down', because: 'g1' },
  'out-of-service': {
    kind: 'out-of-service',
    workOrder: 'WO-1',
    by: 'mira',
    confirmedBy: null,
    reason: 'works',
    until: null,
  },
};
const kinds = Object.keys(laid) as Override['kind'][];

/** An alarm as the engine really raises it, to be put into any state of the table. */
const bench = engineBench({ devices: [kitchen('k1')] });
bench.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
const raised = bench.alarm('G05-14.com-l2')!;
const KEY = 'k1/G05-14.com-l2';

/** The desk with one alarm in a state under an override; `normal` is no open row, only what lies over its point. */
function deskWith(from: StateName, override: Override) {
  const persons: PersonsOverride[] = override.kind === 'suppressed' ? [] : [override];
  const desk = alarmDesk({ ladderOf: () => null, over: () => persons, onReturn: () => {} });
  const alarm = withOverrides({ ...raised, ...states[from] }, [override]);
  if (from !== 'normal') desk.load([alarm], 1);
  return desk;
}

const latest = { value: 0, at: 2, quality: 0 };
const id = raised.id;
type Desk = ReturnType<typeof deskWith>;
/** Columns of the table of domain.md, as the desk is told of them. */
const columns = {
  abnormal: (desk: Desk, override: Override) =>
    desk.raise(override.kind === 'suppressed' ? withOverrides(raised, [override]) : raised, 2),
  returns: (desk: Desk) => desk.returned(KEY, 2, false, latest),
  'returns, latching': (desk: Desk) => desk.returned(KEY, 2, true, latest),
  acknowledge: (desk: Desk) => desk.acknowledge(id, 'mira', 2, null),
  reset: (desk: Desk) => desk.reset(id, 'mira', 2, null),
} as const;

const rows: [StateName, keyof typeof columns, StateName][] = [
  ['normal', 'abnormal', 'unack'],
  ['unack', 'returns', 'rtn-unack'],
  ['unack', 'returns, latching', 'latched-unack'],
  ['unack', 'acknowledge', 'ack'],
  ['ack', 'returns', 'normal'],
  ['ack', 'returns, latching', 'latched-ack'],
  ['rtn-unack', 'abnormal', 'unack'],
  ['rtn-unack', 'acknowledge', 'normal'],
  ['latched-unack', 'abnormal', 'unack'],
  ['latched-unack', 'acknowledge', 'latched-ack'],
  ['latched-ack', 'abnormal', 'unack'],
  ['latched-ack', 'reset', 'normal'],
];

describe.each(kinds)('under %s', (kind) => {
  it.each(rows)('%s, %s: becomes %s, and the override stays', (from, column, to) => {
    const desk = deskWith(from, laid[kind]);
    columns[column](desk, laid[kind]);
    const row = desk.take()!.alarms.at(-1) as Alarm;
    expect(stateOf(row)).toBe(to);
    expect(row.override).toEqual(laid[kind]);
  });

  it.each([
    ['ack', 'acknowledge', 'already-acknowledged'],
    ['unack', 'reset', 'still-active'],
    ['latched-unack', 'reset', 'not-acknowledged'],
    ['rtn-unack', 'reset', 'not-latched'],
  ] as const)('%s, %s: is refused as it is without it (%s)', (from, column, code) => {
    expect(columns[column](deskWith(from, laid[kind]))).toMatchObject({ refused: { code } });
  });

  it('an acknowledged alarm does not ring again, however long it stands', () => {
    const b = engineBench({ devices: [kitchen('k1')] }, '10:00', { reAlarmMs: 20_000 });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    b.acknowledges('10:00:10', b.alarm('G05-14.com-l2')!.id);
    const standing = b.alarm('G05-14.com-l2')!;
    b.engine.desk.load([withOverrides(standing, [laid[kind]])], standing.seq);
    // Within the minute after which a design is asked whether it still has a cause.
    b.reads('10:00:55', 'k1', { 'alarm.ch4': 46 });
    expect(stateOf(b.engine.desk.byId(standing.id)!)).toBe('ack');
  });
});

describe('several at once', () => {
  it('the stronger shows: a work order before a shelf, a shelf before the design', () => {
    const all = withOverrides(raised, [laid.suppressed, laid['out-of-service'], laid.shelved]);
    expect(all.overrides.map(({ kind }) => kind)).toEqual(['out-of-service', 'shelved', 'suppressed']);
    expect(all.override).toEqual(laid['out-of-service']);
  });

  it('what a person ends leaves the design’s in force', () => {
    const desk = deskWith('unack', laid.shelved);
    desk.load([withOverrides(raised, [laid.shelved, laid.suppressed])], 1);
    desk.override(id, [], { kind: 'unshelved', at: 3, actor: 'mira', note: null });
    expect(desk.byId(id)!.override).toEqual(laid.suppressed);
  });
});
