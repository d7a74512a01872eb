import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ServerContext } from '../context.ts';
import { problem } from '../problem.ts';
import { pushBodies } from '../push-bodies.ts';

const statusOf = { sender: 403, body: 400, message: 404 } as const;
const params = z.object({
  channel: z.enum(['sms', 'voice']),
  token: z.string().min(1).max(200).describe('`receipt.token` of notify.yaml'),
});

/** Delivery reports of gateways of SMS and voice (docs/notification.md). */
export async function reportRoutes(base: FastifyInstance, { notify }: ServerContext): Promise<void> {
  // A scope of its own: no other route takes forms.
  await base.register(async (scope) => {
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, text, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(text)))),
    );
    scope.withTypeProvider<ZodTypeProvider>().post(
      '/api/v1/notices/reports/:channel/:token',
      {
        config: { public: true, answer: pushBodies.report, rateLimit: { max: 600, timeWindow: '1 minute' } },
        schema: {
          tags: ['notices'],
          summary:
            'What became of messages, told by the gateway that carried them; JSON or a form, as its template says',
          description:
            'The same report again changes nothing. 403: token or sender; 400: no line can be read; 404: no such message (yet), send it again later.',
          params,
        },
      },
      async (request, reply) => {
        const { channel, token } = request.params;
        const heard = await notify.report({ channel, token, from: request.ip, body: request.body });
        if ('refused' in heard) return problem(reply, statusOf[heard.whose], heard.refused);
        const { answer, ...counted } = heard;
        return answer === undefined
          ? counted
          : reply.type(isJson(answer) ? 'application/json' : 'text/plain').send(answer);
      },
    );
  });
}

const isJson = (text: string): boolean => /^\s*[[{]/.test(text);
