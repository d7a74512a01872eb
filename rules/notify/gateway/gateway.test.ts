import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FarSide, farSide, type Reply } from '../../../test/support/far-side.ts';
import { loopbackPost, message, within, worldNow } from '../message-bench.ts';
import { gatewayChannel } from './gateway-channel.ts';
import { knowsToken, mayReport, readReceipt } from './read-receipt.ts';
import { type GatewayTemplate, gatewaySchema } from './template.ts';

let far: FarSide;
beforeEach(async () => {
  far = await farSide();
});
afterEach(() => far.stop());

const sms = (over: Record<string, unknown> = {}): GatewayTemplate =>
  gatewaySchema.parse({
    url: `${far.url}/send`,
    headers: { authorization: 'Bearer a-secret' },
    json: { mobiles: ['{{to}}'], content: '{{content}}', clientRef: '{{key}}', urgent: true },
    success: { pointer: '/code', equals: [0, '0'] },
    messageId: '/data/msgId',
    ...over,
  });
const send = (template: GatewayTemplate, over = {}, ms = 5000) =>
  gatewayChannel('sms', template, loopbackPost, worldNow).send(message(over), within(ms));
const heard = () => far.heard[0]!;

describe('a gateway of SMS', () => {
  it('gets the body of its template, and its id of the message is kept', async () => {
    far.answers({ body: '{"code":0,"data":{"msgId":90071}}' });
    expect(await send(sms())).toEqual({ kind: 'sent', farId: '90071' });
    expect(heard().headers).toMatchObject({
      authorization: 'Bearer a-secret',
      'content-type': expect.stringContaining('json'),
    });
    expect(JSON.parse(heard().body.toString())).toEqual({
      mobiles: ['13800000001'],
      content: 'P1 燃气浓度达到二级\n一号厨房 46 %LEL，限值 40 %LEL\n编号 0a1b2c3d\nhttps://yanshao.example/alarms/k1',
      clientRef: 'k1/raised/mira/sms/1',
      urgent: true,
    });
  });

  const foreign = { title: 'P1 "厨房"\\\r\nX: y & <b> 50% + {{to}}' };
  it('cannot be broken out of by a device with a strange name: JSON', async () => {
    far.answers({ body: '{"code":0}' });
    await send(sms({ json: { content: '{{title}}' } }), foreign);
    expect(JSON.parse(heard().body.toString())).toEqual({ content: foreign.title });
  });

  it('cannot be broken out of: form', async () => {
    far.answers({ body: '{"code":0}' });
    await send(sms({ json: undefined, form: { mobile: '{{to}}', msg: '{{title}}' } }), foreign);
    const form = new URLSearchParams(heard().body.toString());
    expect([...form]).toEqual([
      ['mobile', '13800000001'],
      ['msg', foreign.title],
    ]);
  });

  it('cannot be broken out of: address and headers', async () => {
    far.answers({ body: '{"code":0}' });
    const template = sms({
      method: 'GET',
      json: undefined,
      url: `${far.url}/send?m={{title}}&to={{to}}`,
      headers: { 'x-title': '{{title}}' },
    });
    await send(template, foreign);
    expect(heard().method).toBe('GET');
    expect(heard().query.get('m')).toBe(foreign.title);
    expect(heard().query.get('to')).toBe('13800000001');
    expect(heard().headers['x-title']).not.toMatch(/[\r\n]/);
    expect(heard().headers.x).toBeUndefined();
  });

  it.each<[string, Reply, object]>([
    [
      'refuses the number',
      { body: '{"code":"F001"}' },
      { kind: 'refused', whose: 'address', reason: expect.stringContaining('"F001"') },
    ],
    ['says nothing where its word should stand', { body: '{}' }, { kind: 'trouble', uncertain: true }],
    ['answers what is no JSON', { body: 'OK' }, { kind: 'trouble', uncertain: true }],
    ['refuses our key', { status: 401 }, { kind: 'refused', whose: 'channel' }],
    ['is asked too often', { status: 429, headers: { 'retry-after': '20' } }, { kind: 'limited', afterMs: 20_000 }],
    ['answers 500', { status: 500 }, { kind: 'trouble', uncertain: true }],
    ['never answers', 'silence', { kind: 'trouble', uncertain: true }],
    ['hangs up', 'reset', { kind: 'trouble', uncertain: true }],
    ['never ends its answer', 'half-an-answer', { kind: 'trouble', uncertain: true }],
  ])('%s: said as it is, without telephone number or secret', async (_, reply, expected) => {
    far.answers(reply);
    const sent = await send(sms(), {}, 400);
    expect(sent).toMatchObject(expected);
    expect(JSON.stringify(sent)).not.toMatch(/13800000001|a-secret/);
  });

  it('reads aloud what a voice can say: no link and no number', async () => {
    far.answers({ body: '{"code":0}' });
    await send(sms({ json: { tts: '{{speech}}' } }));
    expect(JSON.parse(heard().body.toString())).toEqual({ tts: 'P1 燃气浓度达到二级。一号厨房 46 %LEL，限值 40 %LEL' });
  });
});

describe('a template', () => {
  it.each([
    ['names an unknown variable', { json: { a: '{{phone}}' } }, /\{\{phone\}\}.*there is to, title/],
    ['has two bodies', { form: { a: 'b' } }, /json or form/],
    ['points nowhere', { messageId: 'data.id' }, /JSON pointer/],
  ])('that %s is refused', (_, over, reason) => {
    const parsed = gatewaySchema.safeParse({ url: 'https://sms.example.com', json: {}, ...over });
    expect(parsed.error?.issues.map(({ message: text }) => text).join()).toMatch(reason);
  });
});

describe('a delivery report', () => {
  const template = () =>
    gatewaySchema.parse({
      url: 'https://sms.example.com',
      receipt: {
        token: 'a-long-enough-token',
        items: '/reports',
        id: '/msgid',
        status: '/stat',
        delivered: ['DELIVRD'],
        failed: ['UNDELIV', 'EXPIRED'],
        reason: '/err',
      },
    }).receipt!;

  it('tells of each message, and counts what it cannot read', () => {
    const reports = [
      { msgid: 'm1', stat: 'DELIVRD' },
      { msgid: 2, stat: 'UNDELIV', err: 'MK:0001' },
      { msgid: 'm3', stat: 'ACCEPTD' },
      { stat: 'DELIVRD' },
      null,
    ];
    expect(readReceipt(template(), { reports })).toEqual({
      receipts: [
        { id: 'm1', what: 'delivered' },
        { id: '2', what: 'failed', reason: 'MK:0001' },
      ],
      other: 1,
      unread: 2,
    });
  });

  it('may be one alone', () => {
    const one = { ...template(), items: undefined };
    expect(readReceipt(one, { msgid: 'm1', stat: 'EXPIRED' }).receipts).toMatchObject([{ id: 'm1', what: 'failed' }]);
    expect(readReceipt(one, 'nonsense')).toEqual({ receipts: [], other: 0, unread: 1 });
  });

  it.each([
    ['anywhere, where no address is listed', undefined, '203.0.113.9', true],
    ['a listed address', ['203.0.113.9'], '203.0.113.9', true],
    ['a listed net', ['203.0.113.0/24', '2001:db8::/32'], '::ffff:203.0.113.9', true],
    ['a listed net of IPv6', ['2001:db8::/32'], '2001:db8::7', true],
    ['elsewhere', ['203.0.113.0/24'], '198.51.100.1', false],
    ['nobody knows where', ['203.0.113.0/24'], '', false],
  ])('from %s may report or not', (_, from, ip, may) => {
    expect(mayReport({ from }, ip)).toBe(may);
  });

  it.each([
    ['a-long-enough-token', true],
    ['a-long-enough-tokem', false],
    ['', false],
  ])('with the token “%s” is believed: %s', (token, believed) => {
    expect(knowsToken(template(), token)).toBe(believed);
  });
});
