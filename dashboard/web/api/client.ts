/** A refusal or failure of the server, in both languages where it gave them. */
export interface ApiProblem {
  readonly status: number;
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  /** What cannot be used, field by field or record by record. */
  readonly errors?: readonly {
    readonly in: string;
    readonly field: string;
    readonly zh: string;
    readonly en: string;
  }[];
}

export class ApiError extends Error {
  readonly problem: ApiProblem;
  constructor(problem: ApiProblem, cause?: unknown) {
    super(problem.en, { cause });
    this.name = 'ApiError';
    this.problem = problem;
  }
}

let csrf = '';
/** The token that every changing request carries; learnt from /me. */
export const setCsrf = (token: string): void => {
  csrf = token;
};

const unreachable: ApiProblem = {
  status: 0,
  code: 'unreachable',
  zh: '连不上平台：请检查网络，页面会自动重连。',
  en: 'The platform cannot be reached: check the network; the page reconnects by itself.',
};

/**
 * One request to `/api/v1`. Resolves with the body; rejects with `ApiError`, whose problem can be shown to people as it
 * stands.
 */
export async function api<T>(
  path: string,
  options: { method?: string; body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const method = options.method ?? (options.body === undefined ? 'GET' : 'POST');
  const headers: Record<string, string> = { accept: 'application/json' };
  if (method !== 'GET') headers['x-yanshao-csrf'] = csrf;
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      signal: options.signal,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError(unreachable, cause);
  }
  const text = await response.text();
  if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
  throw new ApiError(toProblem(response.status, text));
}

/**
 * Sends a file as the field `field` of a form. `key` names this sending: the same key again doubles nothing. Resolves and rejects
 * as {@link api} does.
 */
export async function upload<T>(path: string, field: string, file: File, key: string): Promise<T> {
  const form = new FormData();
  form.set(field, file);
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method: 'POST',
      headers: { accept: 'application/json', 'x-yanshao-csrf': csrf, 'idempotency-key': key },
      credentials: 'same-origin',
      body: form,
    });
  } catch (cause) {
    throw new ApiError(unreachable, cause);
  }
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  throw new ApiError(toProblem(response.status, text));
}

/** The server's problem document as a problem; a bare status when it sent none. */
export function toProblem(status: number, text: string): ApiProblem {
  try {
    const body = JSON.parse(text) as Partial<ApiProblem> & { title?: string; detail?: string };
    const said = body.detail ?? body.title ?? `HTTP ${status}`;
    const { code = String(status), zh = said, en = said, errors } = body;
    return { status, code, zh, en, ...(errors && { errors }) };
  } catch {
    return { status, code: String(status), zh: `服务器答复 ${status}`, en: `The server answered ${status}` };
  }
}

/** Any error as a problem to show. */
export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiError) return error.problem;
  const said = error instanceof Error ? error.message : String(error);
  return { status: 0, code: 'page', zh: `页面出错：${said}`, en: `The page failed: ${said}` };
}

/** An id for a command, so that a repeated click is one command. Works on plain http too. */
export function commandId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `page-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
