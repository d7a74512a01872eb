/** What somebody is to the platform. The command line is an administrator; what the platform asks of itself is `system`. */
export const actorRoles = ['admin', 'supervisor', 'duty', 'viewer', 'system'] as const;
export type ActorRole = (typeof actorRoles)[number];
