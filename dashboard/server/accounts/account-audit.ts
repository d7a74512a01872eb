import type { Kysely, Transaction } from 'kysely';
import { appendAudit } from '../../../devices/audit/append-audit.ts';
import { subjectsOf } from '../../../devices/audit/subjects.ts';
import { type AccountTables, type SignInOutcome, signInContent } from './tables.ts';

/** Who changes an account: somebody at a page, or at the command line. */
export interface Changer {
  readonly id: string;
  readonly name: string;
  readonly via: 'page' | 'token' | 'cli' | 'system';
}

/** Where nobody is named it was somebody with the right to the data folder, at the command line. */
export const atTheCommandLine: Changer = { id: 'cli', name: 'cli', via: 'cli' };

/** One line of who came and who was turned away. */
export interface SignInRecord {
  readonly at: number;
  readonly account: string;
  readonly address: string;
  readonly outcome: SignInOutcome;
}

type AccountChange =
  | { readonly type: 'account.add'; readonly account: string; readonly role: string }
  | { readonly type: 'account.password' | 'account.remove'; readonly account: string }
  | { readonly type: 'token.new'; readonly token: string; readonly name: string; readonly role: string }
  | { readonly type: 'token.revoke'; readonly token: string }
  | { readonly type: 'photo.add'; readonly photo: string; readonly bytes: number }
  | { readonly type: 'photo.remove'; readonly photo: string };

/** Chains a sign-in, a sign-out or who was turned away. */
export async function noteSignIn(
  trx: Transaction<AccountTables>,
  at: number,
  signIn: Omit<SignInRecord, 'at'>,
): Promise<void> {
  await appendAudit(trx, { at, command: '', ...signInContent(signIn) }, [{ kind: 'account', id: signIn.account }]);
}

/** Chains a change of an account, a token or a picture, in the transaction that makes it. No secret goes in. */
export async function noteChange(
  trx: Transaction<AccountTables>,
  at: number,
  { type, ...what }: AccountChange,
  by: Changer,
): Promise<void> {
  const changed = 'account' in what ? what.account : 'token' in what ? what.token : what.photo;
  const outcome = { done: true, changed: [changed] };
  const actor = { actor_id: by.id, actor_name: by.name, via: by.via };
  const texts = { body: JSON.stringify(what), outcome: JSON.stringify(outcome) };
  await appendAudit(trx, { at, command: '', type, ...actor, ...texts }, subjectsOf(what, outcome));
}

/** Sign-ins and sign-outs, newest first; `before` (ms) leaves later ones out. */
export async function signInRecords(
  db: Kysely<AccountTables>,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<readonly SignInRecord[]> {
  let rows = db.selectFrom('audit').select(['at', 'type', 'body']).where('type', 'like', 'session.%');
  if (before !== undefined) rows = rows.where('at', '<', before);
  const found = await rows.orderBy('at', 'desc').orderBy('seq', 'desc').limit(limit).execute();
  return found.map(({ at, type, body }) => ({
    at,
    ...(JSON.parse(body) as Pick<SignInRecord, 'account' | 'address'>),
    outcome: type.slice('session.'.length) as SignInOutcome,
  }));
}
