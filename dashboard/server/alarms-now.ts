import { z } from 'zod';
import type { AlarmBody, AlarmsBody, OverridesBody } from '../../devices/contract/api.ts';
import type { OverrideAsk, StandingOverride } from '../../devices/contract/overrides.ts';
import type { ServerContext } from './context.ts';
import { page } from './routes/page.ts';

type Parts = Pick<ServerContext, 'alarms' | 'tickets' | 'state'>;

/** What a list of alarms is asked with, over HTTP and by the command line. */
export const alarmsQuery = page(2000).extend({
  state: z.enum(['open', 'all']).default('open'),
  priority: z
    .string()
    .regex(/^P[1-4](,P[1-4])*$/)
    .optional(),
  device: z.string().optional(),
  area: z.string().optional(),
  from: z.coerce.number().optional().describe('raised at or after, ms since 1970'),
  to: z.coerce.number().optional().describe('raised before, ms since 1970'),
});

/** A page of alarms, newest first, with the ticket of each. */
export async function alarmsNow(
  { alarms, tickets }: Pick<Parts, 'alarms' | 'tickets'>,
  { state, priority, ...rest }: z.output<typeof alarmsQuery>,
): Promise<AlarmsBody> {
  const found = await alarms.find({ ...rest, openOnly: state === 'open', priorities: priority?.split(',') });
  return { ...found, tickets: await tickets.ofAlarms(found.items.map(({ id }) => id)) };
}

/** One alarm with its history and its ticket; null when there is none. */
export async function alarmNow(
  { alarms, tickets }: Pick<Parts, 'alarms' | 'tickets'>,
  id: string,
): Promise<AlarmBody | null> {
  const found = await alarms.one(id);
  return found && { ...found, ticket: (await tickets.ofAlarms([id]))[id] ?? null };
}

/** What is put aside, and what waits for a second person. */
export async function overridesNow({ state, alarms }: Pick<Parts, 'alarms' | 'state'>): Promise<OverridesBody> {
  const standing = await state.db.selectFrom('overrides').select('body').execute();
  const asked = await state.db.selectFrom('override_asks').select('body').orderBy('at').execute();
  const open = (await alarms.open()).alarms;
  const showing = (kind: string) => open.filter(({ override }) => override?.kind === kind).length;
  return {
    standing: standing.map(({ body }) => JSON.parse(body) as StandingOverride),
    asked: asked.map(({ body }) => JSON.parse(body) as OverrideAsk),
    hidden: {
      shelved: showing('shelved'),
      outOfService: showing('out-of-service'),
      suppressed: showing('suppressed'),
    },
  };
}
