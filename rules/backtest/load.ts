import { CHATTER } from '../../devices/kpi/figures.ts';
import { floodMeter } from '../../devices/kpi/flood-meter.ts';

/** What a list of alarms asks of one duty seat; all times in ms, alarms in the order in which they were raised. */
export interface Load {
  readonly worst: { readonly from: number; readonly alarms: number } | null;
  readonly floods: number;
  /** Time spent in flood, ms. */
  readonly floodMs: number;
}

/** Worst ten minutes and floods, up to `to`; reckoned as the figures of the seats are. */
export function loadOf(times: readonly number[], to: number): Load {
  const meter = floodMeter();
  for (const at of times) meter.add(at);
  meter.passTo(to);
  const { peak, floods, floodMs } = meter;
  return { worst: peak && { from: peak.from, alarms: peak.count }, floods, floodMs };
}

/** Devices that rang three times within a minute, with how often they did, most first. */
export function chatterOf(alarms: readonly { readonly device: string; readonly raisedAt: number }[]) {
  const found: { device: string; times: number }[] = [];
  for (const [device, rings] of Map.groupBy(alarms, (alarm) => alarm.device)) {
    const before = CHATTER.times - 1;
    const times = rings.filter(
      ({ raisedAt }, i) => i >= before && raisedAt - rings[i - before]!.raisedAt <= CHATTER.withinMs,
    ).length;
    if (times > 0) found.push({ device, times });
  }
  return found.sort((a, b) => b.times - a.times || (a.device < b.device ? -1 : 1));
}
