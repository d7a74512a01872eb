import type { LedgerBody } from '../../devices/contract/api.ts';
import { type LedgerQuery, ledger } from '../../devices/detectors/ledger.ts';
import { saidNothing, withAttributes } from '../../devices/detectors/life.ts';
import { zoneOffset } from '../../kit/local-time.ts';
import type { ServerContext } from './context.ts';

/** The ledger as the registry and the devices' own attributes say today, in the city's zone. */
export function ledgerNow(
  { registry, picture, types, city, clock }: Pick<ServerContext, 'registry' | 'picture' | 'types' | 'city' | 'clock'>,
  query: LedgerQuery,
): LedgerBody {
  const now = clock.now();
  const today = new Date(now + zoneOffset(city.city.timeZone)(now)).toISOString().slice(0, 10);
  const reportOf = (id: string) => withAttributes(saidNothing, picture.device(id).attributes);
  return { today, items: ledger(registry.devices(), types, reportOf, today, query) };
}
