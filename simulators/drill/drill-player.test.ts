import { afterEach, describe, expect, it } from 'vitest';
import type { Drill, PlayedDrill } from '../../devices/contract/drill.ts';
import { handClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import type { DrillDoor } from './drill-door.ts';
import { startDrillPlayer } from './drill-player.ts';

/** Only what the player reads of a drill. */
const aDrill = (id: string, sent: Drill['sent'] = null) =>
  ({ id, play: { measurement: 'alarm.ch4' }, sent }) as unknown as Drill;

let stop: (() => Promise<void> | void) | undefined;
afterEach(() => stop?.());

function bench() {
  const clock = handClock(1_000_000);
  const world = handClock(0);
  const heard: string[] = [];
  let drills: PlayedDrill[] = [];
  let shut = false;
  const door: DrillDoor = {
    async send(drill, at, values) {
      if (shut) throw new Error('not connected yet');
      heard.push(`${drill} ${at - 1_000_000} ${values['alarm.ch4']}`);
    },
    async leave(drill) {
      heard.push(`${drill} leaves`);
    },
    async stop() {
      heard.push('stopped');
    },
  };
  const kept: string[] = [];
  const player = startDrillPlayer({
    ...{ door, clock, world, log: silentLog },
    playing: async () => drills,
    async sent({ id }, publishedAt, journaledAt) {
      kept.push(`${id} ${publishedAt - 1_000_000} ${journaledAt - 1_000_000}`);
      drills = drills.map((one) =>
        one.drill.id === id ? { ...one, drill: aDrill(id, { publishedAt, journaledAt }) } : one,
      );
    },
  });
  stop = player.stop;
  return {
    ...{ heard, kept, player },
    holds: (next: PlayedDrill[]) => {
      drills = next;
    },
    shuts: (is: boolean) => {
      shut = is;
    },
    async passes(seconds: number) {
      for (let i = 0; i < seconds; i++) {
        clock.pass(1000);
        world.pass(1000);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

describe('whoever drives the detector of a drill', () => {
  it('reports at once and every five seconds, and keeps when the first reading was in the journal', async () => {
    const b = bench();
    b.holds([{ drill: aDrill('D1'), reads: 45 }]);
    await b.passes(7);
    expect(b.heard).toEqual(['D1 1000 45', 'D1 6000 45']);
    expect(b.kept).toEqual(['D1 1000 1000']);
  });

  it('tries each second until the door has heard of the detector', async () => {
    const b = bench();
    b.shuts(true);
    b.holds([{ drill: aDrill('D1'), reads: 45 }]);
    await b.passes(3);
    b.shuts(false);
    await b.passes(1);
    expect([b.heard, b.kept]).toEqual([['D1 4000 45'], ['D1 4000 4000']]);
  });

  it('reads what is calm once somebody has made it safe, and signs off when the drill is over', async () => {
    const b = bench();
    b.holds([{ drill: aDrill('D1'), reads: 45 }]);
    await b.passes(1);
    b.holds([{ drill: aDrill('D1'), reads: 0 }]);
    await b.passes(5);
    b.holds([]);
    await b.passes(2);
    expect(b.heard).toEqual(['D1 1000 45', 'D1 6000 0', 'D1 leaves']);
  });
});
