import type { Delivery, Notice, Reach, Recipient } from '../../devices/contract/notice.ts';
import { channelKinds, notifyPolicySchema } from '../../devices/contract/notify-policy.ts';
import { advance, type LadderRules } from './ladder.ts';

const minute = 60_000;
/** Monday 30 November 2026, 10:00 in the city of the bench, which is eight hours ahead of UTC. */
export const TEN = Date.UTC(2026, 10, 30, 2);

export const benchRules: LadderRules = {
  policy: notifyPolicySchema.parse({}),
  offset: () => 8 * 60 * minute,
  channels: new Set(channelKinds),
};

/** Somebody with an address on every rung, or on those named. */
export function person(id: string, over: Partial<Recipient> = {}): Recipient {
  const reach: Reach[] = [
    { channel: 'page', address: id },
    { channel: 'web-push', address: id },
    { channel: 'wecom', address: 'gas-group', mention: '13800000001' },
    { channel: 'sms', address: '13800000001' },
    { channel: 'voice', address: '13800000001' },
    { channel: 'mail', address: `${id}@example.com` },
  ];
  return { kind: 'person', id, name: id, language: 'zh', reach, quietHours: null, wave: 0, ...over };
}

/** Only these channels of somebody. */
export const by = (...channels: Reach['channel'][]): Pick<Recipient, 'reach'> => ({
  reach: person('x').reach.filter(({ channel }) => channels.includes(channel)),
});

/** A gas alarm in a kitchen, raised at ten. */
export function notice(over: Partial<Notice> = {}): Notice {
  return {
    id: 'k1/G05-14.com-l2/1/raised',
    at: TEN,
    priority: 'P1',
    hazard: 'gas',
    area: null,
    categories: ['G05'],
    subject: { kind: 'alarm', id: 'k1/G05-14.com-l2/1' },
    title: { zh: '燃气浓度达到二级', en: 'Gas at level 2' },
    body: { zh: '一号厨房 46 %LEL，限值 40 %LEL', en: 'Kitchen 1: 46 %LEL, limit 40 %LEL' },
    link: '/alarms/k1',
    mark: null,
    to: [person('mira')],
    handledAt: null,
    handledBy: null,
    ...over,
  };
}

/** One notice whose ladder is climbed by a clock set by hand, without anything being sent. */
export function ladderBench(about: Notice, rules: LadderRules = benchRules) {
  let now = about.at;
  let current = about;
  const deliveries: Delivery[] = [];
  const log: string[] = [];
  const look = () => {
    const next = advance(current, deliveries, rules, now);
    deliveries.push(...next.send);
    for (const { person: who, channel } of next.send) log.push(`${clockOf(now - about.at)} ${who} ${channel}`);
    return next;
  };
  const change = (who: string, channel: string, to: (one: Delivery) => Partial<Delivery>) => {
    const i = deliveries.findLastIndex((one) => one.person === who && one.channel === channel);
    deliveries[i] = { ...deliveries[i]!, ...to(deliveries[i]!) };
  };
  return {
    log,
    deliveries,
    look,
    /** Moves the clock, backwards too. */
    jump(ms: number) {
      now += ms;
    },
    /** Lets `ms` pass, looking whenever the ladder asked for it. */
    passes(ms: number) {
      const until = now + ms;
      for (let next = look().lookAt; next !== null && next <= until; next = look().lookAt) now = next;
      now = until;
    },
    fails: (who: string, channel: string) => change(who, channel, () => ({ troubledAt: now })),
    arrives: (who: string, channel: string) => change(who, channel, () => ({ delivered: now })),
    accepts: (who: string, channel: string) => change(who, channel, () => ({ accepted: now })),
    acts() {
      current = { ...current, handledAt: now };
    },
  };
}

/** `mm:ss` of a duration. */
export const clockOf = (ms: number): string =>
  `${String(Math.floor(ms / minute)).padStart(2, '0')}:${String(Math.floor((ms % minute) / 1000)).padStart(2, '0')}`;
