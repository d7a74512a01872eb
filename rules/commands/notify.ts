import type { Transaction } from 'kysely';
import type { Command, CommandOutcome, Refusal } from '../../devices/contract/command.ts';
import type { Person } from '../../devices/contract/duty.ts';
import type { Notice } from '../../devices/contract/notice.ts';
import type { ActorRole } from '../../devices/contract/roles.ts';
import { suggestion } from '../../devices/registry/did-you-mean.ts';
import { recipientOf } from '../routing/recipients.ts';
import type { RulesTables } from '../store/migrations.ts';
import { writeNotices } from '../store/notice-store.ts';

export type NotifyCommand = Extract<Command, { type: 'notify.test' }>;

export const isNotifyCommand = (command: Command): command is NotifyCommand => command.type === 'notify.test';

const mayTest: readonly ActorRole[] = ['admin', 'supervisor', 'system'];
const mayNotTest: Refusal = {
  code: 'not-allowed',
  zh: '只有管理员和值班长可以发送测试通知',
  en: 'only administrators and supervisors may send a test notice',
};

const unknownPerson = (id: string, known: Iterable<string>): Refusal => {
  const meant = suggestion(id, [...known]);
  return {
    code: 'unknown-person',
    zh: `责任清单里没有人员“${id}”${meant.zh}`,
    en: `the duty list knows no person "${id}"${meant.en}`,
  };
};

/** Sends one person a notice by the whole ladder of its priority, marked as a drill. `changed` names the notice. */
export async function executeNotifyTest(
  trx: Transaction<RulesTables>,
  { id, actor, person: wanted, priority }: NotifyCommand,
  persons: ReadonlyMap<string, Person>,
  now: number,
): Promise<CommandOutcome> {
  if (!mayTest.includes(actor.role)) return { refused: mayNotTest };
  const person = persons.get(wanted);
  if (!person) return { refused: unknownPerson(wanted, persons.keys()) };
  const notice: Notice = {
    id: `test/${id}`,
    at: now,
    priority,
    hazard: null,
    area: null,
    categories: [],
    subject: { kind: 'test', id },
    title: { zh: '测试通知，无需处理', en: 'Test notice: nothing to do' },
    body: {
      zh: `由${actor.name}发出，用来检查能否通知到${person.name}。按“我来处理”即结束。`,
      en: `Sent by ${actor.name} to see whether ${person.name} can be reached. Taking it up ends it.`,
    },
    link: '/',
    mark: 'drill',
    to: [recipientOf(person, 0)],
    handledAt: null,
    handledBy: null,
  };
  await writeNotices(trx, [notice]);
  return { done: true, changed: [notice.id] };
}
