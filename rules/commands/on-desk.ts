import type { Transaction } from 'kysely';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Command, CommandOutcome, Refusal } from '../../devices/contract/command.ts';
import type { OverrideAsk } from '../../devices/contract/overrides.ts';
import type { SampleFound } from '../campaigns/of-sample.ts';
import { type Told, unknownAlarm } from '../engine/alarm-desk.ts';
import type { Engine } from '../engine/engine.ts';
import { knownAlarms } from '../store/alarm-store.ts';
import type { RulesTables } from '../store/migrations.ts';
import type { TicketTold } from '../tickets/book.ts';
import { executeOnHazards } from './on-hazards.ts';
import { type Answer, answer, end, type OverrideParts, outOfService, shelve } from './overrides.ts';
import { alarmClosed, unknownIncident } from './refusals.ts';

export interface DeskParts extends OverrideParts {
  readonly engine: Pick<Engine, 'desk' | 'overrides' | 'risksOf' | 'whyNotOver' | 'tickets' | 'hazards' | 'campaigns'>;
  /** Rows that a verdict speaks of, also closed ones, as the caller read them. */
  readonly judged: readonly Alarm[];
  /** The drawn sample that is to be visited, likewise; null for any other command, and where there is none. */
  readonly sample: SampleFound | null;
}

/** What a command did on the desk in memory, before it is committed. */
export interface DeskWork {
  readonly done: string[];
  readonly refused: (Refusal & { id: string })[];
  readonly asked: OverrideAsk[];
  /** Alarms that were given a verdict. */
  readonly verdicts: Alarm[];
}

/**
 * Carries out the half of a command that is about alarms and tickets, in memory. What it changed there must be committed by the
 * caller; null for a command that is about neither.
 */
export function executeOnDesk(parts: DeskParts, command: Command): DeskWork | null {
  const work: DeskWork = { done: [], refused: [], asked: [], verdicts: [] };
  const { engine } = parts;
  const { actor, at } = command;
  const take = (id: string, told: Told): void => {
    if ('alarm' in told) work.done.push(id);
    else work.refused.push({ id, ...told.refused });
  };
  const taken = (id: string, told: TicketTold): void => {
    if ('ticket' in told) work.done.push(told.ticket.id);
    else work.refused.push({ id, ...told.refused });
  };
  const answered = (id: string, given: Answer): void => {
    if ('refused' in given) work.refused.push({ id, ...given.refused });
    else if ('asked' in given) work.asked.push(given.asked);
    else work.done.push(...(given.changed.length > 0 ? given.changed : [id]));
  };
  switch (command.type) {
    case 'acknowledge':
      for (const id of new Set(command.alarms))
        take(id, engine.desk.acknowledge(id, actor.name, at, command.note ?? null));
      return work;
    case 'reset':
      take(command.alarm, reset(parts, command));
      return work;
    case 'shelve':
      [...new Set(command.alarms)].forEach((id, i) => {
        answered(id, shelve(parts, id, command, `${command.id}.${i}`));
      });
      return work;
    case 'unshelve':
      answered(command.device, end(parts, command, 'shelved', command));
      return work;
    case 'out-of-service':
      answered(command.device, outOfService(parts, command, command.id));
      return work;
    case 'return-to-service':
      answered(command.device, end(parts, command, 'out-of-service', command));
      return work;
    case 'confirm':
    case 'decline':
      answered(command.ask, answer(parts, command));
      return work;
    case 'judge':
      judge(parts, command, work);
      return work;
    case 'ticket.step':
      taken(command.ticket, engine.tickets.step(command.ticket, command.step, actor, at));
      return work;
    case 'ticket.report':
      taken(command.id, engine.tickets.report(command.id, command.report, actor, at));
      return work;
    default: {
      const done = executeOnHazards(engine, command, parts.sample);
      if (!done) return null;
      if ('refused' in done) work.refused.push({ id: done.id, ...done.refused });
      else work.done.push(...done);
      return work;
    }
  }
}

function reset({ engine }: DeskParts, { alarm: id, actor, at, note }: Extract<Command, { type: 'reset' }>): Told {
  const alarm = engine.desk.byId(id);
  // Only what the table would reset is asked whose word that rests on.
  const refused = alarm?.latched && alarm.acked ? engine.whyNotOver(alarm) : null;
  return refused ? { refused } : engine.desk.reset(id, actor.name, at, note ?? null);
}

function judge({ engine, judged }: DeskParts, command: Extract<Command, { type: 'judge' }>, work: DeskWork): void {
  const { of, kind, evidence, actor, at } = command;
  const rows = new Map(judged.map((alarm) => [alarm.id, alarm]));
  const ids = 'alarms' in of ? new Set(of.alarms) : rows.keys();
  for (const id of ids) {
    const alarm = engine.desk.byId(id) ?? rows.get(id);
    if (!alarm) {
      work.refused.push({ id, ...unknownAlarm });
      continue;
    }
    work.verdicts.push(engine.desk.judge(alarm, { kind, by: actor.name, at, evidence }));
    work.done.push(id);
  }
  if ('incident' in of && work.done.length === 0) work.refused.push({ id: of.incident, ...unknownIncident });
}

/** The outcome of an alarm command; ids that are no open alarm are looked up, so that a closed one is called closed. */
export async function alarmOutcome(
  trx: Transaction<RulesTables>,
  { done, refused, asked }: Pick<DeskWork, 'done' | 'refused' | 'asked'>,
): Promise<CommandOutcome> {
  const unknown = refused.filter(({ code }) => code === 'unknown-alarm').map(({ id }) => id);
  const closed = unknown.length > 0 ? await knownAlarms(trx, unknown) : new Set<string>();
  const reasons = refused.map((r) => (closed.has(r.id) ? { id: r.id, ...alarmClosed } : r));
  const first = reasons[0];
  if (done.length === 0 && asked.length === 0 && first && reasons.length === 1) {
    const { id: _, ...reason } = first;
    return { refused: reason };
  }
  return {
    done: true,
    changed: done,
    ...(reasons.length > 0 && { refused: reasons }),
    ...(asked.length > 0 && { asked }),
  };
}
