import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../test/support/until.ts';
import { atMost } from '../report.ts';
import { type Fault, inFlight } from './fault.ts';
import type { Senders } from './senders.ts';
import type { Town } from './town.ts';

/** The store is killed and comes back; readings wait in the journal, alarms do not wait at all. */
export const storeDown: Fault = {
  zh: '时序库停机再恢复',
  en: 'store down and back',
  times: [3, 1],
  async act(scene) {
    const { town, random, spike, rings, goal } = scene;
    await inFlight(scene);
    await town.influx?.kill();
    goal(atMost('store down: P1 alarm meanwhile', await rings(spike()), 'ms', 1000));
    await pause(random.between(500, 3000));
    await town.influx?.restart();
  },
};

/** A store that takes connections and never answers, until the journal is full of what it should have taken. */
export const journalFull: Fault = {
  zh: '时序库极慢，日志写满',
  en: 'a store so slow that the journal fills',
  times: [1, 1],
  async act({ town, senders, spike, rings, goal }) {
    town.influx?.pause();
    try {
      await fillJournal(town, senders);
      goal(atMost('journal full: P1 alarm', await rings(spike()), 'ms', 1000));
      goal(atMost('journal full: second P1 alarm', await rings(spike()), 'ms', 1000));
    } finally {
      town.influx?.resume();
    }
    await senders.settled(120_000);
  },
};

const values = { 'pole.voltage': 229.7, 'pole.current': 0.51, 'pole.energy': 1234.5, 'pole.ambientLight': 12_000 };
const IN_FLIGHT = 64;

/** Sends readings of lamp posts until none of theirs has been taken for two seconds. */
async function fillJournal(town: Town, senders: Senders): Promise<void> {
  let sent = 0;
  let taken = 0;
  let takenAt = performance.now();
  await until(
    'the journal takes no more of the lower classes',
    () => {
      for (; senders.filling < IN_FLIGHT; sent++) {
        const ts = Date.now() - 3_600_000 + sent;
        senders.fill(Object.fromEntries(town.poles.map((id) => [id, [{ ts, values }]])));
      }
      if (sent - senders.filling > taken) {
        taken = sent - senders.filling;
        takenAt = performance.now();
      }
      return performance.now() - takenAt > 2000;
    },
    { withinMs: 60_000, everyMs: 2 },
  );
}
