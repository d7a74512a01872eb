import type { RefusalCode } from '../../devices/contract/quarantine.ts';
import type { SparkplugMetricNotice } from '../../devices/contract/sparkplug.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';

/** Metrics that did not become readings, or did with a doubt: counted, with their last value. */
export interface MetricList {
  add(metric: MetricSeen): void;
  /** The list, newest first; all of it, or that of one edge node. */
  list(query: { readonly node?: string; readonly limit: number }): readonly SparkplugMetricNotice[];
  /** Values counted since the process began. */
  readonly count: number;
  /** Values of metrics that the list had no room for. */
  readonly unlisted: number;
}

export interface MetricSeen {
  readonly node: string;
  readonly device: string | undefined;
  readonly metric: string;
  readonly code: RefusalCode | 'unit-differs' | 'null';
  readonly reason: Bilingual;
  readonly value: string;
  /** Source time, or receive time, ms. */
  readonly at: number;
}

/** Most metrics that are listed: beyond them values are counted in one number. */
const MOST = 20_000;

/** An empty {@link MetricList}. */
export function metricList(most: number = MOST): MetricList {
  const seen = new Map<string, Mutable<SparkplugMetricNotice>>();
  let count = 0;
  let unlisted = 0;
  return {
    add({ node, device, metric, code, reason, value, at }) {
      count++;
      const key = JSON.stringify([node, device, metric, code]);
      const known = seen.get(key);
      if (known) {
        known.count++;
        known.lastValue = value;
        known.lastAt = at;
        known.reason = reason;
      } else if (seen.size < most) {
        seen.set(key, { node, device: device ?? null, metric, code, reason, count: 1, lastValue: value, lastAt: at });
      } else unlisted++;
    },
    list: ({ node, limit }) =>
      [...seen.values()]
        .filter((one) => node === undefined || one.node === node)
        .sort((a, b) => b.lastAt - a.lastAt)
        .slice(0, limit)
        .map((one) => ({ ...one })),
    get count() {
      return count;
    },
    get unlisted() {
      return unlisted;
    },
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
