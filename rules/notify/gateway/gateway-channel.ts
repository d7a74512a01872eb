import type { Channel, Message, SendResult } from '../channel.ts';
import type { Outcome, Post } from '../outgoing/post.ts';
import { strangeAnswer, toResult } from '../outgoing/to-result.ts';
import { at, fillTemplate, type GatewayTemplate } from './template.ts';

/** SMS or voice by the city's own gateway. @param worldNow ms */
export function gatewayChannel(
  kind: 'sms' | 'voice',
  template: GatewayTemplate,
  post: Post,
  worldNow: () => number,
): Channel {
  return {
    kind,
    gathers: true,
    line: () => kind,
    limits: () => [],
    async send(message: Message, signal): Promise<SendResult> {
      const request = fillTemplate(template, message);
      const host = URL.parse(request.url)?.host ?? kind;
      const outcome = await post(request, signal);
      const taken = outcome.kind === 'answer' && template.success.status.includes(outcome.status);
      return taken ? judge(template, outcome, host) : toResult(outcome, host, worldNow(), notAsPromised(host));
    },
  };
}

/** A status of success that the template does not count as one. */
const notAsPromised = (host: string) => (answer: { status: number }) =>
  ({ kind: 'refused', reason: `${host}: HTTP ${answer.status}`, whose: 'channel' }) as const;

function judge(
  { success, messageId }: GatewayTemplate,
  { body }: Extract<Outcome, { kind: 'answer' }>,
  host: string,
): SendResult {
  const answer = parse(body);
  if (success.pointer !== undefined) {
    const said = at(answer, success.pointer);
    if (said === undefined) return strangeAnswer(host);
    if (!success.equals.includes(said as string)) {
      const reason = `${host}: ${success.pointer} = ${JSON.stringify(said).slice(0, 100)}`;
      return { kind: 'refused', reason, whose: 'address' };
    }
  }
  const farId = messageId === undefined ? undefined : at(answer, messageId);
  return typeof farId === 'string' || typeof farId === 'number'
    ? { kind: 'sent', farId: String(farId) }
    : { kind: 'sent' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
