import { z } from 'zod';
import type { Condition, ConditionEntry, EdgeAlarmEntry, JournalEntry } from '../../devices/contract/entry.ts';
import { reasons } from './reasons.ts';
import type { Refusals } from './refusals.ts';

const ms = z.number().int().nonnegative();
const text = z.string().min(1).max(256);

/** `{"alarm": …}`: what a gateway raised while it was alone; {@link EdgeAlarmEntry} without who says it. */
const alarmSchema = z
  .object({
    alarm: text,
    device: text,
    rule: text,
    since: ms,
    raisedAt: ms,
    returnedAt: ms.nullable().default(null),
    value: z.union([z.number(), z.boolean(), z.string().max(1024)]),
    toldAt: ms.nullable().default(null),
  })
  // The identity is what keeps an alarm from being doubled: one that is put together otherwise would be another.
  .refine(({ alarm, device, rule, since }) => alarm === `${device}/${rule}/${since}`, {
    path: ['alarm'],
    message: 'is not <device>/<rule>/<since>',
  });

/** Conditions that a gateway sees; the others are the platform's own. */
const seenByGateways = ['outbox-dropped', 'clock-skew', 'journal-filling', 'journal-unwritable'] as const;
const conditionSchema = z.object({
  condition: z.enum(seenByGateways satisfies readonly Condition[]),
  active: z.boolean(),
  at: ms,
  /** A device behind the gateway that it is true of; the gateway itself where it is left out. */
  device: text.optional(),
  facts: z
    .record(z.string().max(64), z.union([z.number(), z.string().max(256)]))
    .refine((facts) => Object.keys(facts).length <= 20, 'are more than 20')
    .default({}),
});

/** What one list of events is judged with. */
export interface EventsCase {
  readonly gateway: string;
  /** Whether the sender is registered as a gateway. */
  readonly isGateway: boolean;
  readonly body: unknown;
  readonly entries: JournalEntry[];
  readonly refusals: () => Refusals;
  /** Whether the gateway speaks for this device; says so in the refusals where it does not. */
  readonly speaksFor: (device: string) => boolean;
}

/**
 * Judges a list of what a gateway reports of itself and of its devices (`v1/gateway/events`). The good ones are kept when
 * others are refused.
 */
export function admitGatewayEvents({ gateway, isGateway, body, entries, refusals, speaksFor }: EventsCase): void {
  if (!isGateway) {
    refusals().add(null, 'not-behind-this-gateway', reasons.notAGateway(gateway));
    return;
  }
  if (!Array.isArray(body)) {
    refusals().add(null, 'wrong-shape', reasons.notAnEvent('not a list', body));
    return;
  }
  if (body.length === 0) refusals().add(null, 'wrong-shape', reasons.empty());
  for (const element of body as unknown[]) {
    const entry = eventOf(element, gateway);
    if (typeof entry === 'string') refusals().add(null, 'wrong-shape', reasons.notAnEvent(entry, element));
    else if (entry.device === undefined || speaksFor(entry.device)) entries.push(entry.entry);
  }
}

type Event = { readonly entry: EdgeAlarmEntry | ConditionEntry; readonly device: string | undefined };

/** One event as a journal entry with the device it speaks of; a text saying what is wrong with it otherwise. */
function eventOf(element: unknown, gateway: string): Event | string {
  if (typeof element !== 'object' || element === null) return 'not an object';
  if ('alarm' in element) {
    const parsed = alarmSchema.safeParse(element);
    if (!parsed.success) return wrong(parsed.error);
    return { entry: { kind: 'edge-alarm', gateway, ...parsed.data }, device: parsed.data.device };
  }
  if ('condition' in element) {
    const parsed = conditionSchema.safeParse(element);
    if (!parsed.success) return wrong(parsed.error);
    const { device, ...rest } = parsed.data;
    return { entry: { kind: 'condition', subject: device ?? gateway, ...rest }, device };
  }
  return 'neither "alarm" nor "condition"';
}

const wrong = ({ issues: [issue] }: z.ZodError): string => `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
