import { HttpError, InfluxDB, type Transport } from '@influxdata/influxdb-client';
import { StoreMisconfigured, StoreUnavailable } from '../telemetry-store.ts';
import type { InfluxOptions } from './influx-options.ts';
import { identifier } from './influxql.ts';

/** What the server said to one request. Anything else than these throws. */
export type WriteOutcome = { readonly written: true } | { readonly refused: string } | { readonly tooLarge: string };

/** Sends lines in one request. Rejects with {@link StoreUnavailable} or {@link StoreMisconfigured}. */
export type SendLines = (lines: readonly string[]) => Promise<WriteOutcome>;

/**
 * One request a call. The client's own batching, retries and buffers are all switched off, as each of them can lose data
 * without a word: a batch it splits by itself reports to nobody, its retry buffer has a limit, and it takes a 201 (some
 * points refused) and "hinted handoff queue not empty" for success.
 */
export function influxWriter(options: InfluxOptions, headers: Readonly<Record<string, string>>): SendLines {
  const client = new InfluxDB({ url: options.url, headers: { ...headers }, timeout: options.timeoutMs ?? 30_000 });
  const transport = strict(client.transport);
  const influx = new InfluxDB({ url: options.url, transport });
  return async (lines) => {
    const api = influx.getWriteApi(options.org ?? '', options.bucket, 'ms', {
      batchSize: lines.length + 1,
      maxBatchBytes: Number.MAX_SAFE_INTEGER,
      flushInterval: 0,
      maxRetries: 0,
      gzipThreshold: 1000,
      writeFailed: (err) => Promise.reject(err),
    });
    const db = encodeURIComponent(options.bucket);
    if (options.api === 'v1') api.path = `/write?db=${db}&precision=ms`;
    // Of a batch with bad lines nothing is taken: as in the other generations they are found by halving.
    if (options.api === 'v3')
      api.path = `/api/v3/write_lp?db=${db}&precision=millisecond&accept_partial=false&no_sync=false`;
    try {
      api.writeRecords([...lines]);
      await api.flush();
      return { written: true };
    } catch (err) {
      return outcomeOf(err, options);
    } finally {
      // Only the handle: nothing is left in it after flush().
      api.dispose();
    }
  };
}

/** Makes an answer that the client would wave through, "201: partly written", an error like any other refusal. */
function strict(inner: Transport): Transport {
  return {
    chunkCombiner: inner.chunkCombiner,
    request: inner.request.bind(inner),
    iterate: inner.iterate.bind(inner),
    send(path, body, options, callbacks) {
      let partly = false;
      let said = '';
      inner.send(path, body, options, {
        ...callbacks,
        responseStarted(headers, status) {
          partly = status === 201;
          callbacks?.responseStarted?.(headers, status);
        },
        next(data: Uint8Array) {
          if (partly) said += new TextDecoder().decode(data);
        },
        complete() {
          if (partly) callbacks?.error?.(new HttpError(400, 'partly written', said));
          else callbacks?.complete?.();
        },
      });
    },
  };
}

function outcomeOf(err: unknown, options: InfluxOptions): WriteOutcome {
  const where = `InfluxDB at ${options.url}`;
  if (!(err instanceof HttpError)) {
    const why = (err as Error).message || (err as { code?: string }).code || String(err);
    throw new StoreUnavailable(`${where} does not answer: ${why}`, err);
  }
  const said = reasonIn(err);
  switch (err.statusCode) {
    case 413:
      return { tooLarge: said };
    case 400:
    case 422: {
      const remedy = setupFault(said, options);
      if (remedy) throw new StoreMisconfigured(`${where} takes nothing: ${said}. ${remedy}`, err);
      return { refused: said };
    }
    case 401:
    case 403:
      throw new StoreMisconfigured(
        `${where} does not let us write to ${options.bucket} (${err.statusCode}: ${said}). Set a token that may write to it and read from it`,
        err,
      );
    case 404:
      throw new StoreMisconfigured(`${where} knows no ${options.bucket} (${said}). ${howToMake(options)}`, err);
    default:
      if (err.statusCode === 429 || err.statusCode >= 500) {
        throw new StoreUnavailable(`${where} cannot take readings now (${err.statusCode}: ${said})`, err);
      }
      throw new StoreMisconfigured(
        `${where} answered ${err.statusCode} (${said}): check that the address is an InfluxDB and not a proxy's page`,
        err,
      );
  }
}

/** A 400 that speaks of the server's set-up, not of these rows: everything would be refused until somebody mends it. */
function setupFault(said: string, options: InfluxOptions): string | undefined {
  if (/max-(series|values)-per|max series/i.test(said)) {
    return 'Raise or switch off that limit in influxdb.conf ([data] max-series-per-database, max-values-per-tag) and use index-version = "tsi1"';
  }
  if (
    /database is required|(org|bucket)\w*.*(required|provide|not found)|(provide|missing).*(org|bucket)/i.test(said)
  ) {
    return howToMake(options);
  }
  return undefined;
}

/** How a person makes the missing database or bucket. */
export function howToMake({ api, bucket, org }: InfluxOptions): string {
  if (api === 'v3') return `Make it with: influxdb3 create database ${bucket}`;
  return api === 'v2'
    ? `Make it with: influx bucket create --name ${bucket} --org ${org ?? '<org>'}`
    : `Make it with: CREATE DATABASE ${identifier(bucket)} (on InfluxDB 2.x: influx v1 dbrp create --db ${bucket} --rp autogen --bucket-id <id> --default; on 3: influxdb3 create database ${bucket})`;
}

/** The server's own words: InfluxDB 1.x says `{"error": …}`, 2.x `{"message": …}`. */
function reasonIn(err: HttpError): string {
  const json = (err.json ?? {}) as { error?: unknown; message?: unknown };
  const text = [json.error, json.message, err.body, err.statusMessage].find(
    (words) => typeof words === 'string' && words,
  );
  return String(text ?? `HTTP ${err.statusCode}`)
    .trim()
    .slice(0, 500);
}
