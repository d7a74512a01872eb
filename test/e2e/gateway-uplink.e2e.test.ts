import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { beforeEach, describe, expect, it } from 'vitest';
import { rowCodec } from '../../gateway/row.ts';
import { ingestBench } from '../../ingest/ingest-bench.ts';
import { openSqliteJournalReader } from '../../kit/journal/sqlite/sqlite-journal.ts';
import { dice } from '../../simulators/city/chance.ts';
import { startCityMosquitto } from '../support/brokers.ts';
import { layCable } from '../support/cable.ts';
import {
  behindGateway,
  fieldDevice,
  GATEWAY,
  gatewayIn,
  type Harbour,
  harbour,
  tempDir,
} from '../support/gateway-bench.ts';
import { closedAfterEach } from '../support/later.ts';
import { type Program, startProgram } from '../support/platform.ts';
import { type MosquittoServer, startMosquitto } from '../support/servers.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** A gateway's way to the platform, broken in every way. */
const later = closedAfterEach();
const folder = () => later(tempDir(), ({ remove }) => remove()).dir;
const gateway = async (...args: Parameters<typeof gatewayIn>) => later(await gatewayIn(...args), (one) => one.stop());

const BINS = Array.from({ length: 10 }, (_, i) => behindGateway(`bin-${i}`, 'waste-bin'));
const GAS = behindGateway('gas-0', 'gas-rtu');
const HOUR = 3_600_000;

needs('mosquitto')('a gateway’s uplink', () => {
  let broker: MosquittoServer;
  let field: MqttClient;
  beforeEach(async () => {
    broker = later(await startMosquitto('allow_anonymous true\nmax_queued_messages 0'), (one) => one.stop());
    field = later(await fieldDevice(broker.url), (one) => one.endAsync(true));
  });
  const publish = (device: string, body: unknown) =>
    field.publishAsync(`field/${device}/telemetry`, JSON.stringify(body), { qos: 1 });
  const heardBy = (...urls: string[]) => ({
    mqtt: urls.map((url) => ({ url, topics: [{ filter: 'field/+/telemetry', device: 1 }] })),
  });
  const fill = (n: number, at: number) => ({ ts: at, values: { 'bin.fillPercent': n % 90 } });
  const platform = async (): Promise<Harbour> => later(await harbour([...BINS, GAS]), (one) => one.close());

  describe('whose line swallows everything under load', () => {
    it('loses nothing: the newest of every device comes first, safety before the rest', async () => {
      const city = await platform();
      await city.start();
      const cable = later(await layCable(Number(new URL(city.url).port)), (one) => one.stop());
      const at = { url: `mqtt://127.0.0.1:${cable.port}`, token: city.token };
      const one = await gateway(folder(), at, heardBy(broker.url));
      await until('it is up', async () => (await one.stats()).connected && (await one.stats()).sources[0]?.connected);
      const began = Date.now() - 2 * HOUR;
      await publish('bin-0', fill(0, began));
      await until('one arrived', async () => (await city.telemetry()).length === 1);

      cable.cut();
      const rounds = 150;
      const sent: Promise<unknown>[] = [];
      for (let n = 1; n <= rounds; n++) {
        for (const { id } of BINS) sent.push(publish(id, fill(n, began + n * 1000)));
        sent.push(publish('gas-0', { ts: began + n * 1000, values: { 'rtu.outletPressure': n } }));
      }
      await Promise.all(sent);
      const all = rounds * 11 + 1;
      await until('the outbox has all of it', async () => (await one.stats()).taken === all);
      cable.mend();
      const arrived = await until('all of it arrived', async () => {
        const entries = await city.telemetry();
        return new Set(entries.map(({ device, at }) => `${device}@${at}`)).size === all ? entries : undefined;
      });
      await until('nothing waits', async () => (await one.stats()).backlog === 0);
      // What was under way when the line went dead comes a second time; among what waited, the order is the promised one.
      const last = began + rounds * 1000;
      const place = (device: string, at: number) =>
        arrived.findIndex((entry) => entry.device === device && entry.at === at);
      const newest = ['gas-0', ...BINS.map(({ id }) => id)].map((id) => place(id, last));
      expect(Math.max(...newest)).toBeLessThan(place('bin-5', last - 1000));
      expect(place('gas-0', last - 1000)).toBeLessThan(place('bin-5', last - 1000));
      expect((await one.stats()).outbox.dropped.rows).toBe(0);
    });
  });

  describe('with a broker that stands between', () => {
    it('lets go of nothing that only the broker has, and of everything once ingest has it', async () => {
      const users = ['platform', 'gw-1'].map((name) => ({ name, password: `${name}-secret` }));
      const middle = later(await startCityMosquitto(users), (one) => one.stop());
      const uplink = { url: middle.url, username: 'gw-1', password: 'gw-1-secret', prefix: true };
      const one = await gateway(folder(), { url: middle.url, token: 'x'.repeat(20) }, heardBy(broker.url), {
        more: { uplink },
      });
      await until('it hears', async () => (await one.stats()).sources[0]?.connected);
      const began = Date.now() - HOUR;
      for (let n = 1; n <= 50; n++) await publish('d-2', { ts: began + n, values: { 'alarm.ch4': n % 5 } });
      await until('nobody answers', async () => (await one.stats()).platform.state === 'silent', { withinMs: 30_000 });
      expect(await one.stats()).toMatchObject({ sent: 0, backlog: 50, connected: false });

      const external = {
        url: middle.url,
        username: 'platform',
        password: 'platform-secret',
        name: 'ingest',
        receiveMaximum: 100,
        sessionSeconds: 3600,
        group: undefined,
      };
      const ingest = later(await ingestBench({ external }), (bench) => bench.stop());
      await until('all of it left', async () => (await one.stats()).backlog === 0, { withinMs: 30_000 });
      expect((await one.stats()).platform).toMatchObject({ state: 'there', door: 'relayed' });
      expect(await one.stats()).toMatchObject({ sent: 50 });
      const kept = (await ingest.telemetry()).filter(({ device }) => device === 'd-2');
      expect(new Set(kept.map(({ at, claimedAt }) => claimedAt ?? at)).size).toBe(50);
    });
  });

  describe('when this machine’s clock is stepped', () => {
    it.each([HOUR, -HOUR])('by %i ms, readings without a time of their own keep the right one', async (step) => {
      const city = await platform();
      await city.start();
      let wrong = 0;
      const one = await gateway(folder(), city, heardBy(broker.url), { wall: () => Date.now() + wrong });
      await until('it is up', async () => (await one.stats()).connected && (await one.stats()).sources[0]?.connected);
      await until('it knows the time', async () => (await one.stats()).clock.offsetMs !== null);
      wrong = step;
      await publish('bin-1', { 'bin.fillPercent': 1 });
      const [entry] = await until('it arrived', async () => {
        const entries = await city.telemetry();
        return entries.length > 0 ? entries : undefined;
      });
      expect(entry).toMatchObject({ untimed: true });
      expect(Math.abs((entry?.at ?? 0) - Date.now())).toBeLessThan(60_000);
      expect((await one.stats()).clock.offsetMs).toBeCloseTo(-step, -4);
    });
  });

  describe('while its file changes', () => {
    it('stays connected where nothing changed, the uplink too; a file with faults changes nothing', async () => {
      const city = await platform();
      await city.start();
      const second = later(await startMosquitto(), (one) => one.stop());
      const cables = {
        uplink: later(await layCable(Number(new URL(city.url).port)), (one) => one.stop()),
        kept: later(await layCable(broker.port), (one) => one.stop()),
        changed: later(await layCable(second.port), (one) => one.stop()),
      };
      const url = (cable: { port: number }) => `mqtt://127.0.0.1:${cable.port}`;
      const dir = folder();
      const file = join(dir, 'gateway.yaml');
      const write = (changed: string | null, token = city.token) =>
        writeFileSync(
          file,
          JSON.stringify({
            id: GATEWAY,
            uplink: { url: url(cables.uplink), token },
            mqtt: [
              { url: url(cables.kept), topics: [{ filter: 'field/+/telemetry', device: 1 }] },
              ...(changed ? [{ url: url(cables.changed), topics: [{ filter: changed, device: 1 }] }] : []),
            ],
          }),
        );
      write('a/+');
      const env = {
        YANSHAO_DATA_DIR: join(dir, 'data'),
        YANSHAO_DEMO: 'off',
        YANSHAO_GATEWAY_CONFIG: file,
        YANSHAO_GATEWAY_PAGE_PORT: 'off',
        YANSHAO_LOG_LEVEL: 'info',
      };
      const child: Program = later(startProgram(['gateway'], { env }), (program) => program.kill());
      const said = (words: string, times = 1) =>
        until(words, () => child.output().split(words).length > times, { withinMs: 30_000 });
      const made = () => [cables.uplink.made, cables.kept.made, cables.changed.made];
      await until('all are connected', () => made().every((count) => count === 1));
      await said('the platform answers');

      write('b/+');
      await said('the gateway goes by its new configuration');
      await until('the changed one is connected anew', () => cables.changed.made === 2);
      await publish('bin-1', fill(1, Date.now()));
      await until('the others carry on', async () => (await city.telemetry()).length === 1);
      expect(made()).toEqual([1, 1, 2]);

      writeFileSync(file, '{"id": "gw-1", "mqtt": [], "uplnk": 3}');
      process.kill(child.pid, 'SIGHUP');
      await said('the new configuration has faults');
      await publish('bin-1', fill(2, Date.now()));
      await until('it goes on as before', async () => (await city.telemetry()).length === 2);
      expect(made()).toEqual([1, 1, 2]);

      write(null);
      await said('the gateway goes by its new configuration', 2);
      await until('the dropped one is let go', () => cables.changed.carrying === 0);
      expect(made()).toEqual([1, 1, 2]);
      expect(await child.stop()).toBe(0);
    });
  });

  it('loses nothing when the gateway is killed while it packs and while it drains', async () => {
    const city = await platform();
    const dir = folder();
    const file = join(dir, 'gateway.yaml');
    writeFileSync(
      file,
      JSON.stringify({ id: GATEWAY, uplink: { url: city.url, token: city.token }, ...heardBy(broker.url) }),
    );
    const env = {
      YANSHAO_DATA_DIR: join(dir, 'data'),
      YANSHAO_DEMO: 'off',
      YANSHAO_GATEWAY_CONFIG: file,
      YANSHAO_GATEWAY_PAGE_PORT: 'off',
    };
    const { whole } = dice('gateway killed while packing');
    const began = Date.now() - 2 * HOUR;
    let child = startProgram(['gateway'], { env });
    later(child, (one) => one.kill());
    const outboxFile = join(dir, 'data', 'live', 'gateways', GATEWAY, 'outbox.db');
    const reader = later(await openSqliteJournalReader(outboxFile, rowCodec), (one) => one.close());
    await until('it has a session at the broker', async () => {
      await publish('bin-0', fill(0, began));
      return (await reader.head()) > 0;
    });
    let n = 0;
    /** Messages of a hundred rows each: the outbox packs every 4096. */
    const burst = async (messages: number) => {
      for (let m = 0; m < messages; m++) {
        const rows = Array.from({ length: 100 }, () => fill(++n, began + n));
        await publish(`bin-${m % 10}`, rows);
      }
    };
    for (const many of [whole(45, 60), whole(45, 60)]) {
      await burst(many);
      await child.kill();
      child = startProgram(['gateway'], { env });
    }
    await city.start();
    await until('some arrived', async () => (await city.telemetry()).length > 0, { withinMs: 60_000 });
    await child.kill();
    child = startProgram(['gateway'], { env });
    const stored = async () => {
      let sum = 0;
      for (const device of BINS) sum += await city.stored(device);
      return sum;
    };
    await until('every reading is in the store', async () => (await stored()) === n + 1, { withinMs: 60_000 });
    expect(await child.stop()).toBe(0);
  });
});
