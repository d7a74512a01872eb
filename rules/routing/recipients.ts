import { type Concern, concerns, seatsOf } from '../../devices/city/seats.ts';
import type { City } from '../../devices/contract/city.ts';
import type { Person } from '../../devices/contract/duty.ts';
import type { Reach, Recipient } from '../../devices/contract/notice.ts';
import { personAddress, seatAddress } from '../../devices/contract/pages.ts';

/** Channels whose address is the person's telephone where none is given. */
const byPhone: ReadonlySet<string> = new Set(['sms', 'voice']);

/**
 * A person as somebody to be told. Pages first, as nothing is nearer to whoever sits before one; then the person's own ladder.
 * A channel without an address is left out, but for those that the person or the telephone stands for.
 */
export function recipientOf(person: Person, wave: number, seats: readonly string[] = []): Recipient {
  const pages: Reach[] = [...seats.map(seatAddress), personAddress(person.id)].map((address) => ({
    channel: 'page',
    address,
  }));
  const others = person.channels.flatMap(({ kind, address }): Reach[] => {
    if (kind === 'page') return [];
    if (kind === 'web-push') return [{ channel: kind, address: person.id }];
    const found = address ?? (byPhone.has(kind) ? person.phone : undefined);
    const mention = person.phone === undefined ? {} : { mention: person.phone };
    return found === undefined
      ? []
      : [{ channel: kind, address: found, ...(byPhone.has(kind) || kind === 'mail' ? {} : mention) }];
  });
  return {
    kind: 'person',
    id: person.id,
    name: person.name,
    language: person.language,
    reach: [...pages, ...others],
    quietHours: person.quiet?.[0] ?? null,
    wave,
  };
}

/** The open pages of a seat as somebody to be told, whoever sits there. */
export const seatRecipient = (city: Pick<City, 'seats'>, id: string, wave: number): Recipient => ({
  kind: 'seat',
  id: seatAddress(id),
  name: seatsOf(city).find((seat) => seat.id === id)?.name.zh ?? id,
  language: 'zh',
  reach: [{ channel: 'page', address: seatAddress(id) }],
  quietHours: null,
  wave,
});

/** Seats that something concerns. A drowning alarm does not ring at gas. */
export const seatsFor = (city: Pick<City, 'seats'>, concern: Concern): string[] =>
  seatsOf(city).flatMap((seat) => (concerns(seat, concern) ? [seat.id] : []));
