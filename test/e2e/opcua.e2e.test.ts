import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPki, toDer } from '../../gateway/opcua/pki.ts';
import { layCable } from '../support/cable.ts';
import { login, type Make, type PeerServer, type Shown, startPeer } from '../support/opcua-peers.ts';
import { type Listener, listenTo, type SourceWords } from '../support/stations-bench.ts';
import { needsPeers } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** A gateway's OPC UA client against two servers of different make, while things are broken on purpose. */
const UNCERTAIN_SENSOR_NOT_ACCURATE = 0x40930000;

const hour = 3_600_000;
/** Servers and gateways of these tests share two processor cores with each other. */
const patient = { withinMs: 60_000, everyMs: 50 };

const folder = mkdtempSync(join(tmpdir(), 'yanshao-opcua-'));
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
  rmSync(folder, { recursive: true, force: true });
});

/** A server of this make, and how a gateway in `dir` is told of it. */
async function peerOf(make: Make, what: string, options: readonly string[]) {
  const dir = join(folder, `${make}-${what}`);
  const server = await startPeer(make, join(dir, 'server'), options);
  closing.push(server.kill);
  const words = (port: number, nodes: readonly object[], more: object = {}): SourceWords => ({
    endpoint: `opc.tcp://127.0.0.1:${port}/stations`,
    ...login,
    trusted: [server.certificate],
    nodes,
    ...more,
  });
  const listen = async (from: SourceWords): Promise<Listener> => {
    const listener = await listenTo(join(dir, 'gateway'), from);
    closing.push(() => Promise.resolve(listener.stop()));
    return listener;
  };
  return { dir, server, words, listen };
}

const pressure = (server: PeerServer, i: number, more: object = {}) => ({
  node: server.node(i),
  device: `d${i}`,
  measurement: 'rtu.outletPressure',
  ...more,
});
const valuesOf = ({ rows }: Listener, device: string) =>
  rows.filter((row) => row.device === device).map(({ ts, values }) => [ts, values['rtu.outletPressure']]);
const has = (listener: Listener, device: string, at: number) => valuesOf(listener, device).some(([ts]) => ts === at);
const times = (values: readonly Shown[]) => values.map(([, , at]) => at);
const missing = (listener: Listener, device: string, wanted: readonly (number | null)[]) => {
  const seen = new Set(valuesOf(listener, device).map(([ts]) => ts));
  return wanted.filter((at) => at !== null && !seen.has(at));
};

needsPeers()('an OPC UA server', () => {
  describe.each<Make>(['asyncua', 'node-opcua'])('%s', (make) => {
    it.concurrent('with thousands of nodes and a limit of items per call is read whole, each value as it was sent', async () => {
      // asyncua needs half a minute to make as many nodes as node-opcua has here.
      const many = make === 'asyncua' ? 1_200 : 3_100;
      // asyncua does not say its limit: it only refuses.
      const limit = ['--items-per-call', '400', ...(make === 'asyncua' ? ['--silent-limit'] : [])];
      const { server, words, listen } = await peerOf(make, 'many', ['--nodes', String(many), ...limit]);
      const nodes: object[] = Array.from({ length: many }, (_, i) => pressure(server, i));
      nodes[7] = { ...nodes[7], node: 'ns=1;s=nothing.here' };
      nodes[8] = pressure(server, 8, { deadband: 5 });
      nodes[9] = pressure(server, 9, { deadband: '10%' });
      const one = await listen(words(server.port, nodes, { keepaliveMs: 2_000 }));
      await until(
        'first values of all',
        () => new Set(one.rows.map(({ device }) => device)).size === many - 1,
        patient,
      );

      const { refused, subscriptions, withoutDeadband, timedBy } = one.status();
      expect(refused).toEqual([{ node: 'ns=1;s=nothing.here', status: 'BadNodeIdUnknown' }]);
      expect(one.refusals.join()).toContain('nothing.here: BadNodeIdUnknown');
      expect(subscriptions).toBe(Math.ceil(many / 1000));
      const { items, largest } = await server.stats();
      expect(largest).toBeLessThanOrEqual(400);
      expect(items).toBeGreaterThanOrEqual(many);
      expect(timedBy.gateway).toBe(0);
      // No range, no percent of it: node-opcua says so, asyncua takes it and sends everything. Read it is in either case.
      if (make === 'node-opcua')
        expect(withoutDeadband).toEqual([{ node: server.node(9), status: expect.stringContaining('Filter') }]);

      const at = Date.now();
      await server.show([0, 1.5, at, UNCERTAIN_SENSOR_NOT_ACCURATE], [8, 3, at], [9, 0.5, at], [many - 1, 42, at]);
      await until('the last node', () => has(one, `d${many - 1}`, at), patient);
      await server.show([8, 20, at + 1000]);
      await until('a change beyond the deadband', () => has(one, 'd8', at + 1000), patient);
      expect(has(one, 'd8', at)).toBe(false);
      expect(has(one, 'd9', at)).toBe(true);
      const [doubtful] = one.rows.filter(({ device, ts }) => device === 'd0' && ts === at);
      expect(doubtful?.quality).toEqual({ 'rtu.outletPressure': UNCERTAIN_SENSOR_NOT_ACCURATE });
      await one.stop();
    });

    it.concurrent('behind a line that swallows everything is missed soon, and what it recorded and what ended meanwhile is known', async () => {
      const { server, words, listen } = await peerOf(make, 'cut', ['--history', '2']);
      const cable = await layCable(server.port);
      closing.push(cable.stop);
      const source = words(
        cable.port,
        [0, 1, 2].map((i) => pressure(server, i)),
        {
          events: [
            {
              source: server.source('rtu-1'),
              condition: 'Power',
              device: 'd0',
              measurement: 'rtu.eventActive',
              severity: 'rtu.eventSeverity',
            },
          ],
        },
      );
      const first = await listen(source);
      await until('it is read', first.connected, patient);
      const active = (listener: Listener) =>
        listener.rows.flatMap(({ values }) => values['rtu.eventActive'] ?? []) as boolean[];
      await until('no alarm is told of', () => active(first).includes(false), patient);
      await server.tell({ source: 'rtu-1', condition: 'Power', active: true, severity: 700 });
      await until('the alarm', () => active(first).at(-1) === true, patient);
      expect(first.rows.find(({ values }) => values['rtu.eventActive'])?.values['rtu.eventSeverity']).toBeGreaterThan(
        0,
      );

      // The clock of the field jumps an hour ahead, an hour back, and right again.
      const began = Date.now();
      const jumps: Shown[] = [began, began + hour, began + 1 - hour, began + 2].map((at, i) => [0, i + 1, at]);
      for (const shown of jumps) {
        await server.show(shown);
        await until('it came', () => has(first, 'd0', shown[2] ?? 0), patient);
      }

      cable.cut();
      const cutAt = performance.now();
      await until('it is missed', () => !first.connected(), patient);
      // Three keep-alives of half a second, and what a busy machine adds.
      expect(performance.now() - cutAt).toBeLessThan(10_000);
      const recorded = Array.from({ length: 1_500 }, (_, i): Shown => [0, i, began + 10 + i]);
      await server.show(...recorded, [1, 5, began + 10], [2, 6, began + 10]);
      await server.tell({ source: 'rtu-1', condition: 'Power', active: false, severity: 700 });
      cable.mend();
      await until('the history is there', () => missing(first, 'd0', times(recorded)).length === 0, patient);
      await until('the gap is closed', () => first.status().history.open === 0, patient);
      await until('the alarm is over', () => active(first).at(-1) === false, patient);
      expect(has(first, 'd1', began + 10)).toBe(true);
      const old = first.rows.filter(({ device, historical }) => device === 'd0' && historical).map(({ ts }) => ts);
      expect(old).toEqual([...old].sort((a, b) => a - b));
      expect(first.status().history.nodes).toBe(2);
      const live = began + 20_000;
      await server.show([0, 7, live]);
      await until('it is read live', () => has(first, 'd0', live), patient);
      expect(first.rows.find(({ ts, device }) => ts === live && device === 'd0')).not.toHaveProperty('historical');

      // A gateway that was away is a gap too.
      await first.stop();
      const alone = Array.from({ length: 20 }, (_, i): Shown => [0, i, Date.now() + i]);
      await server.show(...alone);
      const second = await listen(source);
      await until('its own gap is filled', () => missing(second, 'd0', times(alone)).length === 0, patient);
      await second.stop();
    });

    it.concurrent('that is killed, or comes with another certificate, is read again by itself', async () => {
      const { dir, server, words, listen } = await peerOf(make, 'restart', []);
      const one = await listen(words(server.port, [pressure(server, 0)]));
      const readAgain = async () => {
        const since = Date.now();
        await until(
          'it is read',
          async () => {
            const at = Date.now();
            await server.show([0, at % 1000, at]);
            return valuesOf(one, 'd0').some(([ts]) => Number(ts) > since);
          },
          { ...patient, everyMs: 200 },
        );
      };
      await readAgain();
      await server.restart();
      await readAgain();

      await server.renew();
      await until('it is said', () => one.status().problem?.includes('not trusted'), patient);
      expect(one.connected()).toBe(false);
      const pki = await openPki(join(dir, 'gateway', 'gw-1', 'pki'));
      await pki.trust(toDer(readFileSync(server.certificate)));
      await readAgain();
      expect(one.status().problem).toBeNull();
      await one.stop();
    });
  });
});
