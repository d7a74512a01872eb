import type { Refusal } from '../../devices/contract/command.ts';
import type { LeavingTicket, Watch } from '../../devices/contract/watch.ts';

const refusal = (code: string, zh: string, en: string): Refusal => ({ code, zh, en });

/** Said to a role that watches no seat. */
export const mayNotWatch = (role: string): Refusal =>
  refusal('not-your-role', `您的角色（${role}）不在席位值守`, `your role (${role}) watches no seat`);
/** Said to whoever would end another's watch without being a supervisor. */
export const mayNotEnd = refusal(
  'not-your-role',
  '只有值班长和管理员可以代为结束值守',
  'only supervisors and administrators end the watch of another',
);
/** Said of a seat that the city does not have. */
export const unknownSeat = (id: string, known: readonly string[]): Refusal =>
  refusal(
    'unknown-seat',
    `没有席位“${id}”；有：${known.join('、')}`,
    `there is no seat "${id}"; there is ${known.join(', ')}`,
  );
/** Said of a seat at which somebody is. */
export const seatTaken = ({ by }: Watch): Refusal =>
  refusal(
    'seat-taken',
    `${by.name} 正在此席值守：请由其交班，或由值班长代为结束`,
    `${by.name} is on watch here: let him hand over, or a supervisor end his watch`,
  );
/** Said to whoever is there already. */
export const alreadyOn = refusal('already-on-watch', '您已在此席值守', 'you are on watch here already');
/** Said of a seat at which nobody is. */
export const nobodyOn = refusal('nobody-on-watch', '此席现在无人值守：请直接签到', 'nobody is on watch here: sign on');
/** Said to whoever is not the one on watch. */
export const notOnWatch = ({ by }: Watch): Refusal =>
  refusal(
    'not-on-watch',
    `此席由 ${by.name} 值守，须由其本人交班`,
    `${by.name} is on watch here: he hands over himself`,
  );
/** Said of a seat that must not be left. */
export const mustBeFollowed = refusal(
  'must-be-followed',
  '此席此时必须有人值守：请交班给接班人，不能直接签退',
  'somebody must be at this seat at this hour: hand over to whoever comes, do not sign off',
);
/** Said of a hand-over that was taken, replaced, or never was. */
export const notOffered = refusal(
  'not-offered',
  '没有这份待接班的交班单：可能已被接收或已重新起草',
  'no such hand-over waits: it was taken, or drafted anew',
);
/** Said to whoever would sign for both. */
export const sameHands = refusal(
  'same-person',
  '交班和接班必须由两个人签字',
  'a hand-over is signed by two persons: you cannot take over from yourself',
);
/** Said while what becomes of a ticket is not decided. */
export const undecided = (tickets: readonly LeavingTicket[]): Refusal => {
  const listed = tickets.slice(0, 20).map(({ no, owner }) => ({ no, owner: owner.name }));
  const more = tickets.length - listed.length;
  return refusal(
    'tickets-undecided',
    `${tickets.length} 张工单的经办人将离岗，须先逐张决定（留办、交回或转交）：${listed.map(({ no, owner }) => `${no}（${owner}）`).join('、')}${more > 0 ? `，另有 ${more} 张` : ''}`,
    `the owners of ${tickets.length} tickets go off duty: say of each whether it is kept, handed back or given to somebody: ${listed.map(({ no, owner }) => `${no} (${owner})`).join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  );
};
/** Said of a decision about a ticket that nobody leaves. */
export const notLeaving = (id: string): Refusal =>
  refusal(
    'not-leaving',
    `工单 ${id} 的经办人并未离岗，无须决定`,
    `the owner of ticket ${id} does not go: there is nothing to decide`,
  );
/** Said of a person whom the duty list does not hold. */
export const unknownPerson = (id: string): Refusal =>
  refusal('unknown-person', `责任清单中没有人员 ${id}`, `the duty list holds no person ${id}`);
/** Said of a ticket that nobody could go on with. */
export const nobodyThere = ({ no }: LeavingTicket): Refusal =>
  refusal(
    'nobody-there',
    `工单 ${no} 所在岗位此时没有其他人在岗，交回后无人接手：请转交给具体的人，或留办`,
    `nobody else is on duty where ticket ${no} lies, so nobody would go on with it: give it to a person, or keep it`,
  );
