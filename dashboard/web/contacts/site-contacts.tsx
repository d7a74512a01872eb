import type { SiteContactsBody } from '../../../devices/contract/api.ts';
import { type Reachable, reachText } from '../../../devices/registry/reach.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useFetched } from '../ui/use-fetched.ts';
import './contacts.css';

/** Who can be reached changes with the hour. */
const LOOK_AGAIN_MS = 60_000;

/** Who opens the door of a site now: those who can be reached at this hour first, with numbers to tap. */
export function SiteContacts({ site }: { site: string | null | undefined }) {
  const texts = useTexts();
  const path = site ? `/sites/${encodeURIComponent(site)}/contacts` : null;
  const { body } = useFetched<SiteContactsBody>(path, LOOK_AGAIN_MS);
  if (!body || (body.items.length === 0 && body.text === null)) return null;
  return (
    <section className="box" aria-label={texts('contacts.title')}>
      <h2>{texts('contacts.title')}</h2>
      <ul className="contacts">
        {body.items.map((one) => (
          <Person key={one.contact.id} {...one} />
        ))}
        {body.text !== null && <li className="contact small muted">{body.text}</li>}
      </ul>
    </section>
  );
}

function Person({ contact, now }: Reachable) {
  const texts = useTexts();
  const { name, nameEn, role, phone, hours } = contact;
  const masked = phone.includes('*');
  return (
    <li className={now ? 'contact' : 'contact faint'}>
      <span>
        <b>{(texts.language === 'en' && nameEn) || name}</b>{' '}
        <span className="small muted">{texts(`contacts.role.${role}`)}</span>
      </span>
      <span className="grow" />
      {masked ? <span>{phone}</span> : <a href={`tel:${phone.replace(/[^+\d]/g, '')}`}>{phone}</a>}
      <span className="contact-hours small muted">
        {now ? texts('contacts.now') : texts('contacts.later')} ·{' '}
        {hoursText(hours.map(reachText), texts('contacts.any'))}
      </span>
    </li>
  );
}

const hoursText = (hours: readonly string[], any: string): string => (hours.length === 0 ? any : hours.join('; '));
