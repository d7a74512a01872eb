import { type Contact, contactSchema } from '../../devices/contract/contact.ts';
import type { ContactRole } from '../../devices/contract/contact-roles.ts';
import type { Site } from '../../devices/contract/registry.ts';

interface Invented {
  readonly role: ContactRole;
  readonly zh: string;
  readonly en: string;
  readonly hours: Contact['hours'];
}

/** By day whoever owns the place, in the night whoever has the key, and the caretaker at any hour. */
const invented: readonly Invented[] = [
  { role: 'owner', zh: '店主', en: 'Owner', hours: [{ from: '09:00', to: '21:30' }] },
  { role: 'door-opener', zh: '夜间开门人', en: 'Opens at night', hours: [{ from: '21:30', to: '09:00' }] },
  { role: 'property', zh: '物业值班', en: 'Caretaker', hours: [] },
];
/** Nobody owns a regulating station as one does a shop. */
const ownerOfStation = { zh: '站点负责人', en: 'Station keeper' };

/** The contacts of a site of the demonstration. Nobody of them lives, and their numbers ring nobody. */
export const contactsOf = ({ id, kind }: Site, nth: number): Contact[] =>
  invented.map(({ role, zh, en, hours }, i) => {
    const name = role === 'owner' && kind !== 'restaurant' ? ownerOfStation : { zh, en };
    return contactSchema.parse({
      id: `${id}.${role}`,
      site: id,
      name: `${name.zh}（虚构）`,
      nameEn: `${name.en} (invented)`,
      role,
      phone: `0000-${String(300_000 + nth * invented.length + i)}`,
      hours,
      order: i + 1,
      demo: true,
    });
  });
