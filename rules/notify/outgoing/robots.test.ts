import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FarSide, farSide, type HeardRequest, type Reply } from '../../../test/support/far-side.ts';
import { dingtalkRobot } from '../dingtalk/dingtalk-robot.ts';
import { feishuRobot } from '../feishu/feishu-robot.ts';
import { loopbackPost, message, within, worldNow } from '../message-bench.ts';
import { wecomRobot } from '../wecom/wecom-robot.ts';
import { type RobotKind, robotChannel } from './robot.ts';

const secret = 'SEC000000000000000000000';
const hourMs = 3_600_000;
const says = (body: unknown): Reply => ({ body: JSON.stringify(body) });
const read = ({ body }: HeardRequest) => JSON.parse(body.toString('utf8')) as Record<string, never>;

/** What the robots' own servers check. */
const wecomServer = (request: HeardRequest): Reply => {
  if (request.query.get('key') !== 'the-key')
    return says({
      errcode: 93000,
      errmsg: 'invalid webhook url, hint: [1], from ip: 1.2.3.4, more info at https://open',
    });
  const { msgtype, text } = read(request) as unknown as { msgtype: string; text: { content: string } };
  if (msgtype !== 'text') return says({ errcode: 40008, errmsg: 'invalid message type' });
  if (Buffer.byteLength(text.content) > 2048) return says({ errcode: 40058, errmsg: 'content exceed max length 2048' });
  return says({ errcode: 0, errmsg: 'ok' });
};
const dingtalkServer = (request: HeardRequest): Reply => {
  const timestamp = Number(request.query.get('timestamp'));
  const expected = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  if (Math.abs(timestamp - worldNow()) > hourMs || request.query.get('sign') !== expected)
    return says({ errcode: 310000, errmsg: 'sign not match' });
  return says({ errcode: 0, errmsg: 'ok' });
};
const feishuServer = (request: HeardRequest): Reply => {
  const { timestamp, sign } = read(request) as unknown as { timestamp: string; sign: string };
  const expected = createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
  if (Math.abs(Number(timestamp) * 1000 - worldNow()) > hourMs || sign !== expected)
    return says({ code: 19021, msg: 'sign match fail or timestamp is not within one hour from current time' });
  return says({ code: 0, msg: 'success', data: {} });
};

let far: FarSide;
beforeEach(async () => {
  far = await farSide();
});
afterEach(() => far.stop());

const channelOf = (kind: RobotKind, path: string, signedWith = secret) =>
  robotChannel(kind, [{ name: 'gas-group', url: `${far.url}${path}`, secret: signedWith }], loopbackPost, worldNow);
const toGroup = (over = {}) => message({ address: 'gas-group', mentions: ['13800000001'], ...over });

describe('企业微信', () => {
  it('takes a text that calls a member by telephone number', async () => {
    far.answers(wecomServer);
    const sent = await channelOf(wecomRobot, '/cgi-bin/webhook/send?key=the-key').send(toGroup(), within(5000));
    expect(sent).toEqual({ kind: 'sent' });
    expect(read(far.heard[0]!)).toEqual({
      msgtype: 'text',
      text: {
        content:
          'P1 燃气浓度达到二级\n一号厨房 46 %LEL，限值 40 %LEL\n编号 0a1b2c3d\nhttps://yanshao.example/alarms/k1',
        mentioned_mobile_list: ['13800000001'],
      },
    });
  });

  it('gets no more bytes than it takes, and the link is among them', async () => {
    far.answers(wecomServer);
    const channel = channelOf(wecomRobot, '/cgi-bin/webhook/send?key=the-key');
    expect(await channel.send(toGroup({ text: '漏'.repeat(5000) }), within(5000))).toEqual({ kind: 'sent' });
    const { text } = read(far.heard[0]!) as unknown as { text: { content: string } };
    expect(text.content).toMatch(/漏…\nhttps:\/\/yanshao\.example\/alarms\/k1$/);
  });

  it('says that its key is wrong, without our address', async () => {
    far.answers(wecomServer);
    const sent = await channelOf(wecomRobot, '/cgi-bin/webhook/send?key=another').send(toGroup(), within(5000));
    expect(sent).toMatchObject({
      kind: 'refused',
      whose: 'channel',
      reason: expect.stringMatching(/errcode 93000 invalid webhook url$/),
    });
  });

  it('shows foreign text as text: a device named like a tag calls nobody', async () => {
    far.answers(wecomServer);
    await channelOf(wecomRobot, '/send?key=the-key').send(toGroup({ title: '<@all> 厨房' }), within(5000));
    expect(far.heard[0]!.body.toString()).not.toContain('<@all>');
  });
});

describe('钉钉', () => {
  it('takes a signed text that names whom it calls', async () => {
    far.answers(dingtalkServer);
    const sent = await channelOf(dingtalkRobot, '/robot/send?access_token=t').send(toGroup(), within(5000));
    expect(sent).toEqual({ kind: 'sent' });
    const body = read(far.heard[0]!) as unknown as { msgtype: string; text: { content: string }; at: unknown };
    expect(far.heard[0]!.query.get('access_token')).toBe('t');
    expect(body.msgtype).toBe('text');
    expect(body.text.content.split('\n').at(-1)).toBe('@13800000001');
    expect(body.at).toEqual({ atMobiles: ['13800000001'], isAtAll: false });
  });

  it('says that the signature does not match', async () => {
    far.answers(dingtalkServer);
    const sent = await channelOf(dingtalkRobot, '/robot/send?access_token=t', 'another').send(toGroup(), within(5000));
    expect(sent).toMatchObject({
      kind: 'refused',
      whose: 'channel',
      reason: expect.stringContaining('310000 sign not match'),
    });
  });

  it.each([
    ['with an errcode', { errcode: 130101, errmsg: 'send too fast, exceed 20 times per minute' }],
    ['without one', { status: 1111, wait: 5, source: 'x5', punish: 'deny' }],
  ])('shuts out for ten minutes, %s', async (_, answer) => {
    far.answers(says(answer));
    const sent = await channelOf(dingtalkRobot, '/robot/send?access_token=t').send(toGroup(), within(5000));
    expect(sent).toMatchObject({ kind: 'limited', afterMs: 600_000 });
  });
});

describe('飞书', () => {
  it('takes a signed text that calls a member by open id', async () => {
    far.answers(feishuServer);
    const sent = await channelOf(feishuRobot, '/open-apis/bot/v2/hook/x').send(
      toGroup({ mentions: ['ou_18eac85d'] }),
      within(5000),
    );
    expect(sent).toEqual({ kind: 'sent' });
    const body = read(far.heard[0]!) as unknown as { msg_type: string; content: { text: string } };
    expect(body.msg_type).toBe('text');
    expect(body.content.text.split('\n').at(-1)).toBe('<at user_id="ou_18eac85d"></at>');
  });

  it('says that the signature does not match', async () => {
    far.answers(feishuServer);
    const sent = await channelOf(feishuRobot, '/hook/x', 'another').send(toGroup(), within(5000));
    expect(sent).toMatchObject({ kind: 'refused', whose: 'channel', reason: expect.stringContaining('code 19021') });
  });

  it.each([
    ['under load', says({ code: 11232, msg: 'frequency limited' }), 60_000],
    [
      'by HTTP 429',
      { status: 429, headers: { 'x-ogw-ratelimit-reset': '52' }, body: '{"code":99991400}' } as Reply,
      52_000,
    ],
  ])('limits %s', async (_, reply, afterMs) => {
    far.answers(reply);
    const sent = await channelOf(feishuRobot, '/hook/x').send(toGroup(), within(5000));
    expect(sent).toMatchObject({ kind: 'limited', afterMs });
  });
});

describe.each([
  ['wecom', wecomRobot],
  ['dingtalk', dingtalkRobot],
  ['feishu', feishuRobot],
] as const)('whatever goes wrong with %s', (_, kind) => {
  it.each<[string, Reply, object]>([
    [
      'never answers',
      'silence',
      { kind: 'trouble', uncertain: true, reason: expect.stringContaining('no answer in time') },
    ],
    ['hangs up', 'reset', { kind: 'trouble', uncertain: true, reason: expect.stringContaining('ECONNRESET') }],
    ['begins an answer and never ends it', 'half-an-answer', { kind: 'trouble', uncertain: true }],
    ['answers 500', { status: 500 }, { kind: 'trouble', uncertain: true }],
    [
      'is not available for 30 s',
      { status: 503, headers: { 'retry-after': '30' } },
      { kind: 'trouble', uncertain: false, afterMs: 30_000 },
    ],
    ['answers 429', { status: 429, headers: { 'retry-after': '7' } }, { kind: 'limited', afterMs: 7000 }],
    ['answers what is no JSON', { body: '<html>' }, { kind: 'trouble', uncertain: true }],
    ['answers JSON of another kind', { body: '{"ok":true}' }, { kind: 'trouble', uncertain: true }],
    ['answers without end', { body: 'x'.repeat(70_000) }, { kind: 'trouble', uncertain: true }],
    [
      'sends us elsewhere',
      { status: 302, headers: { location: 'http://127.0.0.1/elsewhere' } },
      { kind: 'refused', whose: 'channel' },
    ],
  ])('it %s: said as it is, without the address of its webhook', async (_, reply, expected) => {
    far.answers(reply);
    const sent = await channelOf(kind, '/hook?key=the-key').send(toGroup(), within(400));
    expect(sent).toMatchObject(expected);
    expect(JSON.stringify(sent)).not.toMatch(/the-key|\/hook/);
    expect(far.heard).toHaveLength(1);
  });

  it('it is not there: nothing arrived', async () => {
    const gone = channelOf(kind, '/hook');
    await far.stop();
    expect(await gone.send(toGroup(), within(5000))).toMatchObject({ kind: 'trouble', uncertain: false });
  });

  it('nobody has configured it: the name is said', async () => {
    const sent = await channelOf(kind, '/hook').send(toGroup({ address: 'nobody' }), within(5000));
    expect(sent).toMatchObject({ kind: 'refused', whose: 'address', reason: expect.stringContaining('“nobody”') });
  });
});
