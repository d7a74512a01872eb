import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy } from 'node-opcua';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { stationNodeId } from '../../simulators/opcua/station-node-id.ts';
import { stationServer } from '../../simulators/opcua/station-server.ts';
import { behindGateway, GATEWAY, gatewayIn, harbour, tempDir } from '../support/gateway-bench.ts';
import { closedAfterEach } from '../support/later.ts';
import { authority } from '../support/opcua-authority.ts';
import { freePort } from '../support/servers.ts';
import { until } from '../support/until.ts';

/** Whom a gateway trusts over OPC UA, by command and while it runs; against real servers, with the real command line. */
const program = fileURLToPath(new URL('../../bin/yanshao.js', import.meta.url));
const RTU = behindGateway('rtu-1', 'gas-rtu');
const login = { username: GATEWAY, password: 'a password of the stations' };
const nodes = [
  {
    node: stationNodeId('rtu-1', 'rtu.outletPressure'),
    device: 'rtu-1',
    measurement: 'rtu.outletPressure',
    unit: 'MPa',
  },
];
const pressureName = 'rtu-1.rtu.outletPressure';
const devices = { 'rtu-*': 'gas-rtu' };

const later = closedAfterEach();
const nowhere = { url: 'mqtt://127.0.0.1:1', token: 'a-token-of-twenty-four-ch' };

/** A data folder in which the command line finds the gateway that runs in this test. */
function dataFolder() {
  const { dir } = later(tempDir(), ({ remove }) => remove());
  const at = join(dir, 'live', 'gateways', GATEWAY);
  mkdirSync(at, { recursive: true });
  const env = { ...process.env, YANSHAO_DATA_DIR: dir, YANSHAO_DEMO: 'off', SCADA_PASSWORD: login.password };
  const run = (...words: string[]) =>
    promisify(execFile)(process.execPath, [program, ...words], { env, cwd: dir }).then(
      ({ stdout, stderr }) => ({ ok: true, text: stdout, said: stderr }),
      (err: { stdout: string; stderr: string }) => ({ ok: false, text: err.stdout, said: err.stderr }),
    );
  return { dir, at, run, opcua: (...words: string[]) => run('opcua', ...words, '--gateway', GATEWAY) };
}

async function stations(dir: string) {
  const server = await stationServer({
    port: await freePort(),
    stations: [RTU],
    users: { [login.username]: login.password },
    pkiDir: join(dir, 'stations'),
    log: silentLog,
  });
  return later(server, (one) => one.stop());
}

/** A certificate that stands for a person or a service, with its key: what a server's owner gives a gateway to sign in with. */
async function technicianIdentity(dir: string): Promise<{ certificate: string; key: string }> {
  const manager = new OPCUACertificateManager({ rootFolder: join(dir, 'identity') });
  await manager.initialize();
  const certificate = join(dir, 'identity.pem');
  await manager.createSelfSignedCertificate({
    outputFile: certificate,
    subject: { commonName: 'yanshao reader' },
    applicationUri: 'urn:plant:reader',
    dns: [],
    startDate: new Date(Date.now() - 86_400_000),
    validity: 30,
  });
  const key = manager.privateKey;
  await manager.dispose();
  return { certificate, key };
}

describe('a server’s certificate', () => {
  it('is trusted and rejected by command while the gateway runs, which tries again at once', async () => {
    const folder = dataFolder();
    const server = await stations(folder.dir);
    const source = { endpoint: server.url, ...login, publishingMs: 50, nodes };
    const one = later(await gatewayIn(folder.at, nowhere, { opcua: [source] }, { more: { devices } }), (g) => g.stop());
    const connected = async () => (await one.stats()).sources[0]?.connected;
    await until('the server was refused', async () =>
      (await one.stats()).stations[0]?.problem?.includes('not trusted'),
    );

    const list = await folder.opcua('list');
    expect(list.text).toContain('rejected');
    expect(list.text).toContain('urn:yanshao:simulated-stations');
    const [, sha1 = ''] = /rejected[\s\S]*?SHA-1 +(\w{40})/.exec(list.text) ?? [];
    expect((await folder.opcua('trust', 'ffff0000')).said).toContain('no certificate begins with ffff0000');
    expect((await folder.opcua('trust', sha1.slice(0, 8))).ok).toBe(true);
    await until('the server is read', connected, { withinMs: 15_000 });

    server.show('rtu-1', Date.now(), { 'rtu.outletPressure': 0.0025 });
    const last = await until('the value in kPa', async () => (await one.stats()).sources[0]?.lastRow);
    expect(last.values['rtu.outletPressure']).toBeCloseTo(2.5, 6);

    expect((await folder.opcua('reject', sha1)).ok).toBe(true);
    await until('it is read no more', async () => !(await connected()), { withinMs: 15_000 });
    const audit = readFileSync(join(folder.at, 'pki', 'trust.log'), 'utf8')
      .trim()
      .split('\n');
    expect(audit.map((line) => (JSON.parse(line) as { action: string; sha1: string }).action)).toEqual([
      'trust',
      'reject',
    ]);
  });

  it('that the gateway’s file lists stays trusted until it is taken off there', async () => {
    const folder = dataFolder();
    const server = await stations(folder.dir);
    const certificate = join(folder.dir, 'stations', 'server', 'own', 'certs', 'certificate.pem');
    const file = join(folder.dir, 'gateway.yaml');
    const write = (trusted: string[]) =>
      writeFileSync(
        file,
        JSON.stringify({
          id: GATEWAY,
          uplink: nowhere,
          devices,
          opcua: [{ endpoint: server.url, username: login.username, passwordEnv: 'SCADA_PASSWORD', trusted, nodes }],
        }),
      );
    write([certificate]);
    const named = ['--gateway-config', file];
    const checked = await folder.run('gateway', '--online', ...named);
    expect(checked.said).toContain('all 1 nodes are there');
    expect((await folder.run('opcua', 'reject', certificate, ...named)).said).toContain('take it off there first');
    // Somebody who looks without the file takes nothing off its list.
    const look = ['opcua', 'browse', server.url, 'ns=1;s=Stations', '--gateway', GATEWAY];
    const seen = await folder.run(...look, '--username', login.username, '--password-env', 'SCADA_PASSWORD');
    expect(seen.text).toContain(pressureName);
    write([]);
    const again = await folder.run('gateway', '--online', ...named);
    expect(again.ok).toBe(false);
    expect(again.said).toContain('BadCertificateUntrusted');
  });

  it('may be one of an authority that is trusted, as long as its revocation list does not name it', async () => {
    const folder = dataFolder();
    const ca = await authority(folder.dir);
    const uri = 'urn:plant:scada';
    const signed = await ca.sign('scada', uri);
    const server = new OPCUAServer({
      port: await freePort(),
      hostname: '127.0.0.1',
      serverInfo: { applicationUri: uri },
      certificateFile: signed.certificate,
      privateKeyFile: signed.key,
      serverCertificateManager: new OPCUACertificateManager({
        rootFolder: join(folder.dir, 'scada-pki'),
        automaticallyAcceptUnknownCertificate: true,
      }),
      securityPolicies: [SecurityPolicy.Aes256_Sha256_RsaPss],
      securityModes: [MessageSecurityMode.SignAndEncrypt],
    });
    await server.initialize();
    server.engine.addressSpace?.getOwnNamespace().addVariable({
      organizedBy: 'ObjectsFolder',
      browseName: 'P',
      nodeId: 's=P',
      dataType: DataType.Double,
      minimumSamplingInterval: 50,
      value: { dataType: DataType.Double, value: 2.5 },
    });
    await server.start();
    later(server, (one) => one.shutdown(0));
    const source = {
      endpoint: server.getEndpointUrl(),
      anonymous: true,
      security: { policy: 'Aes256_Sha256_RsaPss' },
      nodes: [{ node: 'ns=1;s=P', device: 'rtu-1', measurement: 'rtu.outletPressure' }],
    };
    const one = later(await gatewayIn(folder.at, nowhere, { opcua: [source] }), (g) => g.stop());
    const connected = async () => (await one.stats()).sources[0]?.connected;
    await until('it is refused', async () => (await one.stats()).stations[0]?.problem);

    expect((await folder.opcua('trust', ca.file, '--issuer', '--crl', await ca.revoke([]))).ok).toBe(true);
    await until('any certificate of the authority is let in', connected, { withinMs: 15_000 });
    const crl = await ca.revoke([signed.serial]);
    expect((await folder.opcua('trust', ca.file, '--issuer', '--crl', crl)).ok).toBe(true);
    await until('a revoked one is let in no more', async () => !(await connected()), { withinMs: 15_000 });
  });
});

describe('a gateway', () => {
  it('signs in with a certificate of its own where the file says so', async () => {
    const folder = dataFolder();
    const server = await stations(folder.dir);
    const me = await technicianIdentity(folder.dir);
    const trusted = [join(folder.dir, 'stations', 'server', 'own', 'certs', 'certificate.pem')];
    const source = { endpoint: server.url, userCertificate: me, trusted, nodes };
    const one = later(await gatewayIn(folder.at, nowhere, { opcua: [source] }, { more: { devices } }), (g) => g.stop());
    await until('it is let in', async () => {
      const { sources, stations } = await one.stats();
      return sources[0]?.connected || /Identity|UserAccess/.test(stations[0]?.problem ?? '');
    });
    expect((await one.stats()).stations[0]?.problem ?? null).toBe(null);
  });

  it('that reads without security tells the platform, so that every page can say it', async () => {
    const folder = dataFolder();
    const server = new OPCUAServer({
      port: await freePort(),
      hostname: '127.0.0.1',
      serverCertificateManager: new OPCUACertificateManager({ rootFolder: join(folder.dir, 'lab-pki') }),
      securityPolicies: [SecurityPolicy.None],
      securityModes: [MessageSecurityMode.None],
    });
    await server.initialize();
    await server.start();
    later(server, (one) => one.shutdown(0));
    const endpoint = server.getEndpointUrl();
    const platform = later(await harbour([RTU]), (one) => one.close());
    await platform.start();
    const source = { endpoint, anonymous: true, lab: true, security: { policy: 'None', mode: 'None' }, nodes };
    const one = later(await gatewayIn(folder.at, platform, { opcua: [source] }, { more: { devices } }), (g) =>
      g.stop(),
    );
    const said = await until('the platform was told', async () => (await platform.attributes(GATEWAY)).at(-1));
    expect(said['opcua.unsecured']).toEqual([endpoint]);
    expect((await one.stats()).unsecured).toEqual([endpoint]);
  });
});

describe('looking through a server', () => {
  it('shows its tree with values, units and types, and makes a mapping file of it', async () => {
    const folder = dataFolder();
    const server = new OPCUAServer({
      port: await freePort(),
      hostname: '127.0.0.1',
      serverCertificateManager: new OPCUACertificateManager({
        rootFolder: join(folder.dir, 'plant-pki'),
        automaticallyAcceptUnknownCertificate: true,
      }),
      securityPolicies: [SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes256_Sha256_RsaPss],
      securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    });
    await server.initialize();
    const space = server.engine.addressSpace;
    const own = space?.getOwnNamespace();
    const plant = own?.addFolder('ObjectsFolder', { browseName: 'Plant', nodeId: 's=Plant' });
    if (!own || !plant) throw new Error('no address space');
    own.addAnalogDataItem({
      componentOf: plant,
      browseName: 'PT101',
      nodeId: 's=rtu-7.rtu.outletPressure',
      definition: 'outlet',
      engineeringUnitsRange: { low: 0, high: 10 },
      engineeringUnits: {
        namespaceUri: '',
        unitId: 0,
        displayName: { text: 'kPa' },
        description: { text: 'kilopascal' },
      } as never,
      dataType: DataType.Double,
      value: { dataType: DataType.Double, value: 2.5 },
    });
    own.addVariable({
      componentOf: plant,
      browseName: 'Secret',
      nodeId: 's=secret',
      dataType: DataType.Int32,
      accessLevel: 0,
      userAccessLevel: 0,
    });
    await server.start();
    later(server, (one) => one.shutdown(0));
    const url = server.getEndpointUrl();

    const offers = await folder.run('opcua', 'endpoints', url);
    const [best = '', ...others] = offers.text.split('\n').filter((line) => /^\w+ \w+/.test(line));
    expect(best).toMatch(/^SignAndEncrypt Aes256_Sha256_RsaPss .*use this/);
    expect(others.some((line) => /^None None .*not secure/.test(line))).toBe(true);

    const trusted = join(folder.dir, 'plant-pki', 'own', 'certs', 'certificate.pem');
    expect((await folder.opcua('trust', trusted)).ok).toBe(true);
    const tree = await folder.opcua('browse', url, 'ns=1;s=Plant', '--anonymous');
    expect(tree.text).toMatch(/PT101 {2}\[ns=1;s=rtu-7\.rtu\.outletPressure\] {2}Double {2}R\S* {2}2\.5 kPa/);
    expect(tree.text).toMatch(/Secret {2}\[ns=1;s=secret\] {2}Int32 {2}-/);
    const yaml = await folder.opcua('browse', url, 'ns=1;s=Plant', '--anonymous', '--yaml');
    expect(yaml.text).toContain(
      '- { node: "ns=1;s=rtu-7.rtu.outletPressure", device: "rtu-7", measurement: "rtu.outletPressure", unit: "kPa" }',
    );
    expect(yaml.text).not.toContain('s=secret');
  });
});
