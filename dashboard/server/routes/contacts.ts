import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SiteContactsBody } from '../../../devices/contract/api.ts';
import { registryPutSchema } from '../../../devices/contract/command.ts';
import { contactSchema } from '../../../devices/contract/contact.ts';
import { contactSeenBy, textSeenBy } from '../../../devices/privacy/seen-contact.ts';
import { whomToCall } from '../../../devices/registry/reach.ts';
import { zoneOf } from '../../../kit/local-time.ts';
import type { Role } from '../accounts/tables.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import { actorOf, type ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';

const tags = ['registry'];
/** Who keeps the list of whom to call at a site. */
const mayKeep: readonly Role[] = ['admin', 'supervisor', 'dispatcher', 'duty'];
const params = z.object({ id: z.string() });

/** Whom to call about a site, and the keeping of that list. The list as a whole is with the registry's other lists. */
export function contactRoutes(base: FastifyInstance, context: ServerContext): void {
  const { registry, clock, city, demo } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();
  const ask = asking(context);

  app.get(
    '/api/v1/sites/:id/contacts',
    {
      config: { answer: bodies.siteContacts, finds: true },
      schema: { tags, summary: 'Whom to call about a site: who can be reached at this hour first', params },
    },
    async (request, reply) => {
      const site = registry.site(request.params.id);
      if (!site) return problem(reply, 404, refusals.notFound('site', request.params.id));
      const { role } = actorOf(request);
      const ofSite = [...registry.beside.of('contact').values()].filter((one) => one.site === site.id);
      const called = whomToCall(ofSite, zoneOf(city.city.timeZone).local(clock.now()));
      const body: SiteContactsBody = {
        items: called.map(({ contact, now }) => ({ contact: contactSeenBy(role, contact), now })),
        text: site.contact === undefined ? null : textSeenBy(role, site.contact),
      };
      return body;
    },
  );

  const config = { answer: bodies.outcome, roles: mayKeep };
  app.put(
    '/api/v1/contacts',
    {
      config,
      schema: {
        tags,
        summary: 'Write contacts of sites: all of them, or none where one does not hold',
        body: z.object({ contacts: z.array(contactSchema).min(1).max(1000), commandId }),
      },
    },
    (request, reply) => {
      const { contacts, commandId } = request.body;
      const put = registryPutSchema.parse({ contacts: contacts.map((one) => ({ ...one, demo: demo !== null })) });
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'registry.put', put }), commandId);
    },
  );

  app.delete(
    '/api/v1/contacts/:id',
    { config, schema: { tags, summary: 'Take a contact of a site away', params } },
    (request, reply) =>
      ask(request, reply, (envelope) => ({
        ...envelope,
        type: 'registry.remove',
        kind: 'contact',
        ids: [request.params.id],
      })),
  );
}
