import { describe, expect, it } from 'vitest';
import type { Command, CommandOutcome } from '../../devices/contract/command.ts';
import { asideSpans } from './aside-history.ts';

const minute = 60_000;
const done = (more: object = {}) => ({ done: true, changed: [], ...more }) as CommandOutcome;
const act = (at: number, command: object, outcome: CommandOutcome = done()) => ({
  at: at * minute,
  command: { id: `c${at}`, at: at * minute, ...command } as Command,
  outcome,
});
const shelf = { type: 'shelve', alarms: ['k1/G05-14.com-l1/0'], minutes: 30, oneShot: false, reason: 'works' };
const service = { type: 'out-of-service', device: 'k1', rule: null, workOrder: 'W1', reason: 'repair', until: null };
const ask = { id: 'a1', device: 'k1', rule: 'G05-14.com-l1', wants: { kind: 'shelved', minutes: 30 } };
const point = { device: 'k1', rule: 'G05-14.com-l1' };

describe('what people had put aside, as the audit tells it', () => {
  it.each([
    ['a shelf ends by its own time', [act(0, shelf)], [{ ...point, from: 0, to: 30 }]],
    [
      'or when somebody takes it away',
      [act(0, shelf), act(10, { type: 'unshelve', ...point })],
      [{ ...point, from: 0, to: 10 }],
    ],
    [
      'or with the alarm that it was for',
      [act(0, shelf), { at: 7 * minute, unshelved: 'k1/G05-14.com-l1/0' }],
      [{ ...point, from: 0, to: 7 }],
    ],
    [
      'another shelf takes its place',
      [act(0, shelf), act(20, shelf)],
      [
        { ...point, from: 0, to: 20 },
        { ...point, from: 20, to: 50 },
      ],
    ],
    [
      'a shelf that wants two people begins with the second',
      [act(0, shelf, done({ asked: [ask] } as object)), act(4, { type: 'confirm', ask: 'a1' })],
      [{ ...point, from: 4, to: 34 }],
    ],
    ['one that was asked for and never confirmed hides nothing', [act(0, shelf, done({ asked: [ask] } as object))], []],
    ['a refused one hides nothing', [act(0, shelf, { refused: { code: 'x', zh: '否', en: 'no' } })], []],
    [
      'a device is out of service until it is returned',
      [act(0, service), act(90, { type: 'return-to-service', device: 'k1', rule: null })],
      [{ device: 'k1', rule: null, from: 0, to: 90 }],
    ],
    ['or still', [act(0, service)], [{ device: 'k1', rule: null, from: 0, to: Number.POSITIVE_INFINITY }]],
  ])('%s', (_, acts, spans) => {
    expect(asideSpans(acts)).toEqual(
      spans.map((span) => ({ ...span, from: span.from * minute, to: span.to * minute })),
    );
  });
});
