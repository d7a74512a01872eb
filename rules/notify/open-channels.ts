import { readFile } from 'node:fs/promises';
import type { ChannelKind } from '../../devices/contract/notify-policy.ts';
import type { Channel } from './channel.ts';
import { dingtalkRobot } from './dingtalk/dingtalk-robot.ts';
import { feishuRobot } from './feishu/feishu-robot.ts';
import { gatewayChannel } from './gateway/gateway-channel.ts';
import { mailChannel } from './mail/mail-channel.ts';
import type { NotifyFile } from './notify-config.ts';
import { allowedHosts, wellKnownHosts } from './outgoing/allowed-hosts.ts';
import { poster } from './outgoing/post.ts';
import { type RobotKind, robotChannel } from './outgoing/robot.ts';
import { pageChannel, type TellPages } from './page/page-channel.ts';
import { vapidKeys } from './web-push/vapid.ts';
import { type PushSubscriptions, webPushChannel } from './web-push/web-push-channel.ts';
import { wecomRobot } from './wecom/wecom-robot.ts';

export interface ChannelParts {
  readonly file: NotifyFile;
  /** Hosts beside the {@link wellKnownHosts}, as listed in the settings. */
  readonly hosts: readonly string[];
  /** Where the keys of web push are kept. */
  readonly dataDir: string;
  readonly tellPages: TellPages;
  readonly subscriptions: PushSubscriptions;
  /** A demonstration reaches its own pages and nobody else. */
  readonly demo: boolean;
  /** World time, ms; signatures of robots depend on it. */
  readonly worldNow?: () => number;
}

/** Every channel that this platform has. Nothing is spoken to yet. */
export async function openChannels(parts: ChannelParts): Promise<ReadonlyMap<ChannelKind, Channel>> {
  const { file, demo, dataDir, subscriptions, worldNow = Date.now } = parts;
  const page = pageChannel(parts.tellPages);
  // A simulated leak must never wake a real person (design.md, rule 10).
  if (demo) return new Map([['page', page]]);
  const allowed = allowedHosts([...wellKnownHosts, ...parts.hosts]);
  const post = poster(allowed);
  const robots = (kind: RobotKind): Channel[] => {
    const named = Object.entries(file[kind.kind]).map(([name, robot]) => ({ name, ...robot }));
    return named.length > 0 ? [robotChannel(kind, named, post, worldNow)] : [];
  };
  const { sms, voice, mail, webPush } = file;
  const channels: Channel[] = [page, ...robots(wecomRobot), ...robots(dingtalkRobot), ...robots(feishuRobot)];
  if (sms) channels.push(gatewayChannel('sms', sms, post, worldNow));
  if (voice) channels.push(gatewayChannel('voice', voice, post, worldNow));
  if (mail) channels.push(mailChannel({ ...mail, ca: mail.ca && (await readFile(mail.ca, 'utf8')) }, allowed));
  if (webPush) {
    const vapid = await vapidKeys(dataDir);
    channels.push(webPushChannel({ subscriptions, vapid, contact: webPush.contact, post, worldNow }));
  }
  return new Map(channels.map((channel) => [channel.kind, channel]));
}
