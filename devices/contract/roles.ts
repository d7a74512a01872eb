/**
 * What somebody is to the platform. The command line is an administrator; what the platform asks of itself is `system`.
 * `dispatcher` sends tickets out, `handler` goes out and acts, `inspector` verifies and looks again, `manager` reads figures.
 */
export const actorRoles = [
  'admin',
  'supervisor',
  'duty',
  'dispatcher',
  'handler',
  'inspector',
  'manager',
  'viewer',
  'system',
] as const;
export type ActorRole = (typeof actorRoles)[number];

/** Roles that a person's account or an API token may have. */
export type AccountRole = Exclude<ActorRole, 'system'>;
export const accountRoles: readonly AccountRole[] = actorRoles.filter((role) => role !== 'system');

/** Who acts on alarms: acknowledges, judges, puts aside, decides on standards. */
export const deskRoles: readonly AccountRole[] = ['admin', 'supervisor', 'duty'];
/** Who acts on tickets at all; which step is whose, devices/tickets/hands.ts says. */
export const ticketRoles: readonly AccountRole[] = [...deskRoles, 'dispatcher', 'handler', 'inspector'];

/** Whether a role acts on alarms. */
export const actsOnAlarms = (role: string | undefined): boolean =>
  (deskRoles as readonly string[]).includes(role ?? '');
/** Whether a role acts on tickets. */
export const actsOnTickets = (role: string | undefined): boolean =>
  (ticketRoles as readonly string[]).includes(role ?? '');

/** The office of supervision: works out, decides appeals, publishes, changes weights. */
export const officeRoles: readonly AccountRole[] = ['admin', 'supervisor', 'manager'];
/** Who may appeal a number, or promise something: everybody who works here. */
export const scoredRoles: readonly AccountRole[] = [...ticketRoles, 'manager'];
/** Whether a role is of the office of supervision. */
export const actsOnScores = (role: string | undefined): boolean =>
  (officeRoles as readonly string[]).includes(role ?? '');
/** Whether a role may appeal or promise. */
export const mayAppeal = (role: string | undefined): boolean => (scoredRoles as readonly string[]).includes(role ?? '');
