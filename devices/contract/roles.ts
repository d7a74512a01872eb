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
