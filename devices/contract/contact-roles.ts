/** What somebody is to a site: owns it, keeps its key, opens its door, or looks after the building (物业). */
export const contactRoles = ['door-opener', 'key-holder', 'owner', 'property'] as const;
export type ContactRole = (typeof contactRoles)[number];
