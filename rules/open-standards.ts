import { stringify } from 'yaml';
import type { LoadedCity } from '../devices/city/load-city.ts';
import type { StandardsVersion } from '../devices/contract/standards.ts';
import { approvedVersions } from '../devices/standards/read-standards.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Sql } from '../kit/sql/sql.ts';
import { type Adopted, adoptFiles } from './commands/standards.ts';
import type { Lease } from './store/lease.ts';
import type { RulesTables } from './store/migrations.ts';

export interface OpenStandardsParts {
  readonly state: Sql<RulesTables>;
  /** The city and its standards as its files have them. */
  readonly city: Pick<LoadedCity, 'city' | 'catalogue' | 'overlays' | 'text'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Looks at the city's files, and gives every version of its standards that was ever approved. */
export async function openStandards(
  { state, city: loaded, clock, log }: OpenStandardsParts,
  lease: Lease,
): Promise<StandardsVersion[]> {
  const { city, catalogue, overlays = [] } = loaded;
  const text = loaded.text ?? { catalogue: stringify(catalogue), overlays: [] };
  const adopted = await state.db.transaction().execute(async (trx) => {
    await lease.fence(trx);
    return adoptFiles(trx, { standards: { catalogue, overlays }, text }, city, clock.now());
  });
  say(adopted);
  return approvedVersions(state.db);

  function say(what: Adopted): void {
    if (what.kind === 'asked') {
      log.warn(
        { proposal: what.seq, needs: what.needs, file: catalogue.version },
        'the standards on disk differ from those in force in how a P1 or P2 is judged: judging goes on as before until people approve (yanshao standards diff, then yanshao standards approve)',
      );
    } else if (what.kind === 'approved') {
      log.info({ version: what.seq, file: catalogue.version }, 'the standards on disk were changed and take effect');
    }
  }
}
