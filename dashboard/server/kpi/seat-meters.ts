import type { Kysely } from 'kysely';
import { concerns, seatsOf } from '../../../devices/city/seats.ts';
import type { SeatNow } from '../../../devices/contract/api.ts';
import type { City } from '../../../devices/contract/city.ts';
import type { StateTables } from '../../../devices/contract/state-tables.ts';
import { floodMeter, sliding } from '../../../devices/kpi/flood-meter.ts';
import type { Running } from '../../../kit/cleanups.ts';
import type { Clock } from '../../../kit/clock.ts';
import type { Log } from '../../../kit/log.ts';
import { since } from './annunciations.ts';
import { DAY, HOUR } from './targets.ts';

/** Between looks. Rates need no more. */
const lookMs = 1000;

export interface SeatMeterParts {
  readonly db: Kysely<StateTables>;
  readonly city: Pick<City, 'seats'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Rate and flood state of every seat, live. */
export interface SeatMeters extends Running {
  current(): readonly SeatNow[];
}

/** Begins with the last day, so that a restart in the middle of a flood knows of it; then reads only what is new. */
export async function startSeatMeters({ db, city, clock, log }: SeatMeterParts): Promise<SeatMeters> {
  const meters = seatsOf(city).map((seat) => ({ seat, ten: floodMeter(), hour: sliding(HOUR) }));
  let seq = 0;
  let failing = false;
  const look = async (): Promise<void> => {
    for (;;) {
      const rows = await since(db, seq, clock.now() - DAY);
      for (const row of rows) {
        const concern = { ...row, categories: row.categories.split(',').filter((one) => one !== '') };
        for (const { seat, ten, hour } of meters) {
          if (!concerns(seat, concern)) continue;
          ten.add(row.at);
          hour.add(row.at);
        }
        seq = row.seq;
      }
      if (rows.length === 0) return;
    }
  };
  const lookOnce = async (): Promise<void> => {
    try {
      await look();
      failing = false;
    } catch (err) {
      if (!failing) log.error({ err }, 'figures of the seats cannot be read; the last ones stand');
      failing = true;
    }
  };
  await look();
  let looking: Promise<void> | null = null;
  const timer = setInterval(() => {
    looking ??= lookOnce().finally(() => {
      looking = null;
    });
  }, lookMs);
  return {
    current() {
      const now = clock.now();
      return meters.map(({ seat, ten, hour }) => {
        ten.passTo(now);
        hour.passTo(now);
        return {
          id: seat.id,
          name: seat.name,
          inTenMinutes: ten.inTenMinutes,
          inHour: hour.count,
          floodSince: ten.floodSince,
        };
      });
    },
    async stop() {
      clearInterval(timer);
      while (looking) await looking;
    },
  };
}
