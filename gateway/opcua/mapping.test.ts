import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { deviceTypes } from '../../devices/types/registry.ts';
import { readGatewayConfig } from '../config.ts';
import { converterOf } from './mapping-check.ts';

const folder = mkdtempSync(join(tmpdir(), 'yanshao-mapping-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads a gateway file whose nodes stand in a mapping file, with the devices that it knows. */
function read(mapping: string, { name = 'rtu.csv', devices = '{ "rtu-*": gas-rtu }', env = {}, access = '' } = {}) {
  writeFileSync(join(folder, name), mapping);
  const file = join(folder, 'gateway.yaml');
  writeFileSync(
    file,
    `id: gw-1
uplink: { url: mqtt://127.0.0.1:1883, token: a-token-of-twenty-four-ch }
devices: ${devices}
opcua:
  - endpoint: opc.tcp://10.0.0.5:4840
    ${access || 'anonymous: true'}
    nodes: ${name}
`,
  );
  return readGatewayConfig(file, env);
}

function faultsOf(...args: Parameters<typeof read>): string[] {
  try {
    read(...args);
    return [];
  } catch (err) {
    return (err as Error).message.split('\n').filter((line) => line.startsWith('  - '));
  }
}

describe('a mapping file', () => {
  const csv = `node,device,measurement,unit,scale,deadband,note
ns=1;s=PT101,rtu-01,rtu.outletPressure,MPa,0.1,1%,outlet of the left line
# a line for people

"ns=1;s=TT,101",rtu-01,rtu.gasTemperature,K,,0.5,
`;

  it('is a CSV file that a spreadsheet writes', () => {
    expect(read(`\uFEFF${csv}`).opcua[0]?.nodes).toMatchObject([
      {
        node: 'ns=1;s=PT101',
        device: 'rtu-01',
        measurement: 'rtu.outletPressure',
        unit: 'MPa',
        scale: 0.1,
        deadband: '1%',
      },
      { node: 'ns=1;s=TT,101', device: 'rtu-01', measurement: 'rtu.gasTemperature', unit: 'K', deadband: 0.5 },
    ]);
  });

  it('is a YAML file with the same words', () => {
    const yaml = `nodes:
  - { node: ns=1;s=PT101, device: rtu-01, measurement: rtu.outletPressure, unit: MPa, note: left line }
`;
    expect(read(yaml, { name: 'rtu.yaml' }).opcua[0]?.nodes).toMatchObject([{ unit: 'MPa', device: 'rtu-01' }]);
  });

  it('tells every fault at once, in both languages, each with file and line', () => {
    const faults = faultsOf(`node,device,measurement,unit,colour
PT101,rtu-01,rtu.outletPressure,,
ns=1;s=A,rtu-01,rtu.outletPresure,,
ns=1;s=B,rtu-01,rtu.inletPressure,Cel,
ns=1;s=C,rtu-01,rtu.flowRate,gallon,
ns=1;s=D,rtu-01,rtu.gasTemperature,,red
ns=1;s=E,rtu-01,rtu.outletPressure,,
ns=1;s=F,box-7,rtu.outletPressure,kPa,
ns=1;s=G,rtu 1,rtu.outletPressure,,,more
`);
    const expected: [line: number, text: RegExp][] = [
      [2, /nodes\.0\.node: write a node id/],
      [3, /没有测项 rtu\.outletPresure;是否想写 "rtu\.outletPressure"\?.*gas-rtu has no measurement/],
      [4, /Cel \(temperature\) cannot become MPa/],
      [5, /单位“gallon”未知.*"gallon" is not known/],
      [6, /Unrecognized key: "colour"/],
      [7, /rtu\.outletPressure of rtu-01 has two nodes/],
      [8, /不知道 box-7 的类型.*the type of box-7 is not said/],
      [9, /device: an id has/],
      [9, /Unrecognized key: "column 6"/],
    ];
    for (const [line, text] of expected)
      expect(
        faults.some((fault) => text.test(fault) && fault.endsWith(`(rtu.csv:${line})`)),
        `${line} ${text}\n${faults.join('\n')}`,
      ).toBe(true);
    expect(faults).toHaveLength(expected.length);
  });

  it('that is not there, lacks a column or is empty is said to be so', () => {
    expect(faultsOf('node,device\nns=1;s=A,rtu-01\n')).toEqual([
      expect.stringContaining('column "measurement" is missing'),
    ]);
    expect(faultsOf('', { name: 'empty.csv' })).toEqual([expect.stringContaining('the file is empty')]);
    expect(faultsOf('nodes: 3', { name: 'three.yaml' })).toEqual([expect.stringContaining('write a list of nodes')]);
    rmSync(join(folder, 'three.yaml'));
    expect(() => readGatewayConfig(join(folder, 'gateway.yaml'))).toThrow(/cannot be read/);
  });

  it('knows no type that does not exist', () => {
    expect(faultsOf(csv, { devices: '{ "rtu-*": gas-rtus }' })).toEqual([
      expect.stringMatching(/devices\.rtu-\*.*did you mean "gas-rtu"/),
    ]);
  });
});

describe('a value of a mapped node', () => {
  const converter = (measurement: string, unit: string, hint: object = {}) =>
    converterOf({ device: 'rtu-01', measurement, unit }, { 'rtu-*': { type: 'gas-rtu', ...hint } }, deviceTypes);

  it('is converted to the unit of its measurement', () => {
    expect(converter('rtu.outletPressure', 'MPa')?.(0.0025)).toBeCloseTo(2.5, 10);
    expect(converter('rtu.gasTemperature', 'K')?.(293.15)).toBeCloseTo(20, 10);
  });

  it('is converted to the unit its device is registered with, since the platform converts from that', () => {
    expect(converter('rtu.outletPressure', 'kPa', { units: { 'rtu.outletPressure': 'bar' } })?.(250)).toBeCloseTo(
      2.5,
      10,
    );
    const [combustible] = Object.entries(deviceTypes['gas-rtu']?.measurements ?? {}).filter(
      ([, one]) => one.combustible,
    );
    const gas = { gas: 'natural', gasUnit: '%{VOL}' };
    expect(converter(combustible?.[0] ?? '', '[ppm]', gas)?.(20_000)).toBeCloseTo(2, 10);
  });
});

describe('who signs in at a server', () => {
  const mapping = 'node,device,measurement\nns=1;s=A,rtu-01,rtu.flowRate\n';
  it.each([
    ['no word about it', 'publishingMs: 500', /anonymous: true/],
    ['two identities', 'anonymous: true\n    username: a', /one of: username/],
    ['Sign without encryption', 'anonymous: true\n    security: { mode: Sign }', /with Sign alone the network reads/],
    ['a broken policy', 'anonymous: true\n    security: { policy: Basic256 }', /older policies are broken/],
    ['a variable that is not set', 'username: a\n    passwordEnv: NOT_SET', /NOT_SET is not set/],
    ['a file that is not there', 'username: a\n    passwordFile: no.txt', /passwordFile: .*cannot be read/],
    ['two passwords', 'username: a\n    password: x\n    passwordEnv: P', /not several/],
  ])('%s is refused', (_, access, text) => {
    expect(faultsOf(mapping, { access })).toEqual([expect.stringMatching(text)]);
  });

  it('may have the password in a variable or a file', () => {
    writeFileSync(join(folder, 'secret'), 'opens sesame\n');
    const password = (access: string) => read(mapping, { access, env: { SCADA: 'tell-nobody' } }).opcua[0]?.password;
    expect(password('username: a\n    passwordEnv: SCADA')).toBe('tell-nobody');
    expect(password('username: a\n    passwordFile: secret')).toBe('opens sesame');
  });

  it('may be a certificate, whose files are looked for beside the configuration', () => {
    const access = 'userCertificate: { certificate: me.pem, key: /etc/me.key }';
    expect(read(mapping, { access }).opcua[0]?.userCertificate).toEqual({
      certificate: join(folder, 'me.pem'),
      key: '/etc/me.key',
    });
  });
});
