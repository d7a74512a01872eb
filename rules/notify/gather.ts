import type { Channel } from './channel.ts';
import { byUrgency, messageKey, type Waiting } from './compose.ts';

/** What goes to one address in one message. */
export interface Batch {
  readonly channel: Channel;
  readonly address: string;
  /** What fails together with it, {@link Channel.line}. */
  readonly line: string;
  /** Key of the message. */
  readonly key: string;
  /** Most urgent first. */
  readonly waiting: readonly Waiting[];
}

export const addressOf = ({ delivery, to }: Waiting): string => to.reach[delivery.reach]?.address ?? '';

/**
 * What waits, as the messages that it becomes, most urgent first. One address gets one message for all that waits for it, where
 * its channel gathers. What may have arrived before stays the message it was, so that its key is the same again.
 */
export function gather(waiting: readonly Waiting[], channelOf: (one: Waiting) => Channel): Batch[] {
  const groups = Map.groupBy(waiting.toSorted(byUrgency), (one) => {
    const { channel, message, key } = one.delivery;
    if (message !== null) return `${channel} ${message}`;
    return channelOf(one).gathers ? `${channel} to ${addressOf(one)}` : `${channel} ${key}`;
  });
  return [...groups.values()].map((group) => {
    const channel = channelOf(group[0]!);
    const address = addressOf(group[0]!);
    const key = group[0]!.delivery.message ?? messageKey(group.map(({ delivery }) => delivery));
    return { channel, address, line: channel.line(address), key, waiting: group };
  });
}
