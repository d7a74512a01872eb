import type { ChannelKind } from '../../../devices/contract/notify-policy.ts';
import type { Channel, Limit, Message, SendResult } from '../channel.ts';

/** Keeps what it was given; for tests and demonstrations. */
export interface MemoryChannel extends Channel {
  readonly messages: readonly Message[];
  /** What it answers from now on; a promise holds the message on its way. */
  answers(how: (message: Message) => SendResult | Promise<SendResult>): void;
}

export function memoryChannel(
  kind: ChannelKind,
  { limits = [], line }: { limits?: readonly Limit[]; line?: (address: string) => string } = {},
): MemoryChannel {
  const messages: Message[] = [];
  let answer: (message: Message) => SendResult | Promise<SendResult> = () => ({ kind: 'sent' });
  return {
    kind,
    gathers: kind !== 'page',
    line: line ?? (() => kind),
    limits: () => limits,
    messages,
    async send(message) {
      messages.push(message);
      return answer(message);
    },
    answers(how) {
      answer = how;
    },
  };
}
