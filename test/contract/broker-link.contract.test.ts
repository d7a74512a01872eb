import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type BrokerLink, type LinkParts, startBrokerLink } from '../../ingest/external/broker-link.ts';
import { silentLog } from '../../kit/log.ts';
import { type MqttBroker, startCityMosquitto, startNatsMqtt } from '../support/brokers.ts';
import { type Cable, layCable } from '../support/cable.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/**
 * The promise of the link with an external broker, against real ones: a message is acknowledged when its reader says that it
 * is durable, in order of arrival, at most a window of them open; whatever was not acknowledged comes again.
 */
const users = [
  { name: 'platform', password: 'p' },
  { name: 'gw-1', password: 'g' },
];
const WINDOW = 8;

interface Setup {
  readonly name: string;
  readonly tool: string;
  readonly protocol: 4 | 5;
  readonly start: () => Promise<MqttBroker>;
}
const setups: readonly Setup[] = [
  { name: 'Mosquitto, MQTT 5', tool: 'mosquitto', protocol: 5, start: () => startCityMosquitto(users) },
  {
    name: 'NATS with JetStream, MQTT 3.1.1',
    tool: 'nats-server',
    protocol: 4,
    // 3.1.1 has no receive maximum: NATS bounds by itself what is unacknowledged.
    start: () => startNatsMqtt(users, `ack_wait: "4s"\nmax_ack_pending: ${WINDOW}`),
  },
];

for (const { name, tool, protocol, start } of setups) {
  needs(tool)(`the link with ${name}`, () => {
    let broker: MqttBroker;
    let cable: Cable;
    let device: MqttClient;
    const links: BrokerLink[] = [];
    let session = 0;

    beforeAll(async () => {
      broker = await start();
      cable = await layCable(broker.port);
      device = await connectAsync({ host: '127.0.0.1', port: broker.port, username: 'gw-1', password: 'g' });
    });
    afterEach(async () => {
      cable.mend();
      for (const link of links.splice(0)) await link.stop();
    });
    afterAll(async () => {
      await device?.endAsync(true);
      await cable?.stop();
      await broker?.stop();
    });

    /** A link with a session of its own, and what it has been handed. */
    async function linked(over: Partial<LinkParts> = {}) {
      session += 1;
      const topic = `yanshao/gw-1/v1/t${session}`;
      const heard: string[] = [];
      const holds: { text: string; durable: () => void; fails: (err: Error) => void }[] = [];
      const link = startBrokerLink({
        url: `mqtt://127.0.0.1:${cable.port}`,
        username: 'platform',
        password: 'p',
        clientId: `yanshao-contract-${session}`,
        sessionSeconds: 3600,
        receiveMaximum: WINDOW,
        subscriptions: { [topic]: {} },
        onMessage({ payload }) {
          const text = payload.toString();
          heard.push(text);
          return new Promise((durable, fails) => holds.push({ text, durable, fails }));
        },
        log: silentLog,
        ...over,
      });
      links.push(link);
      expect(await link.settled()).toBeNull();
      const send = async (count: number, from = 0) => {
        for (let i = from; i < from + count; i += 1) await device.publishAsync(topic, String(i), { qos: 1 });
      };
      /** Everything that is held or still comes is durable at once. */
      const settleAll = () => {
        for (const { durable } of holds.splice(0)) durable();
      };
      return { link, heard, holds, send, settleAll, topic };
    }
    const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));

    it('speaks the newest version that the broker has', async () => {
      const { link } = await linked();
      expect(link.protocol).toBe(protocol);
    });

    it('takes no more than its window while nothing is durable, and all of it in order afterwards', async () => {
      const { heard, settleAll, send, link } = await linked();
      await send(40);
      await until('the window is full', () => link.open === WINDOW);
      expect(heard).toEqual(numbers(WINDOW));
      await until('all came', () => {
        settleAll();
        return heard.length >= 40;
      });
      // NATS sends again what waits longer than its ack_wait, over the same connection.
      expect([...new Set(heard)]).toEqual(numbers(40));
    });

    it('acknowledges in order of arrival: what became durable first waits for those before it', async () => {
      const { heard, holds, settleAll, send, link } = await linked();
      await send(WINDOW * 2);
      await until('the window is full', () => link.open === WINDOW);
      for (const { durable } of holds.slice(1)) durable();
      // Another client's round trip: whatever the broker had to tell us would be there by now.
      await device.publishAsync('yanshao/gw-1/v1/other', '', { qos: 1 });
      expect(heard).toHaveLength(WINDOW);
      holds[0]?.durable();
      await until('the rest came', () => heard.length === WINDOW * 2);
      settleAll();
    });

    it('is sent again what a broken link had not acknowledged, and loses nothing', async () => {
      const { heard, holds, settleAll, send, link } = await linked();
      await send(20);
      await until('the window is full', () => link.open === WINDOW);
      for (const { durable } of holds.splice(0, 3)) durable();
      await until('three more came', () => heard.length === WINDOW + 3);
      cable.unplug();
      await until('it noticed', () => !link.up);
      await send(5, 20);
      const before = heard.length;
      settleAll();
      cable.mend();
      await until(
        'all came',
        () => {
          settleAll();
          return new Set(heard).size === 25 && link.open === 0;
        },
        { withinMs: 40_000 },
      );
      // The three that were acknowledged did not come again; those under way did.
      expect(heard.slice(before)).not.toContain('0');
      expect(heard.slice(before)).toContain('5');
    });

    it('is sent again a message that could not be made durable', async () => {
      const { heard, holds, settleAll, send } = await linked();
      await send(1);
      await until('it came', () => holds.length === 1);
      holds.splice(0)[0]?.fails(new Error('the disk is full'));
      await until('it came again', () => heard.length === 2, { withinMs: 40_000 });
      settleAll();
    });

    it('gets what came while it was away, also over a restart of the broker', async () => {
      const { heard, settleAll, send, link, topic } = await linked();
      await link.stop();
      await send(10);
      await broker.restart();
      await until('the device is back', () => device.connected, { withinMs: 40_000 });
      const again = startBrokerLink({
        url: `mqtt://127.0.0.1:${cable.port}`,
        username: 'platform',
        password: 'p',
        clientId: `yanshao-contract-${session}`,
        sessionSeconds: 3600,
        receiveMaximum: WINDOW,
        subscriptions: { [topic]: {} },
        onMessage: async ({ payload }) => void heard.push(payload.toString()),
        log: silentLog,
      });
      links.push(again);
      await until('all came', () => new Set(heard).size === 10, { withinMs: 40_000 });
      settleAll();
    });

    it('says who is refused, and tries again', async () => {
      const link = startBrokerLink({
        url: `mqtt://127.0.0.1:${cable.port}`,
        username: 'platform',
        password: 'wrong',
        clientId: 'yanshao-wrong',
        sessionSeconds: 0,
        receiveMaximum: WINDOW,
        subscriptions: {},
        onMessage: async () => {},
        log: silentLog,
      });
      links.push(link);
      expect((await link.settled())?.en).toMatch(/refuses the user platform/);
      expect(link.up).toBe(false);
    });

    it('publishes, and says so when it cannot', async () => {
      const { link, topic, heard } = await linked();
      await link.publish(topic, 'from us');
      await until('it comes back', () => heard.includes('from us'));
      cable.unplug();
      await until('it noticed', () => !link.up);
      await expect(link.publish(topic, 'lost')).rejects.toThrow(/down/);
    });
  });
}
