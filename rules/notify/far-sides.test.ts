import { afterEach, describe, expect, it } from 'vitest';
import { type FarSide, farSide, type Reply } from '../../test/support/far-side.ts';
import { dingtalkRobot } from './dingtalk/dingtalk-robot.ts';
import { gatewayChannel } from './gateway/gateway-channel.ts';
import { readReceipt } from './gateway/read-receipt.ts';
import { gatewaySchema } from './gateway/template.ts';
import { loopbackPost, worldNow } from './message-bench.ts';
import { notice, person } from './notice-bench.ts';
import { outboxBench } from './outbox-bench.ts';
import { robotChannel } from './outgoing/robot.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
const minutes = (n: number) => n * 60_000;

/** The outbox with a real robot and a real gateway of SMS at the other end. */
async function city() {
  const robot = await farSide({ body: '{"errcode":0}' });
  const sms = await farSide({ body: '{"code":0,"data":{"msgId":"m1"}}' });
  stops.push(robot.stop, sms.stop);
  const template = gatewaySchema.parse({
    url: `${sms.url}/send`,
    json: { to: '{{to}}', text: '{{content}}' },
    success: { pointer: '/code' },
    messageId: '/data/msgId',
    receipt: {
      token: 'a-long-enough-token',
      id: '/msgid',
      status: '/stat',
      delivered: ['DELIVRD'],
      failed: ['UNDELIV'],
    },
  });
  const bench = await outboxBench([
    robotChannel(
      dingtalkRobot,
      [{ name: 'gas-group', url: `${robot.url}/robot/send`, secret: 's' }],
      loopbackPost,
      worldNow,
    ),
    gatewayChannel('sms', template, loopbackPost, worldNow),
  ]);
  stops.push(() => bench.stop());
  const mira = person('mira', {
    reach: [
      { channel: 'dingtalk', address: 'gas-group', mention: '13800000001' },
      { channel: 'sms', address: '13800000001' },
    ],
  });
  return { bench, robot, sms, receipts: template.receipt!, gas: notice({ to: [mira] }) };
}
const texts = ({ heard }: FarSide) =>
  heard.map(({ body }) => {
    const { text } = JSON.parse(body.toString()) as { text: string | { content: string } };
    return typeof text === 'string' ? text : text.content;
  });

describe('a gas alarm at night, to a robot and a telephone', () => {
  it('calls by name in the group, then by SMS, whose delivery report ends the climbing', async () => {
    const { bench, robot, sms, receipts, gas } = await city();
    await bench.write(gas);
    await bench.passes(minutes(1));
    expect(texts(robot)).toEqual([
      expect.stringMatching(/^P1 燃气浓度达到二级\n.*\n编号 [0-9a-f]{8}\nhttps:.*\n@13800000001$/),
    ]);
    expect(texts(sms)).toHaveLength(1);
    for (const { id, what } of readReceipt(receipts, { msgid: 'm1', stat: 'DELIVRD' }).receipts)
      expect(await bench.notifier.receipt({ channel: 'sms', farId: id }, what, bench.clock.now())).toBe(true);
    expect(await bench.deliveries(gas.id)).toMatchObject([
      { channel: 'dingtalk', state: 'sent', delivered: null },
      { channel: 'sms', state: 'sent', delivered: bench.clock.now() },
    ]);
  });

  it.each<[string, Reply]>([
    ['answers 500', { status: 500 }],
    ['asks for patience', { status: 429, headers: { 'retry-after': '30' } }],
    ['answers nonsense', { body: '<html>' }],
    ['says that the signature is wrong', { body: '{"errcode":310000,"errmsg":"sign not match"}' }],
    ['hangs up', 'reset'],
  ])('goes by SMS at once when the robot %s', async (_, reply) => {
    const { bench, robot, sms, gas } = await city();
    robot.answers(reply);
    await bench.write(gas);
    expect(robot.heard).toHaveLength(1);
    expect(texts(sms)).toHaveLength(1);
  });

  it('killed after the robot took it and before that was noted: it is said again, as a possible repeat with the same number', async () => {
    const { bench, robot, gas } = await city();
    robot.answers('silence');
    await bench.commits(gas);
    await bench.notifier.look();
    while (robot.heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.dies();
    robot.answers({ body: '{"errcode":0}' });
    await bench.starts();
    await bench.notifier.look();
    while (robot.heard.length === 1) await new Promise((resolve) => setTimeout(resolve, 5));
    const [first = '', again = ''] = texts(robot);
    expect(again).toBe(`（可能重复）${first}`);
  });

  it('a robot that was asked twenty times in a minute is asked no more, and what waits is one message', async () => {
    const { bench, robot, gas } = await city();
    for (let i = 0; i < 30; i++) await bench.write({ ...gas, id: `n${i}` });
    expect(robot.heard).toHaveLength(20);
    await bench.passes(minutes(1));
    expect(texts(robot)[20]).toMatch(/^10 项待处理（P1 10）/);
    expect(robot.heard).toHaveLength(21);
  });
});
