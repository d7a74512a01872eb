import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gatewayConfigSchema, readGatewayConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'yanshao-gateway-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(yaml: string) {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, yaml);
  return readGatewayConfig(file);
}

const token = 'a-token-of-twenty-four-ch';
const uplink = { url: 'mqtt://127.0.0.1:1883', token };
const topics = [{ filter: 'field/+/telemetry', device: 1 }];
const mqtt = [{ url: 'mqtt://10.0.0.9:1883', topics }];
const node = { node: 'ns=1;s=PT101', device: 'rtu-01', measurement: 'rtu.outletPressure' };
const opcua = (over: object = {}) => [{ endpoint: 'opc.tcp://10.0.0.5:4840', anonymous: true, nodes: [node], ...over }];

/** The faults of a configuration, as `path: message`. */
function faults(over: object): string[] {
  const parsed = gatewayConfigSchema.safeParse({ id: 'gw-1', uplink, ...over });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a gateway’s file', () => {
  it('is read, with files looked for beside it and safe settings where nothing is said', () => {
    const config = read(`
id: gw-north
uplink: { url: mqtts://platform:8883, token: ${token}, ca: ca.pem }
mqtt:
  - url: mqtt://127.0.0.1:1884
    topics: [{ filter: field/+/telemetry, device: 1, map: { p: { measurement: rtu.outletPressure, scale: 0.001 } } }]
opcua:
  - endpoint: opc.tcp://10.0.0.5:4840
    username: yanshao
    password: secret
    trusted: [certs/scada.pem, /etc/certs/other.der]
    nodes: [{ node: "ns=1;s=PT101", device: rtu-01, measurement: rtu.outletPressure }]
`);
    expect(config.uplink.ca).toBe(join(folder, 'ca.pem'));
    expect(config.opcua[0]).toMatchObject({
      security: { policy: 'Basic256Sha256', mode: 'SignAndEncrypt' },
      trusted: [join(folder, 'certs/scada.pem'), '/etc/certs/other.der'],
      publishingMs: 500,
    });
  });

  it('tells all its faults at once, each with its place', () => {
    const wrong = `
id: "gw 1"
uplink: { url: http://platform, token: short }
mqtt: [{ url: mqtt://h, topics: [{ filter: "a/#/b", device: 9 }], color: red }]
opcua: [{ endpoint: "10.0.0.5", nodes: [] }]
`;
    const told = (() => {
      try {
        read(wrong);
        return '';
      } catch (err) {
        return (err as Error).message;
      }
    })();
    for (const place of [
      'id:',
      'uplink.url:',
      'uplink.token:',
      'mqtt.0.topics.0.filter:',
      'mqtt.0:',
      'opcua.0.endpoint:',
      'opcua.0.nodes:',
    ])
      expect(told).toContain(`  - ${place}`);
    expect(told).toContain('color');
    expect(told).toContain('8 faults');
    expect(told).toContain('8 处错误');
  });

  it('that is not there, or no YAML, is said to be so', () => {
    expect(() => readGatewayConfig(join(folder, 'none.yaml'))).toThrow(/cannot read the gateway configuration/);
    expect(() => read('id: [')).toThrow(/cannot read the gateway configuration/);
    expect(() => read('')).toThrow(/\(file\)/);
  });

  it('hears something', () => {
    expect(faults({})).toEqual([expect.stringContaining('nothing to hear')]);
    expect(faults({ mqtt })).toEqual([]);
    expect(faults({ opcua: opcua() })).toEqual([]);
  });
});

describe('safety of a gateway’s lines', () => {
  it.each([[{ policy: 'None', mode: 'None' }], [{ policy: 'None' }], [{ mode: 'None' }]])(
    'OPC UA with security %j is for a lab only',
    (security) => {
      expect(faults({ opcua: opcua({ security }) })).toEqual([
        expect.stringMatching(/^opcua\.0\.security: .*None is for a lab/),
      ]);
    },
  );

  it('in a lab security may be None, wholly', () => {
    expect(faults({ opcua: opcua({ lab: true, security: { policy: 'None', mode: 'None' } }) })).toEqual([]);
    expect(faults({ opcua: opcua({ lab: true, security: { policy: 'None' } }) })).toEqual([
      expect.stringContaining('None together or not at all'),
    ]);
  });

  it.each([
    ['mqtt://127.0.0.1:1883', 0],
    ['mqtt://localhost:1883', 0],
    ['mqtt://[::1]:1883', 0],
    ['mqtts://platform:8883', 0],
    ['mqtt://platform:1883', 1],
    ['mqtt://10.0.0.1', 1],
  ])('the token goes to %s: %s faults', (url, count) => {
    expect(faults({ mqtt, uplink: { url, token } })).toHaveLength(count);
  });

  it('in a lab the token may cross a network in the clear', () => {
    expect(faults({ mqtt, uplink: { url: 'mqtt://platform:1883', token, lab: true } })).toEqual([]);
  });
});

describe('names in a gateway’s file', () => {
  it('give a measurement of a device one node', () => {
    expect(faults({ opcua: opcua({ nodes: [node, { ...node, node: 'ns=1;s=PT102' }] }) })).toEqual([
      expect.stringContaining('rtu.outletPressure of rtu-01 has two nodes'),
    ]);
  });

  it('give a measurement one field', () => {
    const map = { a: { measurement: 'm' }, b: { measurement: 'm' } };
    expect(faults({ mqtt: [{ ...mqtt[0], topics: [{ ...topics[0], map }] }] })).toEqual([
      expect.stringMatching(/^mqtt\.0\.topics\.0\.map\.b: two fields become "m"/),
    ]);
  });

  it('list a broker once', () => {
    expect(faults({ mqtt: [...mqtt, ...mqtt] })).toEqual([expect.stringContaining('listed twice')]);
  });

  it('ask for what does not change every second at most, or never', () => {
    expect(faults({ opcua: opcua({ refreshMs: 0 }) })).toEqual([]);
    expect(faults({ opcua: opcua({ refreshMs: 999 }) })).toEqual([
      expect.stringContaining('write 0 (never) or at least 1000'),
    ]);
  });

  it.each(['PT101', 'ns=x;s=PT101', 'ns=1;PT101'])('“%s” is no node id', (name) => {
    expect(faults({ opcua: opcua({ nodes: [{ ...node, node: name }] }) })).toHaveLength(1);
  });
});
