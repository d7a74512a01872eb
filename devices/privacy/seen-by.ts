import type { ActorRole } from '../contract/roles.ts';

/** What tells of a person: his telephone number, where exactly he was, his face. */
export type Personal = 'phone' | 'place' | 'face';

/** Who needs it for the work in hand: whoever sends people out, and answers for it. Everybody else gets it masked. */
const seenBy: Readonly<Record<Personal, readonly ActorRole[]>> = {
  phone: ['admin', 'supervisor', 'duty', 'dispatcher', 'inspector', 'system'],
  place: ['admin', 'supervisor', 'duty', 'dispatcher', 'inspector', 'system'],
  face: ['admin', 'supervisor', 'duty', 'dispatcher', 'inspector', 'system'],
};

/** Whether a role sees such a thing as it is. A role that is not known sees it masked. */
export const maySee = (role: string, what: Personal): boolean => (seenBy[what] as readonly string[]).includes(role);
