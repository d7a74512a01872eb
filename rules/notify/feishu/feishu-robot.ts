import { createHmac } from 'node:crypto';
import type { Message } from '../channel.ts';
import { jsonRequest, plainText, type RobotKind } from '../outgoing/robot.ts';

/** Too often; the second is also what a platform under load answers on the full hour. */
const tooOften = [9499, 11232, 99991400];

/**
 * 飞书自定义机器人: `POST https://open.feishu.cn/open-apis/bot/v2/hook/…` with `{timestamp, sign, msg_type: 'text', content: {text}}`;
 * the whole up to 20 KB. `sign` is Base64 of HMAC-SHA256 over nothing, with `<timestamp in s>\n<secret>` as key; the timestamp may be
 * an hour off. At most 100 messages a minute and 5 a second. The outcome is `code` in the body: 19021 is a wrong signature, 19022 a
 * wrong address, 19024 a missing keyword. Members are called by open id, not by telephone. It has no key against repeats and no
 * receipt. Source: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot ; limits of HTTP 429:
 * https://open.feishu.cn/document/server-docs/api-call-guide/frequency-control
 */
export const feishuRobot: RobotKind = {
  kind: 'feishu',
  limits: [
    { count: 100, perMs: 60_000 },
    { count: 5, perMs: 1000 },
  ],
  toRequest({ url, secret }, message, now) {
    const timestamp = String(Math.floor(now / 1000));
    return jsonRequest(url, {
      ...(secret && { timestamp, sign: feishuSign(secret, timestamp) }),
      msg_type: 'text',
      content: { text: plainText(message, 8000, called(message)) },
    });
  },
  judge({ code, msg }, host) {
    if (typeof code !== 'number') return undefined;
    if (code === 0) return { kind: 'sent' };
    const reason = `${host}: code ${code} ${String(msg ?? '').slice(0, 200)}`;
    return tooOften.includes(code)
      ? { kind: 'limited', reason, afterMs: 60_000 }
      : { kind: 'refused', reason, whose: 'channel' };
  },
};

const called = ({ mentions }: Message): string =>
  mentions
    .filter((id) => /^\w+$/.test(id))
    .map((id) => `<at user_id="${id}"></at>`)
    .join(' ');

/** @param timestamp world time, s */
export const feishuSign = (secret: string, timestamp: string): string =>
  createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
