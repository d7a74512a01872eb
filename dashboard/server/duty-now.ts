import type { DutyBook } from '../../devices/duty/duty-book.ts';
import { dutyBook } from '../../devices/duty/duty-book.ts';
import type { DutySources } from '../../devices/duty/duty-desk.ts';
import { dutyVersion, keptDuty } from '../../devices/duty/read-duty.ts';
import type { ServerContext } from './context.ts';

/** Who is responsible, as the state database has it now, and the number of its newest change. */
export interface DutyNow extends DutySources {
  readonly version: number;
}

/** Looks up who is responsible; the records are read again only when one of them has changed. */
export function dutyNow({ state, city }: Pick<ServerContext, 'state' | 'city'>): () => Promise<DutyNow> {
  let held: { readonly version: number; readonly book: DutyBook } | undefined;
  return async () => {
    const version = await dutyVersion(state.db);
    if (held?.version !== version) {
      const kept = await keptDuty(state.db);
      held = { version: kept.version, book: dutyBook(kept.records, city.city) };
    }
    const standards = { catalogue: city.catalogue, overlays: city.overlays ?? [] };
    return { ...held, standards, city: city.city };
  };
}
