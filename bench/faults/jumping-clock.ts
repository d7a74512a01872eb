import { readFileSync } from 'node:fs';

/**
 * Loaded into a platform process before anything else (`NODE_OPTIONS=--import`): its clock shows the world's time and as many
 * milliseconds more as stand in the file that FAULTS_CLOCK names, as if somebody had set the machine's clock. Timers and the
 * monotonic clock go on, as they do then.
 */
const file = process.env.FAULTS_CLOCK;
const World = Date;
let byMs = 0;

if (file) {
  setInterval(() => {
    try {
      byMs = Number(readFileSync(file, 'utf8'));
    } catch {
      byMs = 0;
    }
  }, 50).unref();
  globalThis.Date = new Proxy(World, {
    construct: (_target, given) =>
      given.length === 0 ? new World(World.now() + byMs) : Reflect.construct(World, given),
    get: (target, name) => (name === 'now' ? () => World.now() + byMs : Reflect.get(target, name)),
  });
}
