import type { Transaction } from 'kysely';
import type { Command, CommandOutcome, Refusal } from '../../devices/contract/command.ts';
import type { Person } from '../../devices/contract/duty.ts';
import type { RulesTables } from '../store/migrations.ts';
import { addPushSubscription, removePushSubscription } from '../store/push-store.ts';

export type PushCommand = Extract<Command, { type: 'notify.subscribe' | 'notify.unsubscribe' }>;

export const isPushCommand = (command: Command): command is PushCommand =>
  command.type === 'notify.subscribe' || command.type === 'notify.unsubscribe';

/** Whose account somebody acts with. */
export function personOf(persons: ReadonlyMap<string, Person>, account: string): Person | undefined {
  for (const person of persons.values()) if (person.account === account) return person;
  return undefined;
}

export const nobodysAccount = (account: string): Refusal => ({
  code: 'nobody',
  zh: `责任清单里没有人使用账号“${account}”，通知不会发给您：请管理员在人员记录中填写账号`,
  en: `nobody in the duty list has the account "${account}", so no notice is for you: ask an administrator to enter it with the person`,
});
export const noWebPush: Refusal = {
  code: 'no-web-push',
  zh: '本平台没有开启浏览器推送：请管理员在 notify.yaml 中填写 webPush',
  en: 'this platform sends no web push: an administrator adds webPush to notify.yaml',
};
const notYours = (id: string): Refusal => ({
  code: 'unknown-browser',
  zh: `您没有编号为“${id}”的浏览器`,
  en: `you have no browser with the id "${id}"`,
});

export interface PushParts {
  readonly persons: ReadonlyMap<string, Person>;
  /** False where this platform sends no web push. */
  readonly offered: boolean;
  readonly now: number;
}

/** Everybody subscribes and ends browsers of his own, and nobody those of another. `changed` names the browser. */
export async function executeOnBrowsers(
  trx: Transaction<RulesTables>,
  command: PushCommand,
  { persons, offered, now }: PushParts,
): Promise<CommandOutcome> {
  const person = personOf(persons, command.actor.id);
  if (!person) return { refused: nobodysAccount(command.actor.id) };
  if (command.type === 'notify.unsubscribe') {
    const { browser } = command;
    const had = await removePushSubscription(trx, person.id, browser);
    return had ? { done: true, changed: [browser] } : { refused: notYours(browser) };
  }
  if (!offered) return { refused: noWebPush };
  const { subscription, name } = command.browser;
  return { done: true, changed: [await addPushSubscription(trx, person.id, subscription, now, name)] };
}
