import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate, type Packet, parser } from 'mqtt-packet';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { entryCodec, type JournalEntry, type TelemetryEntry } from '../../devices/contract/entry.ts';
import { hashSecret } from '../../devices/registry/credentials.ts';
import { type IngestBench, ingestBench, tokenOf } from '../../ingest/ingest-bench.ts';
import type { Journal } from '../../kit/journal/journal.ts';
import { openSqliteJournal } from '../../kit/journal/sqlite/sqlite-journal.ts';
import { needs, requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** Devices of other makers against ingest on real sockets and a journal on a real disk. */
const folder = mkdtempSync(join(tmpdir(), 'yanshao-ingest-'));
let bench: IngestBench;
/** While set, appends of telemetry wait for it. */
let held: Promise<void> | undefined;

beforeAll(async () => {
  const inner = await openSqliteJournal<JournalEntry>(join(folder, 'journal.db'), entryCodec, {
    capBytes: 64e6,
    safetyBytes: 16e6,
  });
  const journal: Journal<JournalEntry> = {
    ...inner,
    async append(entries, lane) {
      if (held && entries.some((entry) => entry.kind === 'telemetry')) await held;
      return inner.append(entries, lane);
    },
  };
  bench = await ingestBench({ journal });
});
afterAll(async () => {
  await bench.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs mosquitto_pub and hands back its exit code and what it said. */
function pub(...args: readonly string[]): Promise<{ code: number; said: string }> {
  const all = ['-h', '127.0.0.1', '-p', String(bench.ingest.mqttPort), '-q', '1', ...args];
  return new Promise((resolve) => {
    execFile(requireTool('mosquitto_pub'), all, (err, stdout, stderr) =>
      resolve({ code: err ? Number(err.code) : 0, said: stdout + stderr }),
    );
  });
}
const telemetry = (body: string, subject = 'd-1') =>
  pub('-u', tokenOf(subject), '-t', 'v1/devices/me/telemetry', '-m', body);
const last = async (device: string): Promise<TelemetryEntry | undefined> =>
  (await bench.telemetry()).findLast((entry) => entry.device === device);

needs('mosquitto_pub')('a device that speaks MQTT through mosquitto_pub', () => {
  it('is accepted with its token, and its reading stands in the journal', async () => {
    expect((await telemetry('{"alarm.ch4": 3.2, "alarm.valve": "open"}')).code).toBe(0);
    expect(await last('d-1')).toMatchObject({ values: { 'alarm.ch4': 3.2, 'alarm.valve': 'open' }, source: 'mqtt' });
  });

  it('is turned away without a credential, and with a wrong one', async () => {
    const without = await pub('-t', 'v1/devices/me/telemetry', '-m', '{"alarm.ch4": 99}');
    expect(without).toMatchObject({ code: 5, said: expect.stringContaining('not authorised') });
    const wrong = await pub('-u', 'not-a-token', '-t', 'v1/devices/me/telemetry', '-m', '{"alarm.ch4": 99}');
    expect(wrong).toMatchObject({ code: 4, said: expect.stringContaining('bad user name or password') });
    expect(await last('d-1')).toMatchObject({ values: { 'alarm.ch4': 3.2 } });
  });

  it('gets its PUBACK only once the reading is durable', async () => {
    let letGo = () => {};
    held = new Promise((resolve) => {
      letGo = resolve;
    });
    let finished = false;
    const sending = telemetry('{"alarm.flow": 41}').then((outcome) => {
      finished = true;
      return outcome;
    });
    await until('the message has arrived', async () => (await bench.ingest.stats()).clients > 0);
    // A second device comes and goes meanwhile: mosquitto_pub would long have finished, had it been acknowledged.
    await pub('-u', tokenOf('d-4'), '-t', 'v1/devices/me/attributes/request/1', '-m', '{}');
    expect(finished).toBe(false);
    expect(await last('d-1')).not.toMatchObject({ values: { 'alarm.flow': 41 } });
    held = undefined;
    letGo();
    expect((await sending).code).toBe(0);
    expect(await last('d-1')).toMatchObject({ values: { 'alarm.flow': 41 } });
  });

  it.each([
    ['not JSON', 'hello', 'not-json'],
    ['a wrong type', '{"alarm.ch4": "3.2"}', 'wrong-type'],
    ['an unknown measurement', '{"alarm.ch5": 3.2}', 'unknown-measurement'],
    ['NaN', '{"alarm.ch4": NaN}', 'not-json'],
  ])('sends %s: it is acknowledged, quarantined with the reason, and disturbs nothing', async (_what, body, code) => {
    const before = (await bench.telemetry()).length;
    const { refused } = await bench.ingest.stats();
    expect((await telemetry(body)).code).toBe(0);
    const [row] = await bench.ingest.quarantine({ client: 'd-1', limit: 1 });
    expect(row).toMatchObject({ code, topic: 'v1/devices/me/telemetry' });
    expect(Buffer.from(row?.payload ?? '', 'base64').toString()).toBe(body);
    expect(row?.reason.zh).toMatch(/[一-鿿]/);
    expect((await bench.ingest.stats()).refused).toBe(refused + 1);
    expect((await bench.telemetry()).length).toBe(before);
  });

  it('sends 5 MB: quarantined with its size while another device is served', async () => {
    const file = join(folder, 'large.json');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(file, `{"alarm.note": "${'x'.repeat(5_000_000)}"}`);
    const [large, small] = await Promise.all([
      pub('-u', tokenOf('d-1'), '-t', 'v1/devices/me/telemetry', '-f', file),
      telemetry('{"alarm.flow": 5}', 'd-4'),
    ]);
    expect([large.code, small.code]).toEqual([0, 0]);
    expect((await bench.ingest.quarantine({ client: 'd-1', limit: 1 }))[0]).toMatchObject({
      code: 'too-large',
      size: 5_000_018,
    });
    expect(await last('d-4')).toMatchObject({ values: { 'alarm.flow': 5 } });
  });

  it('is a gateway: what it says of unknown and foreign devices is refused, the rest is kept', async () => {
    const element = [{ ts: bench.clock.now(), values: { 'alarm.flow': 9 } }];
    const body = JSON.stringify({ 'd-2': element, 'd-99': element, 'd-4': element });
    expect((await pub('-u', tokenOf('gw-1'), '-t', 'v1/gateway/telemetry', '-m', body)).code).toBe(0);
    expect(await last('d-2')).toMatchObject({ values: { 'alarm.flow': 9 }, gateway: 'gw-1', source: 'gateway' });
    const rows = await bench.ingest.quarantine({ client: 'gw-1', limit: 10 });
    expect(rows.map((row) => [row.device, row.code]).sort()).toEqual([
      ['d-4', 'not-behind-this-gateway'],
      ['d-99', 'unknown-device'],
    ]);
  });
});

/** A client that never reads what it is sent. */
async function frozenClient(subject: string): Promise<{ socket: Socket; send: (packet: Packet) => void }> {
  const socket = connect(bench.ingest.mqttPort, '127.0.0.1');
  socket.on('error', () => {});
  const send = (packet: Packet) => void socket.write(generate(packet));
  const read = parser();
  const heard: string[] = [];
  read.on('packet', (packet) => heard.push(packet.cmd));
  socket.on('data', (chunk: Buffer) => read.parse(chunk));
  const id = { protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'frozen', keepalive: 0 };
  send({ cmd: 'connect', ...id, username: tokenOf(subject) } as Packet);
  const subscriptions = [{ topic: 'v1/devices/me/errors', qos: 1 as const }];
  send({ cmd: 'subscribe', messageId: 1, subscriptions } as Packet);
  await vi.waitFor(() => expect(heard).toEqual(['connack', 'suback']));
  socket.pause();
  return { socket, send };
}

it('a subscriber that never reads and then goes away takes nobody with it', async () => {
  // The recipe that ends a plain aedes: a frozen subscriber, many pipelining publishers, then the subscriber leaves.
  const frozen = await frozenClient('d-4');
  for (let i = 0; i < 20_000; i++) {
    frozen.send({ cmd: 'publish', topic: 'v1/devices/me/telemetry', payload: '?', qos: 0, dup: false, retain: false });
  }
  const publishers = await Promise.all(Array.from({ length: 100 }, () => bench.connect('d-1')));
  const publishing = Promise.all(
    publishers.map((client, p) =>
      Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          client.publishAsync('v1/devices/me/telemetry', `{"alarm.flow": ${p * 100 + i}}`, { qos: 1 }),
        ),
      ),
    ),
  );
  await until('the flood has arrived', async () => (await bench.ingest.stats()).refused > 1000);
  frozen.socket.destroy();
  await publishing;
  await Promise.all(publishers.map((client) => client.endAsync()));
  const flows = (await bench.telemetry())
    .filter((entry) => entry.device === 'd-1')
    .map((entry) => entry.values['alarm.flow']);
  expect(new Set(flows).size).toBeGreaterThanOrEqual(10_000);
  expect((await bench.ingest.stats()).lost).toBe(0);
});

it('a shared subscription is refused, where a plain aedes grants it and delivers nothing', async () => {
  const client = await bench.connect('gw-2');
  await expect(client.subscribeAsync('$share/group/v1/devices/me/telemetry')).rejects.toThrow();
  await client.publishAsync('v1/gateway/telemetry', '{}', { qos: 1 });
  expect(client.connected).toBe(true);
});

it('a token is known by its hash alone', () => {
  expect(bench.registry.byToken(hashSecret(tokenOf('d-1')))).toMatchObject({ subject: 'd-1' });
  expect(JSON.stringify([...bench.registry.credentialsOf('d-1')])).not.toContain(tokenOf('d-1'));
});
