import type { Contact } from '../contract/contact.ts';
import type { Site } from '../contract/registry.ts';
import { maskedPhone, withoutPhones } from './mask.ts';
import { maySee } from './seen-by.ts';

/** A site's contact as a role may see it: numbers are for whoever sends people out. */
export const contactSeenBy = (role: string, contact: Contact): Contact =>
  maySee(role, 'phone') ? contact : { ...contact, phone: maskedPhone(contact.phone) };

/** Words about a contact, in which there may be a number. */
export const textSeenBy = (role: string, text: string): string =>
  maySee(role, 'phone') ? text : (withoutPhones(text) as string);

/** A site as a role may see it: its words of contact may hold a number. */
export const siteSeenBy = (role: string, site: Site): Site =>
  site.contact === undefined ? site : { ...site, contact: textSeenBy(role, site.contact) };
