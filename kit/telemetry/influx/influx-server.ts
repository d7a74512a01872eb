import { StoreMisconfigured, StoreUnavailable } from '../telemetry-store.ts';
import type { InfluxOptions } from './influx-options.ts';

/** The generation of an InfluxDB, as far as setting it up differs. */
export type Generation = 1 | 2 | 3;

export interface ServerVersion {
  readonly generation: Generation;
  readonly version: string;
}

/** Asks the server which version it is (`/ping` tells it in a header, in all generations). */
export async function serverVersion(
  { url, timeoutMs = 30_000 }: Pick<InfluxOptions, 'url' | 'timeoutMs'>,
  headers: Readonly<Record<string, string>>,
): Promise<ServerVersion> {
  const answer = await ask(`${url}/ping`, { headers, signal: AbortSignal.timeout(timeoutMs) });
  await answer.arrayBuffer();
  const version = answer.headers.get('x-influxdb-version')?.replace(/^v/, '') ?? '';
  const generation = Number(version.split('.')[0]);
  if (generation === 1 || generation === 2 || generation === 3) return { generation, version };
  throw new StoreMisconfigured(
    `${url}/ping answered ${answer.status} and did not say that it is InfluxDB 1, 2 or 3 (x-influxdb-version: "${version}"): check the address`,
  );
}

/** A request to the 2.x API: resolves with the answer's JSON, or nothing where it is none (a Flux program answers CSV). */
export type Api = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

/** The 2.x API, which knows buckets, mappings and tasks. Rejects as writing does. */
export function influxApi(
  { url, timeoutMs = 30_000 }: Pick<InfluxOptions, 'url' | 'timeoutMs'>,
  headers: Readonly<Record<string, string>>,
): Api {
  return async (method, path, body) => {
    const answer = await ask(`${url}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    if (answer.ok) return isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {};
    // A bucket asked for by its name and not there is no empty list but a 404 (seen at 2.7).
    if (method === 'GET' && answer.status === 404) return {};
    const said = `InfluxDB answered ${answer.status} to ${method} ${path}: ${text.trim().slice(0, 500)}`;
    if (answer.status === 429 || answer.status >= 500) throw new StoreUnavailable(said);
    throw new StoreMisconfigured(
      `${said}. Setting up needs a token that may read and write buckets, DBRP mappings and tasks`,
    );
  };
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (err) {
    const why = String((err as { cause?: { message?: string } }).cause?.message || err);
    throw new StoreUnavailable(`InfluxDB at ${url} does not answer: ${why}`, err);
  }
}
