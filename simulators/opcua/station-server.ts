import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DataType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  StatusCodes,
  type UAVariable,
} from 'node-opcua';
import type { Device } from '../../devices/contract/registry.ts';
import type { Measurement } from '../../devices/model/device-type.ts';
import { deviceType } from '../../devices/types/registry.ts';
import type { Log } from '../../kit/log.ts';
import { Problem } from '../../kit/problem.ts';
import type { Values } from '../city/behaviour/behaviour.ts';
import { stationNodeId } from './station-node-id.ts';

/** Namespace of the simulated stations; its index on this server is 1. */
export const STATION_NAMESPACE = 'urn:yanshao:simulated-stations';

/** An OPC UA server that stands for the SCADA system: one folder a station, read-only. */
export interface StationServer {
  readonly url: string;
  /** Shows values with their source time; a value of null becomes Bad (no communication). */
  show(device: string, at: number, values: Values): void;
  /** Stations that lost their radio: their last values stay, with status Bad_NoCommunication, until they report again. */
  lose(devices: readonly string[], at: number): void;
  stop(): Promise<void>;
}

export interface StationServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Stations to show: devices of a type with measurements. */
  readonly stations: readonly Device[];
  /** Password by user name. */
  readonly users: Readonly<Record<string, string>>;
  /** Holds the server's own PKI: keys, certificate, trust lists. */
  readonly pkiDir: string;
  readonly log: Log;
}

const dataTypes = { number: DataType.Double, boolean: DataType.Boolean, text: DataType.String } as const;
const initial = { number: 0, boolean: false, text: '' } as const;

/**
 * Opens the server on loopback: SignAndEncrypt with Basic256Sha256 and a user name only. Unknown client certificates are
 * accepted, as nothing but a simulation may do: the user name decides. A taken port is a {@link Problem}.
 */
export async function stationServer(options: StationServerOptions): Promise<StationServer> {
  const { stations, users, log } = options;
  await mkdir(options.pkiDir, { recursive: true });
  const server = new OPCUAServer({
    port: options.port,
    hostname: '127.0.0.1',
    host: '127.0.0.1',
    resourcePath: '/stations',
    buildInfo: { productName: 'Yanshao simulated stations', manufacturerName: 'Yanshao' },
    serverInfo: { applicationUri: STATION_NAMESPACE },
    serverCertificateManager: certificates(join(options.pkiDir, 'server')),
    userCertificateManager: certificates(join(options.pkiDir, 'users')),
    securityPolicies: [SecurityPolicy.Basic256Sha256],
    securityModes: [MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: false,
    userManager: {
      isValidUser: (name: string, password: string) => users[name] !== undefined && users[name] === password,
    },
    isAuditing: false,
    serverCapabilities: { maxMonitoredItems: 20_000, maxMonitoredItemsPerSubscription: 20_000 },
  });
  try {
    await server.initialize();
    const nodes = addStations(server, stations);
    await server.start();
    const url = server.getEndpointUrl();
    log.info({ url, stations: stations.length, nodes: nodes.size }, 'the OPC UA server of the stations listens');
    return {
      url,
      show: (device, at, values) => {
        for (const [name, value] of Object.entries(values)) {
          const node = nodes.get(stationNodeId(device, name));
          node?.setValueFromSource({ dataType: node.dataTypeOf, value }, StatusCodes.Good, new Date(at));
        }
      },
      lose(devices, at) {
        for (const [id, node] of nodes) {
          if (!devices.some((device) => id.startsWith(stationNodeId(device, '')))) continue;
          node.setValueFromSource(node.last(), StatusCodes.BadNoCommunication, new Date(at));
        }
      },
      stop: () => server.shutdown(100),
    };
  } catch (cause) {
    await server.shutdown(0).catch(() => undefined);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Problem(
      `模拟场站 OPC UA 服务器无法在端口 ${options.port} 启动（${why}）：请修改 YANSHAO_OPCUA_PORT\n` +
        `the OPC UA server of the stations cannot start on port ${options.port} (${why}): change YANSHAO_OPCUA_PORT`,
      cause,
    );
  }
}

const certificates = (rootFolder: string): OPCUACertificateManager =>
  new OPCUACertificateManager({ rootFolder, automaticallyAcceptUnknownCertificate: true });

interface StationNode {
  readonly dataTypeOf: DataType;
  setValueFromSource: UAVariable['setValueFromSource'];
  last(): { dataType: DataType; value: unknown };
}

function addStations(server: OPCUAServer, stations: readonly Device[]): Map<string, StationNode> {
  const space = server.engine.addressSpace;
  if (!space) throw new Error('the server has no address space after initialize');
  const namespace = space.getOwnNamespace();
  const root = namespace.addFolder(space.rootFolder.objects, { browseName: 'Stations', nodeId: 's=Stations' });
  const nodes = new Map<string, StationNode>();
  for (const station of stations) {
    const folder = namespace.addFolder(root, {
      browseName: station.id,
      displayName: station.name,
      nodeId: `s=${station.id}`,
    });
    for (const [name, measurement] of Object.entries(deviceType(station.type)?.measurements ?? {})) {
      if (measurement.derived) continue;
      nodes.set(stationNodeId(station.id, name), addNode(namespace, folder, station, name, measurement));
    }
  }
  return nodes;
}

type OwnNamespace = ReturnType<NonNullable<OPCUAServer['engine']['addressSpace']>['getOwnNamespace']>;

function addNode(
  namespace: OwnNamespace,
  folder: ReturnType<OwnNamespace['addFolder']>,
  station: Device,
  name: string,
  measurement: Measurement,
): StationNode {
  const dataType = dataTypes[measurement.kind];
  const variable = namespace.addVariable({
    componentOf: folder,
    browseName: name,
    displayName: [
      { locale: 'zh', text: measurement.title.zh },
      { locale: 'en', text: measurement.title.en },
    ],
    description: measurement.kind === 'number' ? `unit ${measurement.unit}` : measurement.kind,
    nodeId: `s=${station.id}.${name}`,
    dataType,
    // SCADA is read-only for this platform, and so it is here.
    accessLevel: 'CurrentRead',
    userAccessLevel: 'CurrentRead',
    minimumSamplingInterval: 250,
  });
  // Until the first report there is nothing to show: Bad_WaitingForInitialData, as real servers say.
  variable.setValueFromSource({ dataType, value: initial[measurement.kind] }, StatusCodes.BadWaitingForInitialData);
  return {
    dataTypeOf: dataType,
    setValueFromSource: variable.setValueFromSource.bind(variable),
    last: () => ({ dataType, value: variable.readValue().value.value }),
  };
}
