import { jsonRequest, plainText, type RobotKind } from '../outgoing/robot.ts';

/** Too often, or too many at once. */
const tooOften = [45009, 45033];
const busy = -1;

/**
 * 企业微信群机器人: `POST …/cgi-bin/webhook/send?key=…` with `{msgtype: 'text', text: {content, mentioned_mobile_list}}`; content up to
 * 2,048 bytes; at most 20 messages a minute; the outcome is `errcode` in the body of a 200. It has no signature, no key against
 * repeats and no receipt. Only `text` calls members by telephone number.
 * Source: https://developer.work.weixin.qq.com/document/path/91770 ; 45009 “api freq out of limit”:
 * https://developer.work.weixin.qq.com/document/path/90455
 */
export const wecomRobot: RobotKind = {
  kind: 'wecom',
  limits: [{ count: 20, perMs: 60_000 }],
  toRequest: ({ url }, message) =>
    jsonRequest(url, {
      msgtype: 'text',
      text: {
        content: plainText(message, 2048),
        ...(message.mentions.length > 0 && { mentioned_mobile_list: message.mentions }),
      },
    }),
  judge({ errcode, errmsg }, host) {
    if (typeof errcode !== 'number') return undefined;
    if (errcode === 0) return { kind: 'sent' };
    const reason = `${host}: errcode ${errcode} ${shorten(errmsg)}`;
    if (tooOften.includes(errcode)) return { kind: 'limited', reason, afterMs: 60_000 };
    if (errcode === busy) return { kind: 'trouble', reason, uncertain: false };
    return { kind: 'refused', reason, whose: 'channel' };
  },
};

/** Their messages go on with a hint, our address and a link. */
const shorten = (errmsg: unknown): string =>
  String(errmsg ?? '')
    .split(/, hint|, from ip/)[0]!
    .slice(0, 200);
