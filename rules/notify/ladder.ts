import type { Priority } from '../../devices/contract/alarm.ts';
import { type Delivery, deliveryKey, type Notice, type Recipient } from '../../devices/contract/notice.ts';
import type { ChannelKind, NotifyPolicy } from '../../devices/contract/notify-policy.ts';
import { quietUntil } from './quiet-hours.ts';

/** What the ladder is climbed by. */
export interface LadderRules {
  readonly policy: NotifyPolicy;
  /** What the city's clocks are ahead of UTC at a moment, ms. */
  offset(at: number): number;
  /** Channels that this platform has; a rung of another is left out. */
  readonly channels: ReadonlySet<ChannelKind>;
}

/** What is to be done about a notice now. */
export interface Advance {
  /** New deliveries, in the order in which they are to go. */
  readonly send: readonly Delivery[];
  /** Who is not disturbed before the end of quiet hours, ms. */
  readonly held: readonly { readonly person: string; readonly until: number }[];
  /** Who was to be told and has no address on any rung. */
  readonly unreachable: readonly string[];
  /** When to look again if nothing else happens, ms; null: never, the ladder has come to its end. */
  readonly lookAt: number | null;
}

const nothing: Advance = { send: [], held: [], unreachable: [], lookAt: null };
const robots: readonly ChannelKind[] = ['wecom', 'dingtalk', 'feishu'];

/** True once somebody acted, whether the platform was told or the message itself was answered. */
export const isHandled = (
  notice: Pick<Notice, 'handledAt'>,
  deliveries: readonly Pick<Delivery, 'accepted'>[],
): boolean => notice.handledAt !== null || deliveries.some(({ accepted }) => accepted !== null);

/**
 * Climbs the ladder of one notice. The same notice, deliveries and moment always give the same answer, so a process that dies
 * before it wrote the answer down finds it again, and one that wrote it finds nothing left to do.
 *
 * - A rung that failed gives way to the next at once; one without a receipt of delivery after `silentS`.
 * - `againMin` after a round began it is begun again from the first rung, and the next wave is called, until somebody acts.
 * - A wave in which nobody can be reached, or everybody is in quiet hours, does not hold up the next.
 * - A wait that can no longer be measured, because the clock was set back, counts as over: rather once too often than never.
 *
 * @param deliveries all of this notice, by person in the order of their steps
 * @param now platform time, ms
 */
export function advance(notice: Notice, deliveries: readonly Delivery[], rules: LadderRules, now: number): Advance {
  if (isHandled(notice, deliveries)) return nothing;
  const byPerson = Map.groupBy(deliveries, ({ person }) => person);
  const waves = Map.groupBy(notice.to, ({ wave }) => wave);
  const calls: Call[] = [];
  for (const wave of [...waves.keys()].sort((a, b) => a - b)) {
    const called = waves
      .get(wave)!
      .map((recipient) => call(notice, recipient, byPerson.get(recipient.id) ?? [], rules, now));
    calls.push(...called);
    if (!called.every(({ passed }) => passed)) break;
  }
  const looks = calls.flatMap(({ lookAt }) => lookAt ?? []);
  return {
    send: calls.flatMap(({ send }) => send),
    held: calls.flatMap(({ held }) => held ?? []),
    unreachable: calls.flatMap(({ unreachable }) => unreachable ?? []),
    lookAt: looks.length > 0 ? Math.min(...looks) : null,
  };
}

/** What one person's ladder asks for now. */
interface Call {
  readonly send: readonly Delivery[];
  readonly held?: { readonly person: string; readonly until: number };
  readonly unreachable?: string;
  readonly lookAt: number | null;
  /** The next wave need not wait for this person any longer. */
  readonly passed: boolean;
}

function call(notice: Notice, to: Recipient, own: readonly Delivery[], rules: LadderRules, now: number): Call {
  const rungs = rungsOf(to, notice.priority, rules);
  if (rungs.length === 0) return { send: [], unreachable: to.id, lookAt: null, passed: true };
  const policy = rules.policy[notice.priority];
  const round = own.at(-1)?.round ?? -1;
  const inRound = own.filter((one) => one.round === round);
  const again = round < 0 ? now : ends(inRound[0]!.due, policy.againMin * 60_000, now);
  if (again <= now) {
    const last = policy.rounds !== null && round + 1 >= policy.rounds;
    if (last) return { send: [], lookAt: null, passed: true };
    return begin(notice, to, own, { round: round + 1, rung: 0 }, rungs, rules, now);
  }
  const passed = round > 0 || inRound.every(hasTrouble);
  const next = nextRung(inRound, policy.silentS * 1000, now);
  if (next.rung >= rungs.length) return { send: [], lookAt: again, passed };
  if (next.at > now) return { send: [], lookAt: Math.min(again, next.at), passed };
  return begin(notice, to, own, { round, rung: next.rung }, rungs, rules, now);
}

/** The rung after the last one tried, and when it is its turn; never where something has reached the person. */
function nextRung(inRound: readonly Delivery[], silentMs: number, now: number): { rung: number; at: number } {
  const last = inRound.at(-1)!;
  const tried = inRound.filter(({ rung }) => rung === last.rung);
  const rung = last.rung + 1;
  if (inRound.some(hasArrived)) return { rung, at: Number.POSITIVE_INFINITY };
  return { rung, at: tried.every(hasTrouble) ? now : ends(last.due, silentMs, now) };
}

/** Puts the addresses of one rung on their way, or holds them for the end of quiet hours. */
function begin(
  notice: Notice,
  to: Recipient,
  own: readonly Delivery[],
  { round, rung }: { round: number; rung: number },
  rungs: readonly (readonly number[])[],
  rules: LadderRules,
  now: number,
): Call {
  const policy = rules.policy[notice.priority];
  const holds = 'heldInQuietHours' in policy && policy.heldInQuietHours;
  const until = holds ? quietUntil(to.quietHours, now, rules.offset) : null;
  if (until !== null) return { send: [], held: { person: to.id, until }, lookAt: until, passed: true };
  const send = rungs[rung]!.map((reach, i) =>
    newDelivery(notice.id, to, { reach, round, rung, step: own.length + 1 + i, due: now }),
  );
  const lookAt = now + Math.min(policy.silentS * 1000, policy.againMin * 60_000);
  return { send, lookAt, passed: round > 0 };
}

/** Addresses by rung, as indexes into the recipient's `reach`; rungs without any are left out. */
function rungsOf(to: Recipient, priority: Priority, { policy, channels }: LadderRules): number[][] {
  return policy[priority].rungs
    .map((rung) => {
      const named = (Array.isArray(rung) ? rung : [rung]).flatMap((name) => (name === 'robot' ? robots : [name]));
      return named.flatMap((channel) =>
        to.reach.flatMap((reach, i) => (reach.channel === channel && channels.has(channel) ? [i] : [])),
      );
    })
    .filter((rung) => rung.length > 0);
}

function newDelivery(
  notice: string,
  to: Recipient,
  at: Pick<Delivery, 'reach' | 'round' | 'rung' | 'step' | 'due'>,
): Delivery {
  const { channel } = to.reach[at.reach]!;
  return {
    key: deliveryKey({ notice, person: to.id, channel, step: at.step }),
    notice,
    person: to.id,
    channel,
    ...at,
    state: 'due',
    sent: null,
    delivered: null,
    seen: null,
    accepted: null,
    failed: null,
    reason: null,
    attempts: 0,
    troubledAt: null,
    retryAt: at.due,
    mayRepeat: false,
    message: null,
    farId: null,
  };
}

const hasArrived = ({ delivered, seen }: Delivery): boolean => delivered !== null || seen !== null;
/** A message that arrived all the same is no trouble. */
const hasTrouble = (one: Delivery): boolean => (one.failed !== null || one.troubledAt !== null) && !hasArrived(one);

/** When a wait ends; at once where the clock shows a time before it began. */
const ends = (began: number, ms: number, now: number): number => (now < began ? now : began + ms);
