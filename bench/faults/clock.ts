import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from '../../test/support/until.ts';
import type { Fault } from './fault.ts';
import type { TownOptions } from './town.ts';

const HOUR = 3_600_000;

/** A town whose processes' clocks can be set; hands back its settings and the hand that sets them. */
export function settableClock(): { env: NonNullable<TownOptions['env']>; jumped: Fault; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-clock-'));
  const file = join(folder, 'ms');
  const set = (ms: number) => writeFileSync(file, String(ms));
  set(0);
  const preload = fileURLToPath(new URL('./jumping-clock.ts', import.meta.url));
  return {
    env: { FAULTS_CLOCK: file, NODE_OPTIONS: `--import=${preload}` },
    remove: () => rmSync(folder, { recursive: true, force: true }),
    jumped: {
      zh: '时钟跳变 ±1 小时',
      en: 'clock jumped by an hour, forward and back',
      times: [4, 2],
      async act({ town, spike, rings, random }, round) {
        const noticed = () => town.output().split('clock was stepped').length;
        const before = noticed();
        set(round % 2 === 0 ? HOUR : -HOUR);
        await until('ingest and rules have noticed the jump', () => noticed() >= before + 2);
        await pause(random.between(1500, 3000));
        await rings(spike());
        set(0);
        await pause(random.between(500, 1500));
        await rings(spike());
      },
    },
  };
}
