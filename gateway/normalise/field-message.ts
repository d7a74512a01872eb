import { z } from 'zod';
import type { Value } from '../../kit/telemetry/telemetry-store.ts';
import type { FieldMqtt } from '../config.ts';
import type { UplinkRow } from '../row.ts';

type FieldTopic = FieldMqtt['topics'][number];

const values = z.record(z.string(), z.union([z.number(), z.boolean(), z.string()]));
const timed = z.object({
  ts: z.number(),
  values,
  seq: z.number().int().optional(),
  quality: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
});
const fieldMessage = z.union([timed, z.array(timed).min(1), values]);

export type Normalised = { readonly rows: readonly UplinkRow[] } | { readonly refused: string };

/**
 * A field device's message as rows for the uplink: named, scaled and timed, never judged; that is ingest's part. `received`
 * stands in where the device has no clock. What cannot be read is refused with the reason.
 */
export function normaliseMessage(topic: string, payload: Buffer, rule: FieldTopic, received: number): Normalised {
  const device = typeof rule.device === 'number' ? topic.split('/')[rule.device] : rule.device;
  if (!device) return { refused: `topic ${topic} has no level ${rule.device} to name the device` };
  let json: unknown;
  try {
    json = JSON.parse(payload.toString('utf8'));
  } catch (err) {
    return { refused: `${device}: the payload is not JSON (${(err as Error).message})` };
  }
  const parsed = fieldMessage.safeParse(json);
  if (!parsed.success) return { refused: `${device}: ${z.prettifyError(parsed.error)}` };
  const message = parsed.data;
  const reports = Array.isArray(message) ? message : isTimed(message) ? [message] : [{ ts: received, values: message }];
  return { rows: reports.map((report) => ({ ...report, device, values: renamed(report.values, rule.map) })) };
}

const isTimed = (message: object): message is z.infer<typeof timed> =>
  'values' in message && typeof message.values === 'object';

/** Field names as measurements, numbers scaled; a text or boolean is never scaled. */
function renamed(fieldValues: Readonly<Record<string, Value>>, map: FieldTopic['map']): Record<string, Value> {
  const out: Record<string, Value> = {};
  for (const [name, value] of Object.entries(fieldValues)) {
    const rule = map[name];
    out[rule?.measurement ?? name] =
      rule?.scale !== undefined && typeof value === 'number' ? value * rule.scale : value;
  }
  return out;
}

/** The first configured topic whose filter matches, by MQTT's rules for `+` and `#`. */
export function ruleFor(topic: string, rules: readonly FieldTopic[]): FieldTopic | undefined {
  return rules.find(({ filter }) => matches(filter.split('/'), topic.split('/')));
}

function matches(filter: readonly string[], topic: readonly string[]): boolean {
  for (const [i, level] of filter.entries()) {
    if (level === '#') return true;
    if (topic[i] === undefined || (level !== '+' && level !== topic[i])) return false;
  }
  return filter.length === topic.length;
}
