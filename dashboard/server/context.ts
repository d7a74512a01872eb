import type { FastifyRequest } from 'fastify';
import type { LoadedCity } from '../../devices/city/load-city.ts';
import type { DemoFault } from '../../devices/contract/api.ts';
import type { Actor, CommandPort } from '../../devices/contract/command.ts';
import type { NotifyPort } from '../../devices/contract/notify-port.ts';
import type { IngestPort } from '../../devices/contract/ports.ts';
import type { RulesTools } from '../../devices/contract/rules-tools.ts';
import type { StateTables } from '../../devices/contract/state-tables.ts';
import type { RulesStats } from '../../devices/contract/stats.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import type { RegistryCache } from '../../devices/registry/registry-cache.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Sql } from '../../kit/sql/sql.ts';
import type { Accounts, Principal } from './accounts/accounts.ts';
import type { DutyPeople } from './duty-people.ts';
import type { AlarmFeed } from './live/alarm-feed.ts';
import type { HubState } from './live/hub.ts';
import type { IncidentFeed } from './live/incident-feed.ts';
import type { Picture } from './live/picture.ts';
import type { TicketFeed } from './live/ticket-feed.ts';
import type { Photos } from './photos/photo-store.ts';

/** The demonstration's controls; absent in a real city. */
export interface DemoControls {
  readonly speed: number;
  readonly faults: readonly DemoFault[];
  start(kind: string, target?: string): Promise<string>;
  /** Publishes `payload` as that device through the real MQTT door; resolves when the broker acknowledged it. */
  publish(device: string, payload: string): Promise<void>;
}

/** All that the routes need; built once by `app.ts`. */
export interface ServerContext {
  readonly accounts: Accounts;
  readonly state: Sql<StateTables>;
  readonly alarms: AlarmFeed;
  readonly incidents: IncidentFeed;
  readonly tickets: TicketFeed;
  readonly duty: DutyPeople;
  readonly picture: Picture;
  readonly registry: RegistryCache;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly city: LoadedCity;
  readonly command: CommandPort;
  readonly ingest: IngestPort;
  readonly notify: NotifyPort;
  readonly rulesStats: () => Promise<RulesStats | null>;
  readonly rulesTools: RulesTools;
  readonly photos: Photos;
  /** Days that a picture is shown as it is to those who may see it. */
  readonly photoDays: number;
  /** The world's time, ms, where a demonstration's may run faster. */
  readonly worldNow: () => number;
  readonly demo: DemoControls | null;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** TLS ends in this process. */
  readonly secure: boolean;
  /** A proxy on this machine says for whom it asks. */
  readonly trustProxy: boolean;
  readonly webDir: string;
  /** Closes the streams of sessions that have ended. */
  readonly sessionEnded: () => Promise<void>;
  readonly hubState: () => HubState | null;
  readonly ready: () => Promise<{ ready: boolean; waitingFor: readonly string[] }>;
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null;
    /** The device or gateway that asks, on a route for devices. */
    subject: string | null;
  }
}

/** Who a request acts as, for commands and their audit. */
export function actorOf(request: FastifyRequest): Actor {
  const who = request.principal;
  if (!who) throw new Error('a route without a principal issued a command');
  return { id: who.id, name: who.name, via: who.via, role: who.role };
}
