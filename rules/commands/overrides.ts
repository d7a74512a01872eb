import type { Alarm } from '../../devices/contract/alarm.ts';
import type { AlarmPolicy } from '../../devices/contract/city.ts';
import type { Actor, Command, Refusal } from '../../devices/contract/command.ts';
import type { OverrideAsk, PersonsOverride, Point, StandingOverride } from '../../devices/contract/overrides.ts';
import type { PersonOf } from '../../devices/duty/same-person.ts';
import { unknownAlarm } from '../engine/alarm-desk.ts';
import type { Engine, Risk } from '../engine/engine.ts';
import { alarmsAt, noteAsk, putAside, takeUp, wordsOf } from '../engine/put-aside.ts';
import { gravest, needsSecondPerson, whyNotSecond, whyTooLong } from './policy.ts';
import { lapsedAsk, notStanding, unknownAsk, unknownPoint } from './refusals.ts';

type Of<T extends Command['type']> = Extract<Command, { type: T }>;
export type OverrideCommand = Of<
  'shelve' | 'unshelve' | 'out-of-service' | 'return-to-service' | 'confirm' | 'decline'
>;
export type Wanted = OverrideAsk['wants'];

/** What a request about one point came to. */
export type Answer =
  | { readonly changed: readonly string[] }
  | { readonly asked: OverrideAsk }
  | { readonly refused: Refusal };

export interface OverrideParts {
  readonly engine: Pick<Engine, 'desk' | 'overrides' | 'risksOf'>;
  readonly policy: AlarmPolicy;
  /** Which accounts are one person's. */
  readonly personOf: PersonOf;
}

/** Shelves one alarm's point, or asks for it where nobody does so alone. `askId` names the request. */
export function shelve(parts: OverrideParts, id: string, command: Of<'shelve'>, askId: string): Answer {
  const { engine, policy } = parts;
  const alarm = engine.desk.byId(id);
  if (!alarm) return { refused: unknownAlarm };
  const refused = whyNotShelve(alarm, command.oneShot) ?? whyTooLong(policy, alarm, command.minutes);
  if (refused) return { refused };
  const { minutes, oneShot, reason } = command;
  const point = { device: alarm.device, rule: alarm.rule };
  return wish(parts, point, { kind: 'shelved', minutes, oneShot, reason }, alarm, command, askId);
}

function whyNotShelve(alarm: Alarm, oneShot: boolean): Refusal | null {
  if (alarm.lane === 'history') return pastNeedsNoShelf;
  return oneShot && !alarm.active ? alreadyReturned : null;
}

/** Takes a point or a whole device out of service, or asks for it. */
export function outOfService(parts: OverrideParts, command: Of<'out-of-service'>, askId: string): Answer {
  const { engine, policy } = parts;
  const { device, rule, workOrder, reason, until, at } = command;
  if (until !== null && until <= at) return { refused: endsInThePast };
  const open = rule === null ? [] : alarmsAt(engine.desk, { device, rule });
  const risks = rule === null ? engine.risksOf(device) : open.length > 0 ? open : null;
  if (!risks) return { refused: rule === null ? unknownPoint(device) : unknownAlarm };
  return wish(
    parts,
    { device, rule },
    { kind: 'out-of-service', workOrder, reason, until },
    gravest(policy, risks),
    command,
    askId,
  );
}

/** A wish takes effect at once, or waits for the second person. */
function wish(
  parts: OverrideParts,
  point: Point,
  wants: Wanted,
  risk: Risk,
  { actor, at }: Pick<Command, 'actor' | 'at'>,
  id: string,
): Answer {
  const { engine, policy } = parts;
  if (!needsSecondPerson(policy, risk)) return { changed: effect(parts, point, wants, actor, null, at) };
  const before = engine.overrides.askedAt(point, wants.kind);
  if (before) return { refused: alreadyAsked(before) };
  const asked: OverrideAsk = {
    id,
    ...point,
    at,
    lapses: at + policy.confirmWithinMinutes * 60_000,
    by: { id: actor.id, name: actor.name, role: actor.role },
    priority: risk.priority,
    hazard: risk.hazard,
    wants,
  };
  engine.overrides.ask(asked);
  noteAsk(engine, asked, at, wordsOf(overrideOf(wants, actor, null, at)), { kind: 'asked', actor: actor.name });
  return { asked };
}

function effect(
  { engine }: OverrideParts,
  point: Point,
  wants: Wanted,
  by: Pick<Actor, 'name'>,
  confirmedBy: string | null,
  at: number,
): readonly string[] {
  return putAside(engine, { ...point, at, override: overrideOf(wants, by, confirmedBy, at) }, by.name);
}

function overrideOf(wants: Wanted, by: Pick<Actor, 'name'>, confirmedBy: string | null, at: number): PersonsOverride {
  const { reason } = wants;
  return wants.kind === 'shelved'
    ? { kind: 'shelved', until: at + wants.minutes * 60_000, oneShot: wants.oneShot, by: by.name, confirmedBy, reason }
    : { kind: 'out-of-service', workOrder: wants.workOrder, by: by.name, confirmedBy, reason, until: wants.until };
}

/** Ends an override: whoever shows an alarm again needs nobody beside him. */
export function end(
  { engine }: OverrideParts,
  point: Point,
  kind: PersonsOverride['kind'],
  { actor, at }: Pick<Command, 'actor' | 'at'>,
): Answer {
  const standing: StandingOverride | undefined = engine.overrides.at(point, kind);
  if (!standing) return { refused: notStanding(kind) };
  return {
    changed: takeUp(
      engine,
      standing,
      at,
      actor.name,
      kind === 'shelved' ? '取消搁置 / unshelved' : '恢复使用 / returned to service',
    ),
  };
}

/** The second person's answer. A refused one leaves the request standing, for somebody who may. */
export function answer(parts: OverrideParts, command: Of<'confirm' | 'decline'>): Answer {
  const { overrides } = parts.engine;
  const { actor, at } = command;
  const ask = overrides.asked(command.ask);
  if (!ask) return { refused: unknownAsk };
  if (at >= ask.lapses) return { refused: lapsedAsk };
  if (command.type === 'decline') {
    overrides.answered(ask.id);
    noteAsk(parts.engine, ask, at, `未同意 / declined${command.note ? `: ${command.note}` : ''}`, {
      actor: actor.name,
    });
    return { changed: [] };
  }
  const refused = whyNotSecond(ask, actor, parts.personOf) ?? whyNotNow(parts, ask, at);
  if (refused) return { refused };
  overrides.answered(ask.id);
  return { changed: effect(parts, ask, ask.wants, ask.by, actor.name, at) };
}

/** What has become pointless between the request and its confirmation. */
function whyNotNow({ engine }: OverrideParts, ask: OverrideAsk, at: number): Refusal | null {
  if (ask.wants.kind === 'shelved')
    return ask.wants.oneShot && !alarmsAt(engine.desk, ask).some(({ active }) => active) ? alreadyReturned : null;
  return ask.wants.until !== null && ask.wants.until <= at ? endsInThePast : null;
}

const alreadyReturned: Refusal = {
  code: 'already-returned',
  zh: '告警已恢复：单次搁置随恢复而止，没有可搁置的',
  en: 'the alarm has returned: a one-shot shelf ends with the return, so there is nothing to shelve',
};
const pastNeedsNoShelf: Refusal = {
  code: 'past-needs-no-shelf',
  zh: '这是迟到数据中的告警，不会响铃：请研判，不必搁置',
  en: 'this was found in late data and rings for nobody: give it a verdict instead of a shelf',
};
const endsInThePast: Refusal = {
  code: 'ends-in-the-past',
  zh: '结束时间已过：请给出将来的时间，或不填',
  en: 'it would end in the past: give a time to come, or none',
};
const alreadyAsked = ({ by }: OverrideAsk): Refusal => ({
  code: 'already-asked',
  zh: `${by.name} 已提出同样的请求，正等待二次确认`,
  en: `${by.name} has asked for it already; it waits for the second person`,
});
