/**
 * node-opcua as a server in its own process, driven line by line in the words of test/python/opcua_server.py, so that the same
 * tests run against both. History is kept in memory: it does not outlive the process. Options are the same, without `--no-refresh`.
 */
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import {
  DataType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  StatusCode,
  StatusCodes,
  type UAObject,
  type UAVariable,
} from 'node-opcua';

const { values: args } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    dir: { type: 'string', default: '' },
    user: { type: 'string', default: '' },
    password: { type: 'string', default: '' },
    nodes: { type: 'string', default: '10' },
    history: { type: 'string', default: '0' },
    'items-per-call': { type: 'string', default: '0' },
    'silent-limit': { type: 'boolean', default: false },
    'items-per-subscription': { type: 'string', default: '0' },
  },
});
const say = (words: object) => process.stdout.write(`${JSON.stringify(words)}\n`);

const manager = (folder: string, accepts: boolean) =>
  new OPCUACertificateManager({ rootFolder: join(args.dir, folder), automaticallyAcceptUnknownCertificate: accepts });
const itemsPerCall = Number(args['items-per-call']);
const server = new OPCUAServer({
  port: Number(args.port),
  hostname: '127.0.0.1',
  host: '127.0.0.1',
  resourcePath: '/stations',
  serverInfo: { applicationUri: 'urn:yanshao:test:node-opcua' },
  serverCertificateManager: manager('server', true),
  userCertificateManager: manager('users', true),
  securityPolicies: [SecurityPolicy.Basic256Sha256],
  securityModes: [MessageSecurityMode.SignAndEncrypt],
  allowAnonymous: false,
  userManager: { isValidUser: (name: string, word: string) => name === args.user && word === args.password },
  isAuditing: false,
  serverCapabilities: {
    maxMonitoredItems: 100_000,
    maxMonitoredItemsPerSubscription: Number(args['items-per-subscription']) || 20_000,
    operationLimits: {
      maxMonitoredItemsPerCall: args['silent-limit'] ? 0 : itemsPerCall,
      maxNodesPerRead: 2000,
      maxNodesPerHistoryReadData: 10,
    },
  },
});

let items = 0;
let largest = 0;
await server.initialize();
const space = server.engine.addressSpace;
if (!space) throw new Error('no address space');
space.installAlarmsAndConditionsService();
const namespace = space.getOwnNamespace();
const nodes: UAVariable[] = [];
for (let i = 0; i < Number(args.nodes); i += 1) {
  const node = namespace.addVariable({
    organizedBy: space.rootFolder.objects,
    nodeId: `i=${100_000 + i}`,
    browseName: `n${i}`,
    dataType: DataType.Double,
    accessLevel: 'CurrentRead | HistoryRead',
    userAccessLevel: i < Number(args.history) ? 'CurrentRead | HistoryRead' : 'CurrentRead',
    minimumSamplingInterval: 50,
  });
  node.setValueFromSource({ dataType: DataType.Double, value: 0 }, StatusCodes.Good, new Date());
  if (i < Number(args.history)) space.installHistoricalDataNode(node, { maxOnlineValues: 50_000 });
  nodes.push(node);
}

server.on('request', (request: { schema: { name: string }; itemsToCreate?: unknown[] | null }) => {
  if (request.schema.name !== 'CreateMonitoredItemsRequest') return;
  items += request.itemsToCreate?.length ?? 0;
  largest = Math.max(largest, request.itemsToCreate?.length ?? 0);
});

interface Alarm {
  readonly input: UAVariable;
  readonly alarm: { severity: { setValueFromSource(value: object): void } };
}
const sources = new Map<string, UAObject>();
const alarms = new Map<string, Alarm>();

function alarmOf(source: string, condition: string): Alarm {
  const known = alarms.get(`${source}.${condition}`);
  if (known || !space) return known as Alarm;
  const object =
    sources.get(source) ??
    namespace.addObject({
      organizedBy: space.rootFolder.objects,
      nodeId: `s=${source}`,
      browseName: source,
      eventNotifier: 1,
      eventSourceOf: space.rootFolder.objects.server,
    });
  sources.set(source, object);
  const boolean = (name: string, value: boolean) =>
    namespace.addVariable({
      componentOf: object,
      browseName: name,
      dataType: DataType.Boolean,
      eventSourceOf: object,
      value: { dataType: DataType.Boolean, value },
    });
  const input = boolean(`${condition}Input`, false);
  const alarm = namespace.instantiateOffNormalAlarm({
    browseName: condition,
    conditionName: condition,
    conditionSource: object,
    inputNode: input,
    normalState: boolean(`${condition}Normal`, false),
    componentOf: object,
    optionals: ['ConfirmedState'],
  } as unknown as Parameters<typeof namespace.instantiateOffNormalAlarm>[0]);
  const made = { input, alarm } as unknown as Alarm;
  alarms.set(`${source}.${condition}`, made);
  return made;
}

type Command =
  | { set: [string, number, number | null, number][] }
  | { event: { source: string; condition: string; active: boolean } }
  | { stats: true };

function obey(command: Command): object {
  if ('set' in command) {
    for (const [name, value, at, status] of command.set) {
      const node = nodes[Number(name.slice(1))];
      node?.setValueFromSource({ dataType: DataType.Double, value }, statusOf(status), new Date(at ?? Date.now()));
    }
    return { set: command.set.length };
  }
  if ('event' in command) {
    const { source, condition, active } = command.event;
    alarmOf(source, condition).input.setValueFromSource({ dataType: DataType.Boolean, value: active });
    return { event: true };
  }
  return { items, largest, subscriptions: server.currentSubscriptionCount };
}

const statusOf = (value: number): StatusCode =>
  Object.values(StatusCodes).find((code): code is StatusCode => code instanceof StatusCode && code.value === value) ??
  StatusCodes.Bad;

await server.start();
const certificate = join(args.dir, 'server', 'own', 'certs', 'certificate.pem');
if (existsSync(certificate)) copyFileSync(certificate, join(args.dir, 'certificate.pem'));
say({ listening: Number(args.port) });
createInterface(process.stdin).on('line', (line) => {
  try {
    say(obey(JSON.parse(line) as Command));
  } catch (err) {
    say({ error: String(err) });
  }
});
