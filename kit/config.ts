import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';

/** A text in both languages. */
interface Help {
  readonly zh: string;
  readonly en: string;
}

/** One setting: where it is read from, what it must be, and what it means. */
export interface Setting<T = unknown> {
  /** `YANSHAO_…`. The line in `yanshao.yaml` and the flag follow from it: YANSHAO_HTTP_PORT → `httpPort` → `--http-port`. */
  readonly env: `YANSHAO_${string}`;
  readonly schema: z.ZodType<T>;
  readonly help: Help;
  /** Its value never appears in `yanshao doctor` or a log. */
  readonly secret?: true;
}

export type Settings = Readonly<Record<string, Setting>>;
export type ConfigOf<S extends Settings> = { readonly [K in keyof S]: z.output<S[K]['schema']> };

/** Declares one setting; exists so that its type follows from its schema. */
export const setting = <T>(spec: Setting<T>): Setting<T> => spec;

export type Origin = 'default' | 'yanshao.yaml' | 'environment' | 'flag';

/** Where raw settings come from, lowest precedence first. */
export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: Readonly<Record<string, unknown>>;
  /** Path of a `yanshao.yaml`; skipped when the file does not exist. */
  readonly file?: string;
}

export interface Loaded<S extends Settings> {
  readonly config: ConfigOf<S>;
  /** For `yanshao doctor`: each setting with its value (secrets masked) and where it came from. */
  readonly report: readonly { env: string; value: string; origin: Origin; help: Help }[];
  /**
   * Environment variables that begin with YANSHAO_ and mean nothing: a misspelt one should be shown to a person. Not a
   * fault, since an orchestrator sets variables named after a service (`YANSHAO_SERVICE_HOST`) on its own.
   */
  readonly unknownEnv: readonly string[];
}

/** Thrown with every fault at once, one line each, so that a person mends them in one go. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      `${faults.length} 项设置无法使用 / ${faults.length} setting${faults.length === 1 ? '' : 's'} cannot be used:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** `YANSHAO_HTTP_PORT` → `http-port`. */
export const flagName = (env: string): string =>
  env
    .replace(/^YANSHAO_/, '')
    .toLowerCase()
    .replaceAll('_', '-');
/** `YANSHAO_HTTP_PORT` → `httpPort`. */
export const fileKey = (env: string): string =>
  flagName(env).replace(/-([a-z0-9])/g, (_, c: string) => c.toUpperCase());

/**
 * Reads settings from the environment, a YAML file and flags (rising precedence), checks all of them without touching
 * the network, and freezes the result. `known` are settings of other processes that the same file may also hold.
 */
export function loadConfig<S extends Settings>(settings: S, sources: ConfigSources, known: Settings = {}): Loaded<S> {
  const faults: string[] = [];
  const file = readFile(sources.file, faults);
  const every = [...Object.values(settings), ...Object.values(known)];
  const keys = new Set(every.map((s) => fileKey(s.env)));
  for (const key of Object.keys(file)) {
    if (keys.has(key)) continue;
    faults.push(
      `${sources.file}: "${key}" is not a setting: mend or remove the line; \`yanshao start --help\` and docs/settings.md list them / 没有“${key}”这项设置，请改正或删除这一行`,
    );
  }
  const config: Record<string, unknown> = {};
  const report: Loaded<S>['report'][number][] = [];
  for (const [name, spec] of Object.entries(settings)) {
    const { raw, origin } = pick(spec, sources, file);
    const parsed = spec.schema.safeParse(raw);
    if (parsed.success) config[name] = parsed.data;
    else {
      const where =
        origin === 'default' ? 'is not set' : `from ${origin} is ${spec.secret ? '(secret)' : JSON.stringify(raw)}`;
      faults.push(
        `${spec.env} ${where}: ${parsed.error.issues.map(wrong).join('; ')} — ${spec.help.en} / ${spec.help.zh}`,
      );
    }
    report.push({
      env: spec.env,
      value: shown(spec, parsed.data ?? raw),
      origin,
      help: spec.help,
    });
  }
  if (faults.length > 0) throw new ConfigError(faults);
  const names = new Set<string>(every.map((s) => s.env));
  const unknownEnv = Object.keys(sources.env).filter((name) => name.startsWith('YANSHAO_') && !names.has(name));
  return { config: Object.freeze(config) as ConfigOf<S>, report, unknownEnv };
}

/** What is wrong with a value. Text that is no number reaches a number schema as NaN, which tells a person nothing. */
const wrong = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && issue.expected === 'number' ? 'a number is expected / 应为数字' : issue.message;

/** A value as `yanshao doctor` may show it: of a secret, also of a default one, only whether there is one. */
function shown(spec: Setting, value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  if (spec.secret) return '••••';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function pick(
  spec: Setting,
  { env, flags }: ConfigSources,
  file: Record<string, unknown>,
): { raw: unknown; origin: Origin } {
  const flag = flags?.[fileKey(spec.env)];
  if (flag !== undefined) return { raw: flag, origin: 'flag' };
  // `httpPort:` with nothing behind it is null in YAML, which a number schema would take for 0.
  const fromFile = file[fileKey(spec.env)] ?? undefined;
  // An empty environment variable counts as absent, as shells make it hard to tell the two apart.
  const fromEnv = env[spec.env] === '' ? undefined : env[spec.env];
  // design.md: environment, then a line of yanshao.yaml, then a flag, in rising order.
  if (fromFile !== undefined) return { raw: fromFile, origin: 'yanshao.yaml' };
  if (fromEnv !== undefined) return { raw: fromEnv, origin: 'environment' };
  return { raw: undefined, origin: 'default' };
}

function readFile(path: string | undefined, faults: string[]): Record<string, unknown> {
  if (!path || !existsSync(path)) return {};
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (err) {
    faults.push(`${path} cannot be read: ${(err as Error).message}`);
    return {};
  }
  try {
    const parsed: unknown = parse(text);
    if (parsed === null) return {};
    if (typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
    faults.push(`${path} holds ${Array.isArray(parsed) ? 'a list' : typeof parsed}: write one \`key: value\` a line`);
  } catch (err) {
    // Only the first line: the parser goes on to quote the file, where a secret may stand.
    faults.push(`${path} is not YAML: ${(err as Error).message.split('\n', 1)[0]?.replace(/:$/, '')}`);
  }
  return {};
}
