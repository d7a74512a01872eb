import type { ChannelKind } from '../../../devices/contract/notify-policy.ts';
import type { Channel, Limit, Message, SendResult } from '../channel.ts';
import type { Outgoing, Post } from './post.ts';
import { parseObject, strangeAnswer, toResult } from './to-result.ts';

/** A robot in a group chat, as configured. */
export interface Robot {
  /** What recipients' addresses name. */
  readonly name: string;
  /** Its webhook; whoever knows it can speak in the group. */
  readonly url: string;
  /** Signs what is sent, where the robot was set up so. */
  readonly secret?: string;
}

/** How one kind of robot is spoken to. */
export interface RobotKind {
  readonly kind: Extract<ChannelKind, 'wecom' | 'dingtalk' | 'feishu'>;
  readonly limits: readonly Limit[];
  /** @param now world time, ms: it is part of signatures */
  toRequest(robot: Robot, message: Message, now: number): Outgoing;
  /** What its answer says; undefined where it makes no sense. */
  judge(answer: Record<string, unknown>, host: string): SendResult | undefined;
}

/** Robots of one kind, by their names. @param worldNow ms; a demonstration's clock would break signatures */
export function robotChannel(
  { kind, limits, toRequest, judge }: RobotKind,
  robots: readonly Robot[],
  post: Post,
  worldNow: () => number,
): Channel {
  const byName = new Map(robots.map((robot) => [robot.name, robot]));
  return {
    kind,
    gathers: true,
    line: (name) => `${kind}:${name}`,
    limits: () => limits,
    async send(message, signal) {
      const robot = byName.get(message.address);
      if (!robot) return noSuchRobot(kind, message.address);
      const { host } = new URL(robot.url);
      const outcome = await post(toRequest(robot, message, worldNow()), signal);
      return toResult(outcome, host, worldNow(), ({ body }) => {
        const answer = parseObject(body);
        return (answer && judge(answer, host)) ?? strangeAnswer(host);
      });
    },
  };
}

const noSuchRobot = (kind: string, name: string): SendResult => ({
  kind: 'refused',
  reason: `没有名为“${name}”的 ${kind} 机器人 / no ${kind} robot is named "${name}"`,
  whose: 'address',
});

/**
 * The lines of a message as plain text: foreign text is shown as text, so that a device's name can neither call everybody nor hide
 * a link. Cut at `mostBytes` of UTF-8, which the robots count.
 */
export function plainText({ title, text, link }: Message, mostBytes: number, last = ''): string {
  const head = harmless(title);
  const end = [link, last].filter((line) => line !== '').join('\n');
  const room = mostBytes - Buffer.byteLength(`${head}\n\n${end}`);
  return [head, cut(harmless(text), room), end].filter((part) => part !== '').join('\n');
}

/** Tags like `<at …>` and `<@…>` are what calls people. */
const harmless = (text: string): string => text.replaceAll('<', '＜').replaceAll('>', '＞');

export function cut(text: string, mostBytes: number): string {
  if (Buffer.byteLength(text) <= mostBytes) return text;
  const bytes = Buffer.from(text).subarray(0, Math.max(0, mostBytes - 3));
  // What the cut left of a character in several bytes reads as U+FFFD.
  return `${bytes.toString('utf8').replace(/\uFFFD+$/, '')}…`;
}

export const jsonRequest = (url: string, body: unknown): Outgoing => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});
