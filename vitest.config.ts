import { defineConfig } from 'vitest/config';

/** `unit` sits beside the code; the rest lives under `test/`, one project a folder, so that each can be run alone. */
const project = (name: string, include: string[], testTimeout: number, more: object = {}) => ({
  test: { name, include, testTimeout, hookTimeout: 120_000, environment: 'node' as const, ...more },
});

/**
 * Programs, brokers and browsers share the processor with each other: in CI what fails once is tried once more, and the report names
 * it. What is wrong fails twice.
 */
const withPrograms = { globalSetup: ['test/support/built-page.ts'], retry: process.env.CI ? 1 : 0 };

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      project(
        'unit',
        ['{kit,devices,gateway,ingest,rules,dashboard,simulators,bench,cities}/**/*.test.ts', '*.test.ts'],
        20_000,
      ),
      project('contract', ['test/contract/**/*.test.ts'], 60_000),
      project('repo', ['test/repo/**/*.test.ts'], 60_000),
      project('faults', ['test/faults/**/*.test.ts'], 60_000),
      project('honesty', ['test/honesty/**/*.test.ts'], 120_000),
      project('scenario', ['test/scenario/**/*.test.ts'], 60_000),
      // Whole programs, once everything that only calculates is done; then what needs a browser.
      project('e2e', ['test/e2e/**/*.test.ts'], 180_000, { sequence: { groupOrder: 1 }, ...withPrograms }),
      // One at a time: a map that the processor draws takes both of its cores.
      project('browser', ['test/browser/**/*.test.ts'], 180_000, {
        maxWorkers: 1,
        sequence: { groupOrder: 2 },
        ...withPrograms,
      }),
    ],
  },
});
