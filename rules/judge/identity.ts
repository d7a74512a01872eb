/**
 * The identity of an alarm: device, rule and source time of the episode's first abnormal sample (ms). Replay, redelivery,
 * the edge and a second worker all arrive at the same one, so none of them can double it.
 */
export const alarmId = (device: string, rule: string, since: number): string => `${device}/${rule}/${since}`;

/** The parts of an {@link alarmId}; undefined for a text that is none. */
export function parseAlarmId(id: string): { device: string; rule: string; since: number } | undefined {
  const parts = id.split('/');
  const since = Number(parts[2]);
  if (parts.length !== 3 || !parts[0] || !parts[1] || !Number.isSafeInteger(since)) return undefined;
  return { device: parts[0], rule: parts[1], since };
}

/** What an episode belongs to: one rule of one device has at most one open episode. */
export const episodeKey = (device: string, rule: string): string => `${device}/${rule}`;
