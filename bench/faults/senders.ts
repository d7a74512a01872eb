import { setTimeout as pause } from 'node:timers/promises';
import { relayedTopic, topics } from '../../devices/contract/topics.ts';
import { type Sent, type StubbornDevice, stubbornDevice } from '../../test/support/stubborn-device.ts';
import { until } from '../../test/support/until.ts';
import type { Town } from './town.ts';

/** A reading every so often from each device, ms. */
const EVERY_MS = 100;
export const measured = 'alarm.ch4';

/** How long devices that speak to the platform themselves wait for an acknowledgement, from the moment they have something to say. */
export interface Waits {
  readonly longestMs: number;
  readonly p95Ms: number;
}

/** Everybody who sends in a town, and all that was promised to them. */
export interface Senders {
  /** Readings acknowledged since the last `mark`, by device and time. */
  readonly acknowledged: readonly Sent[];
  /** How many of them were promised by the platform itself, not by the field's broker. */
  readonly acknowledgedDirectly: number;
  /** Messages handed to a socket and not acknowledged. */
  readonly inFlight: number;
  /** Sends one reading of a device now, through whom it belongs to; `ts` is now unless given. */
  send(device: string, value: number, ts?: number): Sent;
  /** Sends a gateway message for witnesses, whose readings are reckoned like all others. */
  speak(body: unknown, readings: readonly Sent[]): void;
  /** Sends a gateway message for lamp posts; they are not reckoned. */
  fill(body: unknown): void;
  /** Messages for lamp posts that wait for their acknowledgement. */
  readonly filling: number;
  /** Resolves when a device's reading of this time is acknowledged. */
  heard(device: string, ts: number): Promise<void>;
  /** Resolves when everything that was sent is acknowledged. */
  settled(withinMs?: number): Promise<void>;
  /** Forgets what was acknowledged and how long it took: a new reckoning begins. */
  mark(): void;
  /** Forgets only how long it took. */
  watch(): void;
  waits(): Waits;
  /** Stops and starts the readings that come by themselves. */
  hold(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Lets every device of the town send, and keeps each connected for ever as a device would. */
export function startSenders(town: Town): Senders {
  let acknowledged: Sent[] = [];
  let waited: number[] = [];
  let stopping = false;
  let n = 0;
  const lastTs = new Map<string, number>();

  const options = {
    onAcknowledged(readings: readonly Sent[], waitedMs: number) {
      acknowledged.push(...readings);
      waited.push(waitedMs);
    },
  };
  const inTheField = {
    onAcknowledged: (readings: readonly Sent[]) => void acknowledged.push(...readings),
  };
  const direct = new Map(
    [...town.direct].map(([id, token]) => [id, stubbornDevice(() => town.mqttPort, token, topics.telemetry, options)]),
  );
  const field = new Map(
    town.behind.map((id) => [id, stubbornDevice(() => town.field.port, '', `field/${id}/telemetry`, inTheField)]),
  );
  const relayed = new Map(
    town.relayed.map((id) => {
      const topic = relayedTopic(id, topics.telemetry);
      return [id, stubbornDevice(() => town.cityBroker.port, '', topic, inTheField)];
    }),
  );
  const witnesses = stubbornDevice(() => town.mqttPort, town.witnessGateway, topics.gatewayTelemetry, options);
  const poles = stubbornDevice(() => town.mqttPort, town.poleGateway, topics.gatewayTelemetry);
  const reckoned: readonly StubbornDevice[] = [...direct.values(), ...field.values(), ...relayed.values(), witnesses];
  const all = [...reckoned, poles];

  const keepConnected = async (device: StubbornDevice): Promise<void> => {
    while (!stopping) {
      if (!device.connected) await device.connect().catch(() => undefined);
      await pause(50);
    }
  };
  const connecting = all.map(keepConnected);

  const send = (device: string, base: number, at = Date.now()): Sent => {
    n++;
    const ts = Math.max(at, (lastTs.get(device) ?? 0) + 1);
    lastTs.set(device, ts);
    // Numbered in the value: no two readings are alike.
    const reading = { device, ts, value: Math.round((base + (n % 1000) / 10_000) * 10_000) / 10_000 };
    const element = { ts, values: { [measured]: reading.value }, seq: n };
    const own = direct.get(device) ?? field.get(device) ?? relayed.get(device);
    if (own) own.send(element, [reading]);
    else witnesses.send({ [device]: [element] }, [reading]);
    return reading;
  };

  const watch = () => {
    waited = [];
  };
  let sending: NodeJS.Timeout | undefined;
  const resume = () => {
    sending ??= setInterval(() => {
      for (const device of [...town.direct.keys(), ...town.behind, ...town.relayed]) send(device, 2);
    }, EVERY_MS);
  };
  resume();

  return {
    get acknowledged() {
      return acknowledged;
    },
    get acknowledgedDirectly() {
      return acknowledged.reduce((sum, { device }) => sum + (field.has(device) || relayed.has(device) ? 0 : 1), 0);
    },
    get inFlight() {
      return reckoned.reduce((sum, device) => sum + device.inFlight, 0);
    },
    send,
    speak: (body, readings) => witnesses.send(body, readings),
    fill: (body) => poles.send(body, []),
    get filling() {
      return poles.waiting;
    },
    heard: async (device, ts) => {
      await until(`${device} at ${ts} is acknowledged`, () =>
        acknowledged.some((one) => one.device === device && one.ts === ts),
      );
    },
    settled: async (withinMs = 60_000) => {
      await until('everything sent is acknowledged', () => all.every(({ waiting }) => waiting === 0), { withinMs });
    },
    mark() {
      acknowledged = [];
      watch();
    },
    watch,
    waits() {
      const sorted = [...waited].sort((a, b) => a - b);
      return { longestMs: sorted.at(-1) ?? 0, p95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0 };
    },
    hold() {
      clearInterval(sending);
      sending = undefined;
    },
    resume,
    async stop() {
      stopping = true;
      clearInterval(sending);
      await Promise.all(connecting);
      for (const device of all) await device.end();
    },
  };
}
