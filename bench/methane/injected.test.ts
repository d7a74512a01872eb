import { describe, expect, it } from 'vitest';
import { injectedCampaign } from './injected.ts';
import { scoring } from './score.ts';
import { syntheticCampaign } from './synthetic.ts';

const measured = syntheticCampaign({ seed: 'stands for measured days', days: 2 });
const changed = injectedCampaign(measured, 'a');

describe('invented releases into measured air', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(injectedCampaign(measured, 'a')).toEqual(changed);
    expect(injectedCampaign(measured, 'b').releases).not.toEqual(changed.releases);
  });

  it('leave nothing of the releases that were measured', () => {
    const left = changed.samples.filter(
      ({ at, ppm }) =>
        measured.releases.some(({ start, end }) => at >= start && at <= end + scoring.graceMs) &&
        ppm.some((value) => !Number.isNaN(value)),
    );
    expect(left).toEqual([]);
  });

  it('lie in the hours between them, an hour from each other and from those', () => {
    expect(changed.releases.length).toBeGreaterThan(3);
    for (const one of changed.releases) {
      const others = [...measured.releases, ...changed.releases.filter((other) => other !== one)];
      expect(others.filter(({ start, end }) => one.start < end + 3_600_000 && start < one.end + 3_600_000)).toEqual([]);
    }
  });

  it('only add methane, and only while they last', () => {
    changed.samples.forEach(({ at, ppm }, i) => {
      const within = changed.releases.some(({ start, end }) => at >= start && at <= end);
      ppm.forEach((value, k) => {
        const before = measured.samples[i]!.ppm[k]!;
        if (Number.isNaN(value)) return;
        if (within) expect(value).toBeGreaterThanOrEqual(before);
        else expect(value).toBe(before);
      });
    });
  });
});
