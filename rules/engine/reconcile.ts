import { episodeKey } from '../judge/identity.ts';
import type { Core } from './core.ts';
import { REJOIN_MS } from './gateways.ts';
import { gatewayDown } from './platform-alarms.ts';

/**
 * Brings gateways in line with the desk once the state has been found again. A process that died while a snapshot was being
 * written leaves devices that are further than time and gateways are; what such a device saw of its gateway is not judged again.
 * The desk is what was committed and told, so it decides: no alarm may stay open, or hidden, for a gateway that is up.
 */
export function reconcileGateways(core: Core): void {
  for (const gateway of core.gateways.values()) {
    const alarm = core.desk.byKey(episodeKey(gateway.id, gatewayDown.rule));
    if (alarm?.active && gateway.downSince === 0) gateway.downSince = alarm.raisedAt;
    else if (!alarm?.active && gateway.downSince !== 0) gateway.downSince = 0;
    if (gateway.downSince === 0 && gateway.rejoinBy === 0 && hidesStill(core, gateway.id)) {
      gateway.rejoinBy = core.time.now + REJOIN_MS;
    }
  }
}

function hidesStill(core: Core, gateway: string): boolean {
  for (const { id, because } of core.parts.catalogue.suppressions.values()) {
    if ('gateway' in because && core.desk.hiddenBy(id, gateway).size > 0) return true;
  }
  return false;
}
