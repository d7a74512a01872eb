import { GOOD } from '../../devices/model/quality.ts';
import { episodeKey } from '../judge/identity.ts';
import { withBlindness } from './blindness.ts';
import { buildAlarm, gatewaySubject } from './build-alarm.ts';
import type { Core } from './core.ts';
import { type GatewayState, hasDropped, newGateway, REJOIN_MS } from './gateways.ts';
import {
  centre,
  explainAllDown,
  explainGatewayDown,
  gatewayDown,
  ownFacts,
  PLATFORM,
  pathBlind,
  platformSubject,
} from './platform-alarms.ts';
import { causeEnded } from './suppress.ts';

/** Gateways that drop and return: one alarm for each, which stands for the silence behind it, and one when all are down. */

/** A gateway's connection came or went. */
export function connection(core: Core, id: string, up: boolean, at: number): void {
  const gateway = core.gateways.get(id);
  if (!gateway) return;
  const was = gateway.connected;
  gateway.connected = up;
  if (up) {
    if (gateway.downSince !== 0) gatewayUp(core, gateway, at);
  } else if (was !== false) gateway.droppedAt = core.time.now;
}

/** Looks at every gateway as time passes: broken connections become alarms, grace periods end. */
export function checkGateways(core: Core): void {
  const { now, lastTick: wall } = core.time;
  for (const gateway of core.gateways.values()) {
    if (hasDropped(gateway, now)) gatewayIsDown(core, gateway, wall);
    if (gateway.rejoinBy !== 0 && now >= gateway.rejoinBy) {
      gateway.rejoinBy = 0;
      gatewayCoversNoMore(core, gateway.id, wall);
    }
  }
}

/** A gateway no longer stands for the silence behind it. */
export function gatewayCoversNoMore(core: Core, id: string, wall: number): void {
  for (const { id: rule, because } of core.parts.catalogue.suppressions.values()) {
    if ('gateway' in because) causeEnded(core, rule, id, wall);
  }
}

export function gatewayIsDown(core: Core, gateway: GatewayState, wall: number): void {
  gateway.downSince = wall;
  gateway.rejoinBy = 0;
  if (core.silent) return;
  const record = gateway.record ?? { id: gateway.id, name: gateway.id, ...centre(core), demo: false };
  const facts = ownFacts(core, {
    rule: gatewayDown.rule,
    title: gatewayDown.title,
    // What stands behind it decides whether it is more than that.
    priority: 'P3',
    since: wall,
    raisedAt: wall,
    explanation: explainGatewayDown(record.name),
  });
  const size = { measurement: 'connection', value: gateway.units.size, lastAt: wall, unit: '1' };
  core.desk.raise(withBlindness(core, buildAlarm(gatewaySubject(record), { ...facts, ...size })), wall);
  const down = gatewaysDown(core);
  if (down.all) allAreDown(core, down.count, wall);
}

/** Gateways that speak for devices: how many are down, and whether all of several are. */
export function gatewaysDown(core: Core): { readonly count: number; readonly all: boolean } {
  let count = 0;
  let up = 0;
  for (const { units, downSince } of core.gateways.values()) {
    if (units.size === 0) continue;
    if (downSince === 0) up++;
    else count++;
  }
  return { count, all: up === 0 && count > 1 };
}

/** Nothing that comes by a gateway comes at all: the path is blind, beside one row for each gateway. */
function allAreDown(core: Core, count: number, wall: number): void {
  const explanation = explainAllDown(count);
  const facts = ownFacts(core, { ...pathBlind, priority: 'P2', since: wall, raisedAt: wall, explanation });
  core.desk.raise(withBlindness(core, buildAlarm(platformSubject(core, pathBlind.title), facts)), wall);
}

/** Something behind a gateway was heard. */
export function gatewayHeard(core: Core, gateway: GatewayState, wall: number, now: number): void {
  gateway.heard = now;
  if (gateway.downSince !== 0) gatewayUp(core, gateway, wall);
}

function gatewayUp(core: Core, gateway: GatewayState, wall: number): void {
  const wereAllDown = gatewaysDown(core).all;
  gateway.downSince = 0;
  gateway.rejoinBy = core.time.now + REJOIN_MS;
  if (core.silent) return;
  core.desk.returned(episodeKey(gateway.id, gatewayDown.rule), wall, false, { value: 0, at: wall, quality: GOOD });
  if (wereAllDown)
    core.desk.returned(episodeKey(PLATFORM, pathBlind.rule), wall, false, { value: null, at: wall, quality: GOOD });
}

/** The gateway's state, made when it is first spoken of. */
export function gatewayOf(core: Core, id: string): GatewayState {
  const known = core.gateways.get(id);
  if (known) return known;
  const made = newGateway(id, core.gatewayRecords.get(id) ?? null);
  core.gateways.set(id, made);
  return made;
}
