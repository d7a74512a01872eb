import { beforeAll, expect, it } from 'vitest';
import { type FaultsReport, faultsBench, toFaultTable } from '../../bench/faults/index.ts';
import { needs } from '../support/tools.ts';

/** Every fault of `yanshao bench faults`, once or twice each. `YANSHAO_TEST_SEED` repeats a run's choices. */
const seed = Number(process.env.YANSHAO_TEST_SEED ?? Date.now() % 1_000_000);

needs('mosquitto', 'influxd')('a small city that is broken in every way we know of', () => {
  let report: FaultsReport;

  beforeAll(async () => {
    console.log(`faults: YANSHAO_TEST_SEED=${seed}`);
    report = await faultsBench({ short: true, seed, progress: console.log, withinMs: 270_000 });
    console.log(toFaultTable(report));
  }, 420_000);

  it('keeps every reading it acknowledged, once, with its time and value', () => {
    for (const { en, acknowledged, lost, doubled, first } of report.faults) {
      expect({ en, lost, doubled, first }).toEqual({ en, lost: 0, doubled: 0, first: null });
      expect(acknowledged, en).toBeGreaterThan(100);
    }
  });

  it('raises every alarm, once, whatever was broken when it was due', () => {
    for (const { en, wrongAlarms } of report.faults) expect({ en, wrongAlarms }).toEqual({ en, wrongAlarms: 0 });
  });

  it('meets the goals of each fault that no clock decides', () => {
    // How fast is the bench's to say, on a machine that does nothing else; here other tests run beside it.
    const counted = report.goals.filter(({ unit }) => unit !== 'ms' && unit !== '×');
    expect(counted.length).toBeGreaterThan(4);
    expect(counted.filter(({ met }) => !met)).toEqual([]);
  });

  it('leaves no fault out', () => {
    expect(report.leftOut).toEqual([]);
    expect(report.faults.length).toBeGreaterThan(15);
  });
});
