import type { Message } from './channel.ts';
import { notice, TEN } from './notice-bench.ts';
import { allowedHosts } from './outgoing/allowed-hosts.ts';
import { poster } from './outgoing/post.ts';

/** Speaks to loopback, where the tests' far sides are. */
export const loopback = allowedHosts(['127.0.0.0/8']);
export const loopbackPost = poster(loopback);
export const worldNow = () => TEN;

/** A gas alarm for one address. */
export const message = (over: Partial<Message> = {}): Message => ({
  key: 'k1/raised/mira/sms/1',
  short: '0a1b2c3d',
  mayRepeat: false,
  channel: 'sms',
  address: '13800000001',
  mentions: [],
  language: 'zh',
  priority: 'P1',
  title: 'P1 燃气浓度达到二级',
  text: '一号厨房 46 %LEL，限值 40 %LEL\n编号 0a1b2c3d',
  link: 'https://yanshao.example/alarms/k1',
  carries: [{ delivery: 'k1/raised/mira/sms/1', notice: notice() }],
  ...over,
});

/** A signal that ends after so many milliseconds of the world. */
export const within = (ms: number): AbortSignal => AbortSignal.timeout(ms);
