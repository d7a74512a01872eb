import { describe, expect, it } from 'vitest';
import { UNCERTAIN_OUT_OF_RANGE } from '../../../devices/model/quality.ts';
import { curveRange, toCurve } from './curve-data.ts';
import { matching } from './matching.ts';

const minute = 60_000;

describe('a curve', () => {
  it('breaks where the device was silent for longer than is normal', () => {
    const curve = toCurve(
      {
        samples: [
          [0, 1, 0],
          [minute, 2, 0],
          [10 * minute, 3, 0],
        ],
        gapMs: 2 * minute,
        gaps: [
          [-5 * minute, 0],
          [minute, 10 * minute],
        ],
        first: 0,
        last: 10 * minute,
      },
      10 * minute,
    );
    expect(curve.values).toEqual([1, 2, null, 3]);
    expect(curve.gaps).toEqual([{ from: 60, to: 600, open: false }]);
  });

  it('takes samples that were thinned for no silence, and what the stream brought late for one', () => {
    const curve = toCurve(
      {
        samples: [
          [0, 1, 0],
          [20 * minute, 2, 0],
          [40 * minute, 3, 0],
        ],
        gapMs: 2 * minute,
        gaps: [],
        first: 0,
        last: 30 * minute,
      },
      40 * minute,
    );
    expect(curve.values).toEqual([1, 2, null, 3]);
    expect(curve.gaps).toEqual([{ from: 1800, to: 2400, open: false }]);
  });

  it('counts the silence that still lasts', () => {
    const curve = toCurve({ samples: [[0, 1, 0]], gapMs: minute, gaps: [], first: 0, last: 0 }, 5 * minute);
    expect(curve.gaps).toEqual([{ from: 0, to: 300, open: true }]);
  });

  it('marks doubtful samples and keeps them', () => {
    const curve = toCurve(
      {
        samples: [
          [0, 1, 0],
          [1000, 200, UNCERTAIN_OUT_OF_RANGE],
        ],
        gapMs: minute,
        gaps: [],
        first: 0,
        last: 1000,
      },
      1000,
    );
    expect(curve.doubtful).toEqual([1]);
    expect(curve.values).toEqual([1, 200]);
  });

  it('draws switches as 0 and 1', () => {
    expect(
      toCurve(
        {
          samples: [
            [0, false, 0],
            [1, true, 0],
          ],
          gapMs: 0,
          gaps: [],
          first: 0,
          last: 1,
        },
        1,
      ).values,
    ).toEqual([0, 1]);
  });

  it('always shows the nearest limit, and no limit that would flatten it', () => {
    const [low, high] = curveRange([1, 2, 3], [20, 400]);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(20);
    expect(high).toBeLessThan(100);
  });

  it('has a range even without a value', () => {
    const [low, high] = curveRange([], []);
    expect(high).toBeGreaterThan(low);
  });
});

describe('finding a device', () => {
  const devices = [
    { id: 'pole-1', name: '雁翎路 灯杆 1', nameEn: 'Yanling Road pole 1', type: 'smart-pole', address: '雁翎路' },
    { id: 'kitchen-1', name: '福来餐馆', type: 'gas-alarm-commercial', address: '雁翎路 3 号' },
  ];
  it('looks at name, id, address and type; what begins so comes first', () => {
    expect(matching(devices, '雁翎', 9).map((device) => device.id)).toEqual(['pole-1', 'kitchen-1']);
    expect(matching(devices, 'KITCHEN', 9).map((device) => device.id)).toEqual(['kitchen-1']);
    expect(matching(devices, 'road pole', 9).map((device) => device.id)).toEqual(['pole-1']);
    expect(matching(devices, '', 1)).toHaveLength(1);
    expect(matching(devices, 'nothing such', 9)).toEqual([]);
  });
});
