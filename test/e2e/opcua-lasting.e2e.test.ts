import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layCable } from '../support/cable.ts';
import { login, type Make, type PeerServer, type Shown, startPeer } from '../support/opcua-peers.ts';
import { type Listener, listenTo, type SourceWords } from '../support/stations-bench.ts';
import { needsPeers } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** What lasts: values that do not change, an outbox that has no room, a server that restarts; one server of each make for all. */
const UNCERTAIN_SENSOR_NOT_ACCURATE = 0x40930000;
const BAD_NO_COMMUNICATION = 0x80310000;
const patient = { withinMs: 60_000, everyMs: 50 };
const hour = 3_600_000;

const folder = mkdtempSync(join(tmpdir(), 'yanshao-opcua-lasting-'));
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
  rmSync(folder, { recursive: true, force: true });
});

const pressure = (server: PeerServer, i: number, more: object = {}) => ({
  node: server.node(i),
  device: `d${i}`,
  measurement: 'rtu.outletPressure',
  ...more,
});
const wordsFor = (server: PeerServer, port: number, nodes: readonly object[], more: object = {}): SourceWords => ({
  endpoint: `opc.tcp://127.0.0.1:${port}/stations`,
  ...login,
  trusted: [server.certificate],
  nodes,
  refreshMs: 0,
  ...more,
});
const listen = async (name: string, words: SourceWords, mostHeld?: number): Promise<Listener> => {
  const listener = await listenTo(join(folder, name), words, mostHeld === undefined ? {} : { mostHeld });
  closing.push(() => Promise.resolve(listener.stop()));
  return listener;
};
const rowsOf = ({ rows }: Listener, device: string) => rows.filter((row) => row.device === device);
const has = (listener: Listener, device: string, at: number) => rowsOf(listener, device).some(({ ts }) => ts === at);
const series = (node: number, from: number, many: number): Shown[] =>
  Array.from({ length: many }, (_, i): Shown => [node, i + 1, from + i]);
const missing = (listener: Listener, device: string, wanted: readonly Shown[]) => {
  const seen = new Set(rowsOf(listener, device).map(({ ts }) => ts));
  return wanted.filter(([, , at]) => !seen.has(at ?? 0));
};
const active = ({ rows }: Listener) => rows.flatMap(({ values }) => values['rtu.eventActive'] ?? []) as boolean[];
const power = (server: PeerServer, device: string, source: string) => ({
  source: server.source(source),
  condition: 'Power',
  device,
  measurement: 'rtu.eventActive',
});

needsPeers()('an OPC UA server', () => {
  describe.concurrent.each<Make>(['asyncua', 'node-opcua'])('%s', (make) => {
    let server: PeerServer;
    beforeAll(async () => {
      server = await startPeer(make, join(folder, make, 'server'), ['--nodes', '12', '--history', '2']);
      closing.push(server.kill);
    });

    it.concurrent('whose values stay as they are is heard all the same, by its own clock, and one that changes is not heard twice', async () => {
      const old = Date.now() - hour;
      await server.show(
        [4, 1.5, old],
        [5, 2, old],
        [6, 3, old, UNCERTAIN_SENSOR_NOT_ACCURATE],
        [7, 4, Date.now()],
        [8, 5, old],
      );
      const nodes = [4, 5, 6, 7, 8].map((i) => pressure(server, i, i === 4 ? { deadband: 1 } : {}));
      const one = await listen(`${make}-constant`, wordsFor(server, server.port, nodes, { refreshMs: 1000 }));
      await until('first values', () => [4, 5, 6, 7, 8].every((i) => rowsOf(one, `d${i}`).length > 0), patient);
      const began = Date.now();
      // The clock of one station is an hour behind its server’s.
      await server.show([8, 6, began - hour]);
      await until('its change', () => has(one, 'd8', began - hour), patient);
      // Within its deadband: nothing is sent of itself, and the refresh tells it.
      await server.show([4, 1.6, began]);
      const shown: number[] = [];
      await until(
        'four refreshes of a constant node',
        async () => {
          const at = Date.now();
          shown.push(at);
          await server.show([7, at % 100, at]);
          return rowsOf(one, 'd5').length > 4;
        },
        { ...patient, everyMs: 150 },
      );
      const took = Date.now() - began;

      const [first, ...refreshed] = rowsOf(one, 'd5');
      expect(first?.ts).toBe(old);
      for (const row of refreshed) {
        expect(row).toMatchObject({ values: { 'rtu.outletPressure': 2 } });
        expect(row).not.toHaveProperty('historical');
        expect(row).not.toHaveProperty('untimed');
        expect(row.ts).toBeGreaterThan(began - 3_000);
        expect(row.ts).toBeLessThanOrEqual(Date.now());
      }
      expect(refreshed.map(({ ts }) => ts)).toEqual([...new Set(refreshed.map(({ ts }) => ts))].sort((a, b) => a - b));
      expect(refreshed.length).toBeLessThanOrEqual(took / 1000 + 2);
      expect(rowsOf(one, 'd4').at(-1)?.values).toEqual({ 'rtu.outletPressure': 1.6 });
      expect(rowsOf(one, 'd6').slice(-2)).toEqual(
        [1, 2].map(() => expect.objectContaining({ quality: { 'rtu.outletPressure': UNCERTAIN_SENSOR_NOT_ACCURATE } })),
      );
      const times = new Set([
        ...shown,
        ...rowsOf(one, 'd7')
          .slice(0, 1)
          .map(({ ts }) => ts),
      ]);
      expect(rowsOf(one, 'd7').filter(({ ts }) => !times.has(ts))).toEqual([]);
      // By the clock that its own changes will be timed by.
      const behind = rowsOf(one, 'd8').filter(({ ts }) => ts > began - hour);
      expect(behind.length).toBeGreaterThan(1);
      for (const { ts } of behind) expect(Math.abs(Date.now() - hour - ts)).toBeLessThan(60_000);

      // Bad is told once: a lost station must be missed.
      const lostAt = Date.now();
      await server.show([5, 2, lostAt, BAD_NO_COMMUNICATION]);
      await until('it is told', () => has(one, 'd5', lostAt), patient);
      const [lost] = rowsOf(one, 'd5').filter(({ ts }) => ts === lostAt);
      expect(lost?.quality).toEqual({ 'rtu.outletPressure': BAD_NO_COMMUNICATION });
      const others = rowsOf(one, 'd6').length;
      await until('three refreshes of another', () => rowsOf(one, 'd6').length >= others + 3, patient);
      expect(rowsOf(one, 'd5').filter(({ ts }) => ts > lostAt)).toEqual([]);
      expect(one.status().refreshed).toBeGreaterThan(10);
      await one.stop();
    });

    it.concurrent('is held while the outbox is full, over a broken line too, and nothing of that is lost unsaid', async () => {
      const cable = await layCable(server.port);
      closing.push(cable.stop);
      const words = wordsFor(server, cable.port, [pressure(server, 0), pressure(server, 2, { queueSize: 2 })], {
        events: [power(server, 'd0', 'rtu-full')],
      });
      const one = await listen(`${make}-full`, words, 8);
      await until('it is read', () => rowsOf(one, 'd2').length > 0 && active(one).includes(false), patient);
      await until('its history is known', () => one.status().history.nodes !== null, patient);
      const began = Date.now();
      one.room(false);
      const before = series(0, began - 10_000, 2_000);
      await until(
        'the server is to hold',
        async () => {
          await server.show(...before.splice(0, 1));
          return one.status().holds > 0;
        },
        { ...patient, everyMs: 110 },
      );
      cable.unplug();
      await until('the line is gone', () => !one.connected(), patient);
      cable.mend();
      await until('a new session', one.connected, patient);
      const recorded = series(0, began + 100, 50);
      await server.show(...recorded);
      for (const shown of series(2, began + 100, 8)) {
        await server.show(shown);
        // No faster than the server looks.
        await pause(120);
      }
      await server.tell({ source: 'rtu-full', condition: 'Power', active: true, severity: 600 });
      expect(has(one, 'd0', began + 149)).toBe(false);
      one.room(true);
      await until('all that was recorded', () => missing(one, 'd0', recorded).length === 0, patient);
      await until('the newest of what was not', () => has(one, 'd2', began + 107), patient);
      await until('what is active', () => active(one).at(-1) === true, patient);
      // asyncua overwrites and says nothing of it: that the server was held is counted in either case.
      if (make === 'node-opcua') expect(one.overwritten).toBeGreaterThan(0);
      expect(one.status().holds).toBeGreaterThan(0);
      await one.stop();
    });

    it.concurrent('that drops events is asked again what is active', async () => {
      const words = wordsFor(server, server.port, [pressure(server, 3)], {
        events: [power(server, 'd3', 'rtu-storm')],
      });
      const one = await listen(`${make}-storm`, words);
      await until('no alarm', () => active(one).includes(false), patient);
      const told = active(one).length;
      await server.tell({ source: 'rtu-storm', condition: 'Power', active: true, severity: 600 });
      await until('the alarm', () => active(one).at(-1) === true, patient);
      if (make === 'asyncua') {
        await server.tellOverflow();
        await until('it is counted', () => one.status().events.overflows === 1, patient);
        // Told again by the server, each state with the time it had: what is active is the last of them.
        await until('it is told again', () => active(one).length >= told + 2 && active(one).at(-1) === true, patient);
      }
      await one.stop();
    });
  });

  it.concurrent('whose own history outlives it is asked for what it recorded before its restart, once', async () => {
    const server = await startPeer('asyncua', join(folder, 'restarted'), ['--nodes', '2', '--history', '1']);
    closing.push(server.kill);
    const cable = await layCable(server.port);
    closing.push(cable.stop);
    const one = await listen('restarted', wordsFor(server, cable.port, [pressure(server, 0)]));
    const began = Date.now();
    await until('it is read', one.connected, patient);
    await server.show([0, 9, began]);
    await until('live', () => has(one, 'd0', began), patient);
    cable.cut();
    await until('it is missed', () => !one.connected(), patient);
    const before = series(0, began + 10, 30);
    await server.show(...before);
    const archive = new Database(join(folder, 'restarted', 'history.db'), { readonly: true });
    const table = archive.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().get() as string;
    const kept = archive.prepare(`SELECT count(*) FROM "${table}"`).pluck();
    await until('it has kept them', () => (kept.get() as number) >= before.length + 2, patient);
    archive.close();
    await server.restart();
    const after = series(0, began + 500, 30);
    await server.show(...after);
    cable.mend();
    await until('all of it', () => missing(one, 'd0', [...before, ...after]).length === 0, patient);
    await until('the gap is closed', () => one.status().history.open === 0, patient);
    const recorded = rowsOf(one, 'd0').filter(({ ts, historical }) => historical && ts > began && ts < began + 600);
    expect(new Set(recorded.map(({ ts }) => ts)).size).toBe(recorded.length);
    await one.stop();
  });
});
