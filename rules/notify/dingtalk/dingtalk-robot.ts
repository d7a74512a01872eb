import { createHmac } from 'node:crypto';
import { jsonRequest, plainText, type RobotKind } from '../outgoing/robot.ts';

const tooOften = 130101;
const busy = -1;
const shutOutMs = 600_000;

/**
 * 钉钉自定义机器人: `POST https://oapi.dingtalk.com/robot/send?access_token=…&timestamp=…&sign=…` with `{msgtype: 'text', text: {content},
 * at: {atMobiles, isAtAll}}`; whoever is called must also stand in the text. `sign` is Base64 of HMAC-SHA256 over
 * `<timestamp in ms>\n<secret>` with the secret as key; the timestamp may be an hour off. At most 20 messages a minute, then the
 * robot is shut out for ten. The outcome is `errcode` in the body of a 200: 310000 is a wrong signature, keyword or address. It has
 * no key against repeats and no receipt.
 * Source: https://open.dingtalk.com/document/group/custom-robot-access
 */
export const dingtalkRobot: RobotKind = {
  kind: 'dingtalk',
  limits: [{ count: 20, perMs: 60_000 }],
  toRequest({ url, secret }, message, now) {
    const signed = new URL(url);
    if (secret) {
      signed.searchParams.set('timestamp', String(now));
      signed.searchParams.set('sign', dingtalkSign(secret, now));
    }
    const called = message.mentions.map((mobile) => `@${mobile}`).join(' ');
    return jsonRequest(signed.href, {
      msgtype: 'text',
      text: { content: plainText(message, 5000, called) },
      at: { atMobiles: message.mentions, isAtAll: false },
    });
  },
  judge({ errcode, errmsg, punish }, host) {
    // Shut out, it answers without an errcode, or with this one.
    if (punish === 'deny' || errcode === tooOften)
      return { kind: 'limited', reason: `${host}: 发送过于频繁 / sent too often`, afterMs: shutOutMs };
    if (typeof errcode !== 'number') return undefined;
    if (errcode === 0) return { kind: 'sent' };
    const reason = `${host}: errcode ${errcode} ${String(errmsg ?? '').slice(0, 200)}`;
    if (errcode === busy) return { kind: 'trouble', reason, uncertain: false };
    return { kind: 'refused', reason, whose: 'channel' };
  },
};

/** @param now world time, ms */
export const dingtalkSign = (secret: string, now: number): string =>
  createHmac('sha256', secret).update(`${now}\n${secret}`).digest('base64');
