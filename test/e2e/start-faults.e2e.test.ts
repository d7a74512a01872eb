import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDevice, type Env, groupAlive, startPlatform, startProgram } from '../support/platform.ts';

/** What stops a start is told in one message with its value and its remedy, and nothing stays behind. */
const folder = mkdtempSync(join(tmpdir(), 'yanshao-faults-'));
const anyPorts: Env = {
  YANSHAO_HTTP_PORT: '0',
  YANSHAO_MQTT_PORT: '0',
  YANSHAO_OPCUA_PORT: '0',
  YANSHAO_FIELD_PORT: '0',
  YANSHAO_SIMULATOR_PORT: '0',
};
/** A demonstration of a few devices: what stops it does not hang on their number. */
const small: Env = { YANSHAO_DEMO_DEVICES: '40' };
const taken = createServer();
let port = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  port = String((taken.address() as { port: number }).port);
});
afterAll(() => {
  taken.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a start that must fail; hands back what it said besides its progress. */
async function failed(env: Env, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const cwd = mkdtempSync(join(folder, 'case-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  const own = { ...anyPorts, YANSHAO_DEMO: 'off', YANSHAO_DATA_DIR: join(cwd, 'data'), ...env };
  const program = startProgram(['start'], { env: own, cwd });
  const code = await program.ended;
  const said = program.output();
  expect(code, said).toBe(1);
  expect(groupAlive(program.pid), 'a process is left').toBe(false);
  expect(said, 'a stack trace is shown').not.toMatch(/^\s+at .*[:(]\d+/m);
  expect(program.stdout()).toBe('');
  return said
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('·'))
    .join('\n');
}

const garbage = 'this is no database '.repeat(500);

describe('a start that cannot be', () => {
  const cases: readonly [
    what: string,
    env: () => Env,
    files: Readonly<Record<string, string>>,
    value: RegExp,
    remedy: RegExp,
  ][] = [
    [
      'a yanshao.yaml that is no YAML',
      () => ({}),
      { 'yanshao.yaml': 'httpPort: [1\nx' },
      /yanshao\.yaml is not YAML/,
      /line 2/,
    ],
    [
      'an unknown key',
      () => ({}),
      { 'yanshao.yaml': 'htpPort: 8080' },
      /"htpPort"/,
      /start --help.*docs\/settings\.md/,
    ],
    [
      'a port that is no number',
      () => ({ YANSHAO_HTTP_PORT: 'http' }),
      {},
      /YANSHAO_HTTP_PORT.*"http"/,
      /a number is expected/,
    ],
    ['a port that cannot be', () => ({ YANSHAO_MQTT_PORT: '99999' }), {}, /YANSHAO_MQTT_PORT.*"99999"/, /65535/],
    ['a demonstration neither on nor off', () => ({ YANSHAO_DEMO: 'maybe' }), {}, /YANSHAO_DEMO.*"maybe"/, /on or off/],
    ['an HTTP port that is taken', () => ({ YANSHAO_HTTP_PORT: port }), {}, /is taken/, /YANSHAO_HTTP_PORT/],
    ['an MQTT port that is taken', () => ({ YANSHAO_MQTT_PORT: port }), {}, /is taken/, /YANSHAO_MQTT_PORT/],
    ['a control port that is taken', () => ({ YANSHAO_CONTROL_PORT: port }), {}, /is taken/, /YANSHAO_CONTROL_PORT/],
    [
      'an OPC UA port that is taken, of the simulated stations',
      () => ({ ...small, YANSHAO_DEMO: 'on', YANSHAO_OPCUA_PORT: port }),
      {},
      /EADDRINUSE/,
      /YANSHAO_OPCUA_PORT/,
    ],
    [
      'a data folder under a file',
      () => ({ YANSHAO_DATA_DIR: 'file/data' }),
      { file: '' },
      /file\/data/,
      /YANSHAO_DATA_DIR/,
    ],
    ['a city nobody knows', () => ({ YANSHAO_CITY: 'atlantis' }), {}, /"atlantis"/, /hengyang.*YANSHAO_CITY/s],
    ['a city outside of cities/', () => ({ YANSHAO_CITY: '../test' }), {}, /"\.\.\/test"/, /YANSHAO_CITY/],
    ['pages on a network in the clear', () => ({ YANSHAO_HTTP_HOST: '0.0.0.0' }), {}, /0\.0\.0\.0/, /YANSHAO_TLS_CERT/],
    [
      'MQTT on a network in the clear',
      () => ({ YANSHAO_MQTT_HOST: '0.0.0.0' }),
      {},
      /0\.0\.0\.0/,
      /YANSHAO_MQTT_TLS_CERT/,
    ],
    [
      'a database that is not there',
      () => ({ YANSHAO_DATABASE_URL: 'postgres://duty:geese-at-night@127.0.0.1:1/city' }),
      {},
      /duty:••••@127\.0\.0\.1:1/,
      /Start PostgreSQL/,
    ],
    [
      'a state file that is none',
      () => ({}),
      { 'data/live/state.db': garbage },
      /state\.db/,
      /Move it away|restore a backup/,
    ],
    [
      'a journal that is none',
      () => ({}),
      { 'data/live/journal.db': garbage },
      /journal\.db/,
      /Move it away, or restore/,
    ],
    [
      'a store of readings that is none',
      () => ({}),
      { 'data/live/telemetry.duckdb': garbage },
      /telemetry\.duckdb/,
      /move the file away/,
    ],
  ];

  it.each(cases)('%s: exit 1, the value and the remedy in one message', async (_what, env, files, value, remedy) => {
    const said = await failed(env(), files);
    expect(said).toMatch(value);
    expect(said).toMatch(remedy);
    expect(said).not.toContain('geese-at-night');
    expect(said.split('\n').length).toBeLessThanOrEqual(4);
  });

  it('tells every fault of the settings at once', async () => {
    const env = { YANSHAO_HTTP_PORT: '-1', YANSHAO_MQTT_PORT: 'x', YANSHAO_JOURNAL_CAP_MB: '1' };
    const said = await failed(env, { 'yanshao.yaml': 'colour: red' });
    for (const name of ['colour', 'YANSHAO_HTTP_PORT', 'YANSHAO_MQTT_PORT', 'YANSHAO_JOURNAL_CAP_MB']) {
      expect(said).toContain(name);
    }
  });
});

describe('a demonstration and a real city', () => {
  it('never mix: neither starts where the other has registered its devices; a second start leaves the first alone', async () => {
    const platform = await startPlatform({ YANSHAO_DEMO: 'off' });
    try {
      await addDevice(
        platform,
        'kitchen-1',
        '--type',
        'gas-alarm-commercial',
        '--gas',
        'natural',
        '--gas-unit',
        '%{LEL}',
      );
      // While it runs, a second one on the same folder is turned away and the first goes on.
      const second = await failed({ YANSHAO_DATA_DIR: platform.dataDir });
      expect(second).toMatch(/already|another process|another yanshao/i);
      expect(await platform.get('/api/v1/devices/kitchen-1')).toMatchObject({ id: 'kitchen-1' });

      await platform.halt();
      renameSync(join(platform.dataDir, 'live'), join(platform.dataDir, 'demo'));
      const said = await failed({ YANSHAO_DATA_DIR: platform.dataDir, YANSHAO_DEMO: 'on' });
      expect(said).toMatch(/real device "kitchen-1".*YANSHAO_DEMO=off/);
      expect(said).toMatch(/真实设备“kitchen-1”/);
    } finally {
      await platform.stop();
    }
  });

  it('never mix the other way round', async () => {
    const platform = await startPlatform(small);
    try {
      await platform.halt();
      renameSync(join(platform.dataDir, 'demo'), join(platform.dataDir, 'live'));
      const said = await failed({ YANSHAO_DATA_DIR: platform.dataDir });
      expect(said).toMatch(/demonstration device ".+".*YANSHAO_DATA_DIR/);
      expect(said).toMatch(/演示设备“.+”/);
    } finally {
      await platform.stop();
    }
  });
});
