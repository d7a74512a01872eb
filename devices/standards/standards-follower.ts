import type { Kysely } from 'kysely';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { LoadedCity } from '../city/load-city.ts';
import { overlaysAt, versionAt } from '../city/standards-at.ts';
import type { StandardsVersion } from '../contract/standards.ts';
import type { StandardsTables } from '../contract/state-tables.ts';
import { approvedVersions, lastApproved } from './read-standards.ts';

export interface FollowerParts<DB extends StandardsTables> {
  /** The city as its files have it: what counts until a version was approved. */
  readonly city: LoadedCity;
  readonly db: Kysely<DB>;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when another catalogue has taken over. */
  readonly onChange?: () => void;
}

/** How often it is looked whether a version was approved, or has begun, ms. */
const LOOK_MS = 2000;

/**
 * The city with the standards in force, for processes that show or sort by them: `catalogue` and `overlays` are always those of
 * now. What judges follows the journal instead, and is ahead of this by two seconds at most.
 */
export async function followStandards<DB extends StandardsTables>(
  parts: FollowerParts<DB>,
): Promise<Running & { readonly city: LoadedCity }> {
  const { city: loaded, db, clock, log, onChange } = parts;
  let versions = await approvedVersions(db);
  let shown: StandardsVersion | undefined;
  const zone = loaded.city.timeZone;
  const look = () => {
    shown = versionAt(versions, clock.now());
    return shown;
  };
  look();
  const refresh = async (): Promise<void> => {
    const before = shown?.seq;
    if ((await lastApproved(db)) !== (versions.at(-1)?.seq ?? 0)) versions = await approvedVersions(db);
    if (look()?.seq !== before) onChange?.();
  };
  const stop = clock.every(LOOK_MS, () => {
    refresh().catch((err: unknown) =>
      log.warn({ err }, 'whether the standards changed could not be read; looking again'),
    );
  });
  return {
    city: {
      ...loaded,
      get catalogue() {
        return shown?.catalogue ?? loaded.catalogue;
      },
      get overlays() {
        return shown ? overlaysAt(shown, clock.now(), zone) : (loaded.overlays ?? []);
      },
    },
    stop: async () => stop(),
  };
}
