import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, type ConfigSources, fileKey, flagName, loadConfig, setting } from './config.ts';

const settings = {
  httpPort: setting({
    env: 'YANSHAO_HTTP_PORT',
    schema: z.coerce.number().int().min(1).max(65_535).default(8080),
    help: { zh: '网页端口', en: 'port of the pages' },
  }),
  token: setting({
    env: 'YANSHAO_INFLUX_TOKEN',
    schema: z.string().min(8).optional(),
    help: { zh: '令牌', en: 'token of the store' },
    secret: true,
  }),
  city: setting({
    env: 'YANSHAO_CITY',
    schema: z.string(),
    help: { zh: '城市', en: 'folder of the city' },
  }),
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const yaml = (text: string): string => {
  const file = join(folder, 'yanshao.yaml');
  writeFileSync(file, text);
  return file;
};
const load = (sources: Partial<ConfigSources> = {}) =>
  loadConfig(settings, { ...sources, env: { YANSHAO_CITY: 'testville', ...sources.env } });
const faultsOf = (sources: Partial<ConfigSources>): readonly string[] => {
  try {
    load(sources);
  } catch (err) {
    if (err instanceof ConfigError) return err.faults;
    throw err;
  }
  return [];
};
const reported = (loaded: ReturnType<typeof load>, env: string) => {
  const { value, origin } = loaded.report.find((line) => line.env === env)!;
  return `${value} (${origin})`;
};

describe('a setting', () => {
  it('has a line in the file and a flag that follow from its variable', () => {
    expect(fileKey('YANSHAO_HTTP_PORT')).toBe('httpPort');
    expect(flagName('YANSHAO_HTTP_PORT')).toBe('http-port');
    expect(fileKey('YANSHAO_MQTT_V5_2')).toBe('mqttV52');
  });

  it('is taken from its default, the environment, the file or a flag, the later the stronger', () => {
    const env = { YANSHAO_HTTP_PORT: '81' };
    const file = yaml('httpPort: 82');
    expect(load().config.httpPort).toBe(8080);
    expect(load({ env }).config.httpPort).toBe(81);
    expect(load({ env, file }).config.httpPort).toBe(82);
    expect(load({ env, file, flags: { httpPort: '83' } }).config.httpPort).toBe(83);
  });

  it('is shown with its value and where that came from', () => {
    const env = { YANSHAO_HTTP_PORT: '81' };
    expect(reported(load(), 'YANSHAO_HTTP_PORT')).toBe('8080 (default)');
    expect(reported(load({ env }), 'YANSHAO_HTTP_PORT')).toBe('81 (environment)');
    expect(reported(load({ env, file: yaml('httpPort: 82') }), 'YANSHAO_HTTP_PORT')).toBe('82 (yanshao.yaml)');
    expect(reported(load({ env, flags: { httpPort: 83 } }), 'YANSHAO_HTTP_PORT')).toBe('83 (flag)');
    expect(reported(load(), 'YANSHAO_INFLUX_TOKEN')).toBe(' (default)');
  });

  it('counts as absent when its variable is empty or nothing stands behind its key', () => {
    expect(load({ env: { YANSHAO_HTTP_PORT: '' } }).config.httpPort).toBe(8080);
    expect(load({ file: yaml('httpPort:\n') }).config.httpPort).toBe(8080);
    expect(load({ env: { YANSHAO_HTTP_PORT: '81' }, file: yaml('httpPort: ~\n') }).config.httpPort).toBe(81);
  });

  it('cannot be changed once loaded', () => {
    const { config } = load();
    expect(() => Object.assign(config, { httpPort: 1 })).toThrow(TypeError);
  });
});

describe('a secret', () => {
  it('is never shown, not in the report and not in a fault', () => {
    const good = load({ env: { YANSHAO_INFLUX_TOKEN: 'open-sesame' } });
    expect(good.config.token).toBe('open-sesame');
    expect(reported(good, 'YANSHAO_INFLUX_TOKEN')).toBe('•••• (environment)');
    const faults = faultsOf({ env: { YANSHAO_INFLUX_TOKEN: 'sesame' } });
    expect(faults.join()).toContain('YANSHAO_INFLUX_TOKEN from environment is (secret)');
    expect(faults.join()).not.toContain('sesame');
  });

  it('is not shown either when it is a default', () => {
    const withDefault = { token: { ...settings.token, schema: z.string().default('factory-set') } };
    const { report } = loadConfig(withDefault, { env: {} });
    expect(report[0]!.value).toBe('••••');
  });

  it('is not shown when the file around it is broken', () => {
    const faults = faultsOf({ file: yaml('influxToken: "open-sesame\ncity: x\n') });
    expect(faults.join()).toContain('is not YAML');
    expect(faults.join()).toMatch(/line \d/);
    expect(faults.join()).not.toContain('sesame');
  });
});

describe('faults', () => {
  it('are all told at once, each with its value, its origin and what it means', () => {
    const file = yaml('httpPort: ninety\nhtpPort: 90\n');
    const faults = faultsOf({ env: { YANSHAO_CITY: '', YANSHAO_INFLUX_TOKEN: 'short' }, file });
    expect(faults).toHaveLength(4);
    expect(faults[0]).toContain(`${file}: "htpPort" is not a setting`);
    expect(faults[1]).toMatch(/^YANSHAO_HTTP_PORT from yanshao\.yaml is "ninety": .* — port of the pages \/ 网页端口$/);
    expect(faults[2]).toMatch(/^YANSHAO_INFLUX_TOKEN from environment is \(secret\)/);
    expect(faults[3]).toMatch(/^YANSHAO_CITY is not set: .* — folder of the city \/ 城市$/);
    expect(new ConfigError(faults).message).toMatch(/^4 项设置无法使用 \/ 4 settings cannot be used:\n {2}- /);
    expect(new ConfigError(['one']).message).toMatch(/^1 项设置无法使用 \/ 1 setting cannot be used:\n {2}- one$/);
  });

  it.each([
    ['- a\n- b\n', 'holds a list'],
    ['just words\n', 'holds string'],
    ['city: [1\n', 'is not YAML'],
    ['city: a\ncity: b\n', 'is not YAML'],
  ])('name a file that is not made of settings: %j', (text, words) => {
    expect(faultsOf({ file: yaml(text) }).join()).toContain(words);
  });

  it('name a file that cannot be read', () => {
    expect(faultsOf({ file: folder }).join()).toContain(`${folder} cannot be read`);
  });

  it('do not come from a file that does not exist, or is empty', () => {
    expect(faultsOf({ file: join(folder, 'none.yaml') })).toEqual([]);
    expect(faultsOf({ file: yaml('# nothing yet\n') })).toEqual([]);
  });

  it('do not come from settings of another process in the same file', () => {
    const { city, ...own } = settings;
    const file = yaml('city: testville\nhttpPort: 90\n');
    expect(loadConfig(own, { env: {}, file }, { city }).config.httpPort).toBe(90);
    expect(() => loadConfig(own, { env: {}, file })).toThrow('"city" is not a setting');
  });
});

describe('a variable that means nothing', () => {
  it('is named, since it may be misspelt, and does not keep anything from starting', () => {
    const env = { YANSHAO_HTPP_PORT: '90', HOME: '/root' };
    expect(load({ env }).unknownEnv).toEqual(['YANSHAO_HTPP_PORT']);
    expect(load().unknownEnv).toEqual([]);
  });
});
