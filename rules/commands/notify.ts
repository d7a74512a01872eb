import type { Transaction } from 'kysely';
import type { Command, CommandOutcome, Refusal } from '../../devices/contract/command.ts';
import type { Person } from '../../devices/contract/duty.ts';
import type { Notice } from '../../devices/contract/notice.ts';
import type { NotifyPolicy } from '../../devices/contract/notify-policy.ts';
import { browserAddress } from '../../devices/contract/push.ts';
import type { ActorRole } from '../../devices/contract/roles.ts';
import { suggestion } from '../../devices/registry/did-you-mean.ts';
import { recipientOf } from '../routing/recipients.ts';
import type { RulesTables } from '../store/migrations.ts';
import { actOnNotices, writeNotices } from '../store/notice-store.ts';
import { pushSubscriptionsOf } from '../store/push-store.ts';
import { noWebPush, type PushParts } from './push.ts';

export type NotifyCommand = Extract<Command, { type: 'notify.test' }>;

export const isNotifyCommand = (command: Command): command is NotifyCommand => command.type === 'notify.test';

const mayTest: readonly ActorRole[] = ['admin', 'supervisor', 'system'];
const mayNotTest: Refusal = {
  code: 'not-allowed',
  zh: '只有管理员和值班长可以给别人发送测试通知',
  en: 'only administrators and supervisors may send somebody else a test notice',
};

const unknownPerson = (id: string, known: Iterable<string>): Refusal => {
  const meant = suggestion(id, [...known]);
  return {
    code: 'unknown-person',
    zh: `责任清单里没有人员“${id}”${meant.zh}`,
    en: `the duty list knows no person "${id}"${meant.en}`,
  };
};
const browserGone: Refusal = {
  code: 'browser-gone',
  zh: '该浏览器没有有效的订阅：请在该浏览器中重新开启推送',
  en: 'this browser has no subscription in force: switch push on again in it',
};

interface TestParts extends PushParts {
  readonly policy: NotifyPolicy;
}

/**
 * Sends one person a notice marked as a drill: by the whole ladder of a priority, or to one browser alone, which its receipt ends.
 * Everybody may test himself. `changed` names the notice.
 */
export async function executeNotifyTest(
  trx: Transaction<RulesTables>,
  command: NotifyCommand,
  { persons, now, offered, policy }: TestParts,
): Promise<CommandOutcome> {
  const { id, actor, person: wanted, browser } = command;
  const person = persons.get(wanted);
  if (!mayTest.includes(actor.role) && person?.account !== actor.id) return { refused: mayNotTest };
  if (!person) return { refused: unknownPerson(wanted, persons.keys()) };
  if (browser === undefined) {
    await writeNotices(trx, [testNotice(command, person, now)]);
    return { done: true, changed: [`test/${id}`] };
  }
  const priority = leastWithPush(policy);
  if (!offered || !priority) return { refused: noWebPush };
  const address = browserAddress(person.id, browser);
  if ((await pushSubscriptionsOf(trx, address)).length === 0) return { refused: browserGone };
  const subject = { kind: 'test', id: browser } as const;
  // The one before asks no more.
  await actOnNotices(trx, { subject }, now, actor.name);
  const to = { ...recipientOf(person, 0), reach: [{ channel: 'web-push', address }], quietHours: null } as const;
  const notice = { ...testNotice(command, person, now), priority, subject, to: [to], link: '/mine', body: toBrowser };
  await writeNotices(trx, [notice]);
  return { done: true, changed: [`test/${id}`] };
}

/** The least urgent ladder that web push is on: a test is not tried for ever. */
const leastWithPush = (policy: NotifyPolicy): Notice['priority'] | undefined =>
  (['P4', 'P3', 'P2', 'P1'] as const).find((priority) => policy[priority].rungs.flat().includes('web-push'));

const toBrowser: Notice['body'] = {
  zh: '这个浏览器收得到通知。',
  en: 'This browser is reached by notices.',
};

const testNotice = ({ id, actor, priority }: NotifyCommand, person: Person, at: number): Notice => ({
  id: `test/${id}`,
  at,
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
});
