/**
 * The simulators as a process of their own: `node simulators/child.ts`, started by {@link forkSimulators}. Its parts come
 * over the channel to its parent, so that no secret stands in an argument, an environment or a file. It ends when its
 * parent does.
 */
import { demoClock } from '../kit/clock.ts';
import { jsonLog } from '../kit/log.ts';
import { startSimulators } from './app.ts';
import type { ChildAnswer, DoorOpen, SimulatorOrder } from './child-words.ts';

const answer = (message: ChildAnswer): void => {
  process.send?.(message);
};

/** What a stop may take before the process ends all the same: a parent that was killed must leave nothing behind. */
const STOP_WITHIN_MS = 3_000;
let stop: () => Promise<void> | void = () => undefined;
const end = async (): Promise<void> => {
  setTimeout(() => process.exit(1), STOP_WITHIN_MS);
  await stop();
  process.exit(0);
};
// From the first moment: the parent may be gone before the city is up.
process.once('disconnect', end);
process.once('SIGTERM', end);
// Ctrl-C reaches the whole process group; the parent decides when its simulators end.
process.on('SIGINT', () => undefined);

const message = <T>(): Promise<T> => new Promise((resolve) => process.once('message', (told) => resolve(told as T)));

message<SimulatorOrder>().then(({ time, logLevel, ...order }) => {
  // Standard output belongs to the parent's words for people.
  const log = jsonLog({ process: 'simulators' }, logLevel, 2);
  const mqttUrl = message<DoorOpen>().then((door) => door.mqttUrl);
  startSimulators({ ...order, endpoints: { ...order.endpoints, mqttUrl }, clock: demoClock(time), log }).then(
    (running) => {
      stop = () => running.stop();
      const { controlUrl, fieldPort, opcuaUrl } = running;
      answer({ running: { controlUrl, fieldPort, opcuaUrl } });
    },
    (err: Error) => {
      answer({ failed: err.message });
      process.exit(1);
    },
  );
});
