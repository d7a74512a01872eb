import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate, type Packet, parser } from 'mqtt-packet';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { topics } from '../../devices/contract/topics.ts';
import { addDevice, type Program, runCli, startProgram } from '../support/platform.ts';
import { needs, requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** What the system calls of the running platform say about durability; `kill -9` alone cannot tell, as the kernel survives it. */
const MESSAGES = 20;
const folder = mkdtempSync(join(tmpdir(), 'yanshao-sync-'));
const trace = join(folder, 'trace');
const env = {
  YANSHAO_DATA_DIR: join(folder, 'data'),
  YANSHAO_DEMO: 'off',
  YANSHAO_HTTP_PORT: '0',
  YANSHAO_MQTT_PORT: '0',
};

/** One system call: its place in the order of beginnings, and of ends, over all threads. */
interface Call {
  readonly name: string;
  readonly text: string;
  readonly began: number;
  readonly ended: number;
}

/** Reads `strace -f -o`; a call that another thread interrupts stands on two lines. */
function callsOf(text: string): Call[] {
  const calls: Call[] = [];
  const open = new Map<string, { name: string; text: string; began: number }>();
  for (const [at, line] of text.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. (\w+) resumed>(.*)$/.exec(rest);
    if (resumed) {
      const begun = open.get(thread);
      open.delete(thread);
      if (begun) calls.push({ ...begun, text: begun.text + (resumed[2] ?? ''), ended: at });
      continue;
    }
    const name = /^(\w+)\(/.exec(rest)?.[1];
    if (!name) continue;
    if (rest.includes('<unfinished ...>')) open.set(thread, { name, text: rest, began: at });
    else calls.push({ name, text: rest, began: at, ended: at });
  }
  return calls;
}

/** Bytes as `strace -xx` prints them. */
const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

needs('strace')('a PUBACK', () => {
  let program: Program;
  let token = '';
  let port = 0;

  beforeAll(async () => {
    const calls = 'trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync';
    const before = [requireTool('strace'), '-f', '-y', '-xx', '-s', '400', '-e', calls, '-o', trace];
    program = startProgram(['start'], { env, cwd: folder, before });
    port = await until(
      'the platform runs under strace',
      () => Number(/mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(program.stdout())?.[1]),
      { withinMs: 90_000 },
    );
    const cli = (...args: string[]) => runCli(args, { env, cwd: folder });
    token = await addDevice(
      { cli },
      'kitchen-1',
      '--type',
      'gas-alarm-commercial',
      '--gas',
      'natural',
      '--gas-unit',
      '%{LEL}',
    );
  });
  afterAll(async () => {
    // The tracer's end does not end what it traces: the whole group goes.
    await program?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Publishes QoS 1 and waits for each PUBACK; ids from `firstId`. */
  async function publish(socket: Socket, bodies: readonly string[], firstId: number): Promise<void> {
    const heard = new Set<string>();
    const read = parser();
    read.on('packet', (packet: Packet) => heard.add(`${packet.cmd} ${packet.messageId ?? ''}`));
    socket.on('data', (chunk: Buffer) => read.parse(chunk));
    const id = { protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'traced', keepalive: 0 };
    socket.write(generate({ cmd: 'connect', ...id, username: token } as Packet));
    await until('CONNACK', () => heard.has('connack '));
    for (const [i, payload] of bodies.entries()) {
      const messageId = firstId + i;
      const topic = topics.telemetry;
      socket.write(generate({ cmd: 'publish', topic, payload, qos: 1, dup: false, retain: false, messageId }));
      await until(`PUBACK ${messageId}`, () => heard.has(`puback ${messageId}`));
    }
  }

  it('is written to the socket only after the journal was written and synced to the disk', {
    timeout: 120_000,
  }, async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const bodies = Array.from({ length: MESSAGES }, (_, i) => `{"alarm.ch4": ${(1 + i / 100).toFixed(4)}71}`);
    const firstId = 0x4141;
    await publish(socket, bodies, firstId);
    socket.destroy();
    // To the group: the tracer hands nothing on, and ends when what it traces has ended.
    process.kill(-program.pid, 'SIGTERM');
    await program.ended;

    const calls = callsOf(readFileSync(trace, 'utf8'));
    const journal = (call: Call) => /journal\.db-wal>/.test(unhexed(call.text));
    for (const [i, body] of bodies.entries()) {
      const id = firstId + i;
      const came = calls.find((c) => /^(read|recv)/.test(c.name) && bytesOf(c).includes(hex(Buffer.from(body))));
      const puback = hex(Buffer.from([0x40, 0x02, id >> 8, id & 0xff]));
      const answered = calls.find((c) => /^(write|send)/.test(c.name) && bytesOf(c).includes(puback) && !journal(c));
      expect(came, `message ${i} was read`).toBeDefined();
      expect(answered, `message ${i} was acknowledged`).toBeDefined();
      if (!came || !answered) return;
      const between = calls.filter((c) => c.began > came.ended && c.ended < answered.began && journal(c));
      const written = between.find(({ name }) => name.startsWith('pwrite') || name === 'write');
      const synced = between.find(
        (c) =>
          /^f(data)?sync$/.test(c.name) && written !== undefined && c.began > written.ended && / = 0$/.test(c.text),
      );
      expect(written, `message ${i} was written to the journal before its PUBACK`).toBeDefined();
      expect(synced, `message ${i} was synced to the disk before its PUBACK`).toBeDefined();
    }
  });
});

/** All bytes that a call carried, also where it gathered them from several places. */
const bytesOf = ({ text }: Call): string =>
  [...text.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, bytes]) => bytes).join('');

/** Paths beside file descriptors come in hexadecimal too. */
const unhexed = (text: string): string =>
  text.replace(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
