import { expect, it } from 'vitest';
import type { IngestStats, RulesStats } from '../../../devices/contract/stats.ts';
import { readStages } from './stage-numbers.ts';

const rules = { position: 3 } as RulesStats;
const ingest = { accepted: 1 } as IngestStats;

it('gives the numbers of the stages that answer, and null for one that fails', async () => {
  const numbers = await readStages({
    ingestStats: () => Promise.reject(new Error('ingest is down')),
    rulesStats: async () => rules,
  });
  expect(numbers).toEqual({ ingest: null, rules });
});

it('does not wait for a stage that hangs', async () => {
  const begun = performance.now();
  const numbers = await readStages({ ingestStats: async () => ingest, rulesStats: () => new Promise(() => {}) });
  expect(numbers).toEqual({ ingest, rules: null });
  expect(performance.now() - begun).toBeLessThan(10_000);
});
