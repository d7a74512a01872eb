import type { Kysely } from 'kysely';
import type { Command, CommandOutcome } from '../../devices/contract/command.ts';
import type { OverrideAsk, PersonsOverride, Point } from '../../devices/contract/overrides.ts';
import type { AsideSpan } from '../backtest/hidden.ts';
import { parseAlarmId } from '../judge/identity.ts';
import type { RulesTables } from './migrations.ts';

/** What people did that lays something aside or takes it up again, or a one-shot shelf that ended with its alarm. */
type Act =
  | { readonly at: number; readonly command: Command; readonly outcome: CommandOutcome }
  | { readonly at: number; readonly unshelved: string };

const types = ['shelve', 'unshelve', 'out-of-service', 'return-to-service', 'confirm'];

/** When people had points aside within [from, to), as the audit tells it: what was asked, confirmed, ended, or ran out. */
export async function asideHistory(db: Kysely<RulesTables>, from: number, to: number): Promise<readonly AsideSpan[]> {
  const commands = await db
    .selectFrom('audit')
    .select(['body', 'outcome'])
    .where('type', 'in', types)
    .where('at', '<', to)
    .orderBy('seq')
    .execute();
  const ends = await db
    .selectFrom('alarm_events')
    .select(['alarm', 'at'])
    .where('kind', '=', 'unshelved')
    .where('at', '<', to)
    .orderBy('seq')
    .execute();
  const acts: Act[] = [
    ...commands.map(({ body, outcome }) => {
      const command = JSON.parse(body) as Command;
      return { at: command.at, command, outcome: JSON.parse(outcome) as CommandOutcome };
    }),
    ...ends.map(({ alarm, at }) => ({ at: Number(at), unshelved: alarm })),
  ];
  const spans = asideSpans(acts.sort((a, b) => a.at - b.at));
  return spans.filter((span) => span.from < to && span.to > from);
}

/** Acts in the order of time as spans; what nobody ended stands until its own end, or still. */
export function asideSpans(acts: readonly Act[]): AsideSpan[] {
  const open = new Map<string, AsideSpan>();
  const over: AsideSpan[] = [];
  const asks = new Map<string, OverrideAsk>();
  const end = ({ device, rule }: Point, kind: Kind, at: number): void => {
    const key = `${device} ${rule ?? ''} ${kind}`;
    const standing = open.get(key);
    if (standing) over.push({ ...standing, to: Math.min(standing.to, at) });
    open.delete(key);
  };
  const begin = ({ device, rule }: Point, kind: Kind, from: number, to: number | null): void => {
    end({ device, rule }, kind, from);
    open.set(`${device} ${rule ?? ''} ${kind}`, { device, rule, from, to: to ?? Number.POSITIVE_INFINITY });
  };
  for (const act of acts) {
    if ('unshelved' in act) {
      const point = parseAlarmId(act.unshelved);
      if (point) end(point, 'shelved', act.at);
    } else if ('done' in act.outcome) {
      for (const ask of act.outcome.asked ?? []) asks.set(ask.id, ask);
      carryOut(act.command, act.outcome, asks, begin, end);
    }
  }
  return [...over, ...open.values()];
}

type Kind = PersonsOverride['kind'];
type Done = Extract<CommandOutcome, { readonly done: true }>;

function carryOut(
  command: Command,
  { asked = [], refused = [] }: Done,
  asks: ReadonlyMap<string, OverrideAsk>,
  begin: (point: Point, kind: Kind, from: number, to: number | null) => void,
  end: (point: Point, kind: Kind, at: number) => void,
): void {
  const { at } = command;
  const waits = ({ device, rule }: Point) => asked.some((ask) => ask.device === device && ask.rule === rule);
  switch (command.type) {
    case 'shelve':
      for (const id of command.alarms) {
        const point = parseAlarmId(id);
        if (!point || waits(point) || refused.some((one) => one.id === id)) continue;
        begin(point, 'shelved', at, at + command.minutes * 60_000);
      }
      return;
    case 'out-of-service':
      if (!waits(command)) begin(command, 'out-of-service', at, command.until);
      return;
    case 'confirm': {
      const ask = asks.get(command.ask);
      if (!ask) return;
      const { wants } = ask;
      begin(ask, wants.kind, at, wants.kind === 'shelved' ? at + wants.minutes * 60_000 : wants.until);
      return;
    }
    case 'unshelve':
      end(command, 'shelved', at);
      return;
    case 'return-to-service':
      end(command, 'out-of-service', at);
      return;
  }
}
