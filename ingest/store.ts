import type { DataFolder } from '../kit/data-folder.ts';
import type { Log } from '../kit/log.ts';
import { Problem } from '../kit/problem.ts';
import { openDuckdbTelemetryStore } from '../kit/telemetry/duckdb/duckdb-telemetry-store.ts';
import { influxTelemetryStore } from '../kit/telemetry/influx/influx-telemetry-store.ts';
import type { Retention, TelemetryStore } from '../kit/telemetry/telemetry-store.ts';
import type { IngestConfig } from './config.ts';

type StoreConfig = Pick<
  IngestConfig,
  | 'influxUrl'
  | 'influxToken'
  | 'influxOrg'
  | 'influxBucket'
  | 'influxApi'
  | 'storeRawDays'
  | 'storeMinuteDays'
  | 'storeHourDays'
>;

/** The file of the embedded store. */
export const storeFile = (folder: DataFolder): string => folder.path('telemetry.duckdb');

/** How long each class is kept. Refused when a coarser class would end before a finer one: its readings would be gone first. */
export function retentionOf(
  config: Pick<StoreConfig, 'storeRawDays' | 'storeMinuteDays' | 'storeHourDays'>,
): Retention {
  const { storeRawDays: rawDays, storeMinuteDays: minuteDays, storeHourDays: hourDays } = config;
  const length = (days: number) => (days === 0 ? Number.POSITIVE_INFINITY : days);
  if (length(rawDays) > length(minuteDays) || length(minuteDays) > length(hourDays)) {
    throw new Problem(
      `保留天数应由细到粗递增：原始 ${rawDays}、1 分钟 ${minuteDays}、1 小时 ${hourDays}（0 为永久）：请调整 YANSHAO_STORE_RAW_DAYS、YANSHAO_STORE_MINUTE_DAYS、YANSHAO_STORE_HOUR_DAYS\n` +
        `what is coarser must be kept at least as long: raw ${rawDays}, 1 min ${minuteDays}, 1 h ${hourDays} days (0 is for ever); change YANSHAO_STORE_RAW_DAYS, YANSHAO_STORE_MINUTE_DAYS or YANSHAO_STORE_HOUR_DAYS`,
    );
  }
  return { rawDays, minuteDays, hourDays };
}

/** Opens the store that the settings name: InfluxDB where an address is given, else DuckDB in the data folder. */
export async function openStore(config: StoreConfig, folder: DataFolder, log: Log): Promise<TelemetryStore> {
  const retention = retentionOf(config);
  if (!config.influxUrl) return openDuckdbTelemetryStore(storeFile(folder), { retention });
  return influxTelemetryStore({
    url: config.influxUrl,
    token: config.influxToken,
    org: config.influxOrg,
    bucket: config.influxBucket,
    api: config.influxApi,
    log: log.child({ component: 'influxdb' }),
    retention,
  });
}
