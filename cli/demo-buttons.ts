import type { DemoControls } from '../dashboard/server/context.ts';
import { Problem } from '../kit/problem.ts';

/** The page's demonstration buttons while the simulated city is still starting, or where another process has it. */
export function demoButtons(started: () => DemoControls | null, speed: number): DemoControls {
  const ready = (): DemoControls => {
    const demonstration = started();
    if (!demonstration)
      throw new Problem('模拟城市还在启动，请稍候再试 / the simulated city is still starting: try again in a moment');
    return demonstration;
  };
  return {
    speed,
    get faults() {
      return started()?.faults ?? [];
    },
    start: (kind, target) => ready().start(kind, target),
    publish: (device, payload) => ready().publish(device, payload),
  };
}
