import { siteBundleSchema } from '../devices/contract/site-bundle.ts';
import { unsecuredAttribute } from '../devices/contract/topics.ts';
import { cleanups, type Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { Problem } from '../kit/problem.ts';
import { type LocalAlarmsState, openLocalAlarms } from './alarms/local-alarms.ts';
import { webhook } from './alarms/webhook.ts';
import { type DeviceClock, deviceClocks } from './clock/device-clocks.ts';
import { type ClockState, platformClock } from './clock/platform-clock.ts';
import { type GatewayConfig, unsecuredOf } from './config.ts';
import { type Changed, fieldSources } from './field-sources.ts';
import type { StationsStatus } from './opcua/stations-client.ts';
import { outboxDrain } from './outbox/drain.ts';
import {
  type DroppedMemory,
  type OutboxJournals,
  type OutboxPolicy,
  type OutboxStats,
  openOutbox,
} from './outbox/outbox.ts';
import { classify, safetyByType } from './outbox/safety.ts';
import type { TakeRows } from './row.ts';
import { conditions, type GatewayCondition } from './uplink/conditions.ts';
import {
  type Asked,
  type Door,
  keepLinked,
  type Link,
  type LinkParts,
  type PlatformState,
} from './uplink/keep-linked.ts';
import { openUplink } from './uplink/uplink-connection.ts';
import { type FieldStatus, fieldWatch } from './watch/field-watch.ts';
import { type Refusal, refusals } from './watch/refusals.ts';

export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly journals: OutboxJournals;
  /** The outbox’s cap, bytes; 256 MB unless given. */
  readonly capBytes?: number;
  /** Remembers what the outbox let go of; in memory unless given. */
  readonly dropped?: DroppedMemory;
  /** The program's version, for the platform. */
  readonly version?: string;
  /** Where this gateway keeps keys and trusted certificates. */
  readonly pkiDir: string;
  /** Where it notes up to when each OPC UA server was heard. */
  readonly opcuaDir: string;
  /** Where it keeps the rules it judges by alone, and what stands. */
  readonly alarmsDir: string;
  readonly clock: Clock;
  /** This machine’s clock as it is, and one that only counts: the system’s unless given. A demonstration has only its own. */
  readonly time?: { readonly wall: () => number; readonly monotonic: () => number };
  readonly log: Log;
}

export interface GatewayStats {
  readonly id: string;
  readonly connected: boolean;
  /** Rows taken from the field since the start, all of them durable. */
  readonly taken: number;
  /** Rows the platform has acknowledged since the start. */
  readonly sent: number;
  /** Rows that wait for the platform's acknowledgement. */
  readonly backlog: number;
  /** The same by class, each with when its oldest was kept: `fresh` as it came, the rest packed away. */
  readonly waiting: OutboxStats['waiting'];
  /** What a live reading's way to the platform took of late, ms; null before the first. */
  readonly liveMs: number | null;
  /** Messages of the backlog that may be under way at once; null while nothing is sent. */
  readonly pace: number | null;
  /** What the field sent and could not be read, and what the platform refused of us. */
  readonly refused: number;
  readonly lastRefusal: string | null;
  /** Times an OPC UA server overwrote values before they were fetched. */
  readonly overwritten: number;
  /** Every broker and server that is heard. */
  readonly sources: readonly FieldStatus[];
  /** Since when the platform is reached, or is not, ms. */
  readonly connectedSince: number;
  /** OPC UA servers that are read without security, which every page shows. */
  readonly unsecured: readonly string[];
  /** More about the OPC UA servers among them. */
  readonly stations: readonly StationsStatus[];
  /** Whether the platform itself answers, and by which door. */
  readonly platform: { readonly url: string; readonly state: PlatformState; readonly door: Door | null };
  /** This machine's clock against the platform's, and the field's. */
  readonly clock: ClockState & {
    /** The worst of the field's clocks. */
    readonly devices: readonly DeviceClock[];
    /** Devices whose clock is beyond what is tolerated. */
    readonly wrong: number;
  };
  /** What the gateway reports of itself and its devices now. */
  readonly conditions: readonly GatewayCondition[];
  /** Urgent alarms that this gateway has to tell of itself. */
  readonly alarms: LocalAlarmsState;
  /** How full it is, what it let go of, and whether the field waits for room. */
  readonly outbox: Omit<OutboxStats, 'waiting'>;
}

/** What a new configuration changed. */
export interface Reloaded extends Changed {
  readonly uplink: 'kept' | 'started';
}

export interface Gateway extends Running {
  stats(): Promise<GatewayStats>;
  /** The newest things that were refused, here or by the platform, newest first. */
  recentRefusals(): readonly Refusal[];
  /** Cuts the uplink for `ms` of world time, as if the cable were pulled; the field is heard and kept meanwhile. */
  unplug(ms: number): void;
  /** Goes by another configuration from now on; connections whose section says the same stay. Rejects for another id. */
  reload(config: GatewayConfig): Promise<Reloaded>;
}

const realTime = { wall: Date.now, monotonic: () => performance.now() };
/** How often this machine's clock is looked at, ms. */
const lookEveryMs = 5_000;
/** A clock that is off by more is wrong, ms. */
const toleratedMs = 60_000;

/** Starts a gateway: the uplink first, then the field, so that the first reading already has somewhere to go. */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const {
    journals,
    capBytes = 256 * 1_048_576,
    dropped,
    version,
    pkiDir,
    opcuaDir,
    clock,
    time = realTime,
    log,
  } = parts;
  let { config } = parts;
  const stopping = cleanups(log);
  const platform = platformClock({ local: clock.now, ...time });
  const { now } = platform;
  const refused = refusals(now);
  const onRefused = refused.add;
  const watch = stopping.add('field watch', fieldWatch(now));
  try {
    const outbox = await openOutbox({
      journals,
      policy: policyOf(config, capBytes),
      classOf: classify(config.safety ?? safetyByType),
      now,
      log,
      ...(dropped && { dropped }),
    });
    const troubles = conditions(({ condition, facts }) => {
      if (condition === 'outbox-dropped') outbox.toldOfDropped(Number(facts.rows));
    });
    const devices = deviceClocks({
      onChange: ({ device, offsetMs, wrong }) =>
        troubles.set({ condition: 'clock-skew', device, active: wrong, at: now(), facts: { offsetMs } }),
    });
    const drain = outboxDrain({ outbox, now, log });
    const local = stopping.add(
      'local alarms',
      await openLocalAlarms({
        gateway: config.id,
        folder: parts.alarmsDir,
        webhook: () => (config.alarms ? webhook(config.alarms.webhook) : null),
        now,
        reachable: () => uplink.connected(),
        waitingSince: () => oldestUrgent(outbox.stats()),
        log,
      }),
    );
    const onAnswer = (answer: Asked) => {
      platform.answered({ ...answer, serverTime: answer.serverTime ?? 0 });
      const offsetMs = platform.state().offsetMs ?? 0;
      const active = Math.abs(offsetMs) > toleratedMs;
      if (active || troubles.active().some(({ condition, device }) => condition === 'clock-skew' && !device))
        troubles.set({ condition: 'clock-skew', active, at: now(), facts: { offsetMs } });
      tellOfDropped();
      siteVersion = answer.shared?.siteVersion;
      void refreshSite();
    };
    let reached: Parameters<NonNullable<LinkParts['onReach']>>[0] = null;
    let siteVersion: unknown;
    /** Fetches the urgent rules of this gateway's devices when the platform has others than we hold. */
    const refreshSite = async (): Promise<void> => {
      if (!reached || siteVersion === undefined || siteVersion === local.version) return;
      const fetched = await reached.ask('site').catch(() => null);
      const site = siteBundleSchema.safeParse(fetched?.shared?.site);
      if (site.success) await local.use(site.data);
      else if (fetched) log.error({ err: site.error }, 'the rules that the platform gave this gateway cannot be read');
    };
    /** Says what was let go of; it is over once nothing more waits so long. */
    const tellOfDropped = () => {
      const { dropped: gone, waiting } = outbox.stats();
      const facts = { rows: gone.untold, total: gone.rows, why: gone.why ?? '' };
      const at = now();
      if (gone.untold > 0) troubles.set({ condition: 'outbox-dropped', active: true, at, facts });
      else if (waiting.rest.rows === 0 && troubles.active().some(({ condition }) => condition === 'outbox-dropped'))
        troubles.set({ condition: 'outbox-dropped', active: false, at, facts });
    };
    /** Told at every connection, also that nothing is wrong: what was told before may be so no more. */
    const reportSelf = (): void => {
      const about = { ...(version !== undefined && { version }), [unsecuredAttribute]: unsecuredOf(config) };
      reached
        ?.report(about)
        .catch((err: Error) =>
          log.warn({ err: err.message }, 'the platform did not take what the gateway says of itself'),
        );
    };
    const link = (): Link =>
      keepLinked({
        open: (signal) => openUplink({ config, onRefusal: onRefused, monotonic: time.monotonic, log }, signal),
        drain,
        url: config.uplink.url,
        door: config.uplink.door,
        now,
        onAnswer,
        onReach: (connection) => {
          troubles.reach(connection?.tell ?? null);
          local.reach(connection?.tell ?? null);
          reached = connection;
          void refreshSite();
          reportSelf();
        },
        log,
      });
    let uplink = link();
    stopping.defer('uplink', () => uplink.stop());
    // Stops before the uplink and after the field: what waits for room is refused, and stays where it came from.
    stopping.add('outbox', outbox);
    const looking = setInterval(() => {
      const byMs = platform.look();
      if (byMs === null) return;
      log.warn({ byMs, known: platform.known }, 'this machine’s clock was stepped; the platform is asked for the time');
      uplink.askNow();
    }, lookEveryMs);
    stopping.defer('clock', () => clearInterval(looking));
    const take: TakeRows = async (rows) => {
      await outbox.take(rows);
      local.take(rows);
      if (platform.known) devices.heard(rows, now());
    };
    const sources = stopping.add(
      'field',
      fieldSources({ gateway: config.id, take, onRefused, watch, pkiDir, opcuaDir, clock: { ...clock, now }, log }),
    );
    await sources.use(config);
    let reloading = Promise.resolve();
    const reload = async (next: GatewayConfig): Promise<Reloaded> => {
      if (next.id !== config.id) throw changedId(config.id, next.id);
      const uplinkStays = JSON.stringify(next.uplink) === JSON.stringify(config.uplink);
      config = next;
      outbox.use(policyOf(config, capBytes), classify(config.safety ?? safetyByType));
      if (!uplinkStays) {
        await uplink.stop();
        uplink = link();
      } else reportSelf();
      return { uplink: uplinkStays ? 'kept' : 'started', ...(await sources.use(config)) };
    };
    return {
      async stats() {
        const { waiting, ...kept } = outbox.stats();
        const { platform: state, door, since } = uplink.state();
        const known = devices.all();
        return {
          id: config.id,
          connected: uplink.connected(),
          connectedSince: since,
          platform: { url: config.uplink.url, state, door },
          taken: outbox.taken,
          sent: drain.sent,
          backlog: waiting.fresh.rows + waiting.safety.rows + waiting.rest.rows,
          waiting,
          liveMs: drain.liveMs === null ? null : Math.round(drain.liveMs),
          pace: drain.pace,
          refused: refused.count,
          lastRefusal: refused.recent()[0]?.reason ?? null,
          overwritten: sources.overwritten,
          stations: sources.stations(),
          sources: watch.status(),
          unsecured: unsecuredOf(config),
          clock: { ...platform.state(), devices: known.slice(0, 20), wrong: known.filter(({ wrong }) => wrong).length },
          conditions: troubles.active(),
          alarms: local.state(),
          outbox: kept,
        };
      },
      recentRefusals: refused.recent,
      unplug: (ms) => uplink.unplug(ms),
      reload(next) {
        const mine = reloading.then(() => reload(next));
        reloading = mine.then(
          () => {},
          () => {},
        );
        return mine;
      },
      stop: stopping.run,
    };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

/** When the oldest row was kept that may be urgent and the platform does not have, ms; null when it has all of them. */
function oldestUrgent({ waiting: { fresh, safety } }: OutboxStats): number | null {
  const times = [fresh.oldest, safety.oldest].filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}

const day = 86_400_000;

/** A field broker can be made to wait, an OPC UA server cannot: there the oldest of the rest goes rather than the newest. */
const policyOf = ({ outbox, opcua }: GatewayConfig, capBytes: number): OutboxPolicy => ({
  capBytes,
  maxAgeMs: (outbox?.maxAgeDays ?? 7) * day,
  full: outbox?.full ?? (opcua.length > 0 ? 'drop-oldest' : 'wait'),
});

const changedId = (now: string, then: string): Problem =>
  new Problem(
    `网关 ${now} 运行中不能改名为 ${then}：请停止后用新配置启动\nthe gateway ${now} cannot become ${then} while it runs: stop it and start it with the new file`,
  );
