import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { datatypes } from '../../ingest/sparkplug/codec/datatypes.ts';
import { decodePayload } from '../../ingest/sparkplug/codec/decode.ts';
import { encodePayload } from '../../ingest/sparkplug/codec/encode.ts';
import type { Metric } from '../../ingest/sparkplug/codec/payload.ts';
import { rawOf } from '../../ingest/sparkplug/codec/value.ts';

/** What a metric of the simulated edge node is. */
export interface NodeMetric {
  readonly name: string;
  readonly alias: number;
  readonly datatype: number;
}

/** A Sparkplug B edge node that can also misbehave: aliases in data, store and forward while its host is away. */
export interface SparkplugEdgeNode {
  readonly mqtt: MqttClient;
  /** Rebirths that the host requested. */
  readonly rebirths: number;
  /** STATE payloads heard of the host, in order. */
  readonly states: readonly { readonly online: boolean; readonly timestamp: number }[];
  /** Publishes NBIRTH and the DBIRTHs with current values. */
  birth(): Promise<void>;
  /** Publishes a value of the node (device undefined) or of a device. `history` gives it an old time and the mark. */
  say(
    device: string | undefined,
    name: string,
    value: number | boolean,
    more?: { history?: number; properties?: Metric['properties'] },
  ): Promise<void>;
  /** Prepares such a message, which takes its place in the order, and hands back how to send it: never, late, or twice. */
  prepare(device: string | undefined, name: string, value: number | boolean): () => Promise<void>;
  deviceDies(device: string): Promise<void>;
  /** Goes without a word: the broker publishes its will. */
  vanish(): void;
  /** Publishes NDEATH and disconnects. */
  leave(): Promise<void>;
}

export interface EdgeNodeOptions {
  readonly group: string;
  readonly node: string;
  readonly host: string;
  readonly bdSeq?: number;
  /** Own metrics, and those of each device. */
  readonly metrics: readonly NodeMetric[];
  readonly devices?: Readonly<Record<string, readonly NodeMetric[]>>;
  readonly url: string;
  readonly connection?: IClientOptions;
  /** Answer a rebirth request at once (a real one does). */
  readonly obeys?: boolean;
  readonly now?: () => number;
}

/** Connects an edge node; it is not born until {@link SparkplugEdgeNode.birth}. */
export async function startEdgeNode(options: EdgeNodeOptions): Promise<SparkplugEdgeNode> {
  const { group, node, host, bdSeq = 0, metrics, devices = {}, obeys = true, now = Date.now } = options;
  const topic = (type: string, device?: string) =>
    `spBv1.0/${group}/${type}/${node}${device === undefined ? '' : `/${device}`}`;
  const bd: Metric = { name: 'bdSeq', datatype: datatypes.UInt64, raw: rawOf(bdSeq, datatypes.UInt64) };
  const death = () => encodePayload({ timestamp: now(), metrics: [bd] });
  const values = new Map<string, number | boolean>();
  const states: { online: boolean; timestamp: number }[] = [];
  let rebirths = 0;
  let seq = 0;

  const mqtt = await connectAsync(
    options.url,
    {
      ...options.connection,
      clean: true,
      reconnectPeriod: 0,
      // tck-id-payloads-ndeath-will-message-qos
      will: { topic: topic('NDEATH'), payload: Buffer.from(death()), qos: 1, retain: false },
    },
    false,
  );
  mqtt.on('error', () => {});
  const keyOf = (device: string | undefined, name: string) => `${device ?? ''}\n${name}`;
  const listOf = (device: string | undefined) => (device === undefined ? metrics : (devices[device] ?? []));
  const next = (): number => {
    const mine = seq;
    seq = (seq + 1) % 256;
    return mine;
  };
  const publish = (at: string, bytes: Uint8Array): Promise<void> =>
    mqtt.publishAsync(at, Buffer.from(bytes), { qos: 0 }).then(() => {});
  const bornMetrics = (device: string | undefined): Metric[] =>
    listOf(device).map(({ name, alias, datatype }) => {
      const value = values.get(keyOf(device, name));
      const held = value === undefined ? { isNull: true } : { raw: rawOf(value, datatype) };
      return { name, alias, datatype, timestamp: now(), ...held };
    });

  const birth = async (): Promise<void> => {
    seq = 0;
    const rebirth: Metric = {
      name: 'Node Control/Rebirth',
      datatype: datatypes.Boolean,
      timestamp: now(),
      raw: { field: 'boolean', value: false },
    };
    await publish(
      topic('NBIRTH'),
      encodePayload({ timestamp: now(), metrics: [bd, rebirth, ...bornMetrics(undefined)], seq: next() }),
    );
    for (const device of Object.keys(devices)) {
      await publish(
        topic('DBIRTH', device),
        encodePayload({ timestamp: now(), metrics: bornMetrics(device), seq: next() }),
      );
    }
  };
  const message = (
    device: string | undefined,
    name: string,
    value: number | boolean,
    { history, properties }: { history?: number; properties?: Metric['properties'] } = {},
  ): (() => Promise<void>) => {
    const metric = listOf(device).find((one) => one.name === name);
    if (!metric) throw new Error(`no metric ${name}`);
    if (history === undefined) values.set(keyOf(device, name), value);
    // tck-id-payloads-alias-data-cmd-requirement: the alias alone.
    const said: Metric = {
      alias: metric.alias,
      timestamp: history ?? now(),
      raw: rawOf(value, metric.datatype),
      ...(history !== undefined && { isHistorical: true }),
      ...(properties && { properties }),
    };
    const bytes = encodePayload({ timestamp: now(), metrics: [said], seq: next() });
    return () => publish(topic(device === undefined ? 'NDATA' : 'DDATA', device), bytes);
  };

  mqtt.on('message', (at, payload) => {
    if (at === `spBv1.0/STATE/${host}`) {
      states.push(JSON.parse(payload.toString()));
      return;
    }
    const decoded = decodePayload(payload);
    const asked =
      'payload' in decoded &&
      decoded.payload.metrics.some(
        ({ name, raw }) => name === 'Node Control/Rebirth' && raw?.field === 'boolean' && raw.value,
      );
    if (!asked) return;
    rebirths++;
    if (obeys) void birth();
  });
  await mqtt.subscribeAsync([topic('NCMD'), `${topic('DCMD')}/#`, `spBv1.0/STATE/${host}`], { qos: 1 });

  return {
    mqtt,
    get rebirths() {
      return rebirths;
    },
    states,
    birth,
    say: (device, name, value, more) => message(device, name, value, more)(),
    prepare: (device, name, value) => message(device, name, value),
    deviceDies: (device) =>
      publish(topic('DDEATH', device), encodePayload({ timestamp: now(), metrics: [], seq: next() })),
    vanish: () => void mqtt.stream.destroy(),
    async leave() {
      await publish(topic('NDEATH'), death());
      await mqtt.endAsync();
    },
  };
}
