import type { z } from 'zod';
import { type Catalogue, catalogueSchema } from '../contract/catalogue.ts';
import type { DeviceType } from '../model/device-type.ts';
import { deviceTypes } from '../types/registry.ts';
import { crossCheck } from './catalogue-checks.ts';
import type { CatalogueFault, Finding } from './catalogue-fault.ts';
import { type LinedYaml, linedYaml } from './yaml-lines.ts';

export interface ParseOptions {
  /** Department ids of the city; left out, departments are not checked. */
  readonly departments?: readonly string[];
  /** Names of the city's seasons; left out, seasons are not checked. */
  readonly seasons?: readonly string[];
  readonly types?: Readonly<Record<string, DeviceType>>;
}

export type ParsedCatalogue =
  | { readonly catalogue: Catalogue /** The text it was read from. */; readonly lines: LinedYaml }
  | { readonly faults: readonly CatalogueFault[] };

/**
 * A catalogue from its YAML text, or every fault of it at once. A `basis` may name an entry under `bases`; it comes out
 * resolved. Cross checks run once the shape holds.
 */
export function parseCatalogue(text: string, options: ParseOptions = {}): ParsedCatalogue {
  const yaml = linedYaml(text);
  if (yaml.errors.length > 0) {
    return { faults: yamlFaults(yaml) };
  }
  const located = ({ path, value, zh, en }: Finding): CatalogueFault => ({
    line: yaml.lineOf(path),
    path: path.join('.'),
    value,
    zh,
    en,
  });
  const findings: Finding[] = [];
  const resolved = resolveBases(yaml.data, findings, basesOf(yaml.data));
  const parsed = catalogueSchema.safeParse(resolved);
  if (!parsed.success) findings.push(...shapeFindings(parsed.error, resolved));
  else findings.push(...crossCheck(parsed.data, options.types ?? deviceTypes, options.departments, options.seasons));
  if (findings.length > 0 || !parsed.success) return { faults: findings.map(located).sort((a, b) => a.line - b.line) };
  return { catalogue: parsed.data, lines: yaml };
}

/** What keeps a text from being YAML at all. */
export const yamlFaults = (yaml: Pick<LinedYaml, 'errors'>): CatalogueFault[] =>
  yaml.errors.map(({ line, message }) => ({
    line,
    path: '',
    value: undefined,
    zh: `YAML 语法错误：${message}`,
    en: `not YAML: ${message}`,
  }));

/** The shared bases of a catalogue's data, by name. */
export const basesOf = (data: unknown): Readonly<Record<string, unknown>> =>
  isRecord(data) && isRecord(data.bases) ? data.bases : {};

/** Replaces names of shared bases by what they stand for, everywhere; a name that stands for nothing is a finding. */
export function resolveBases(data: unknown, findings: Finding[], bases: Readonly<Record<string, unknown>>): unknown {
  const lookUp = (name: string, path: PropertyKey[]): unknown[] => {
    const entries = Object.hasOwn(bases, name) ? bases[name] : undefined;
    if (Array.isArray(entries)) return entries;
    findings.push({
      path,
      value: name,
      zh: `依据“${name}”不在 bases 中，可用：${Object.keys(bases).join('、')}`,
      en: `basis "${name}" is not under bases; there is ${Object.keys(bases).join(', ')}`,
    });
    return [{ src: name, status: 'proposal' }];
  };
  const basisList = (value: unknown, path: PropertyKey[]): unknown => {
    if (typeof value === 'string') return lookUp(value, path);
    if (!Array.isArray(value)) return value;
    return value.flatMap((entry, index) => (typeof entry === 'string' ? lookUp(entry, [...path, index]) : [entry]));
  };
  const walk = (value: unknown, path: PropertyKey[]): unknown => {
    if (Array.isArray(value)) return value.map((entry, index) => walk(entry, [...path, index]));
    if (!isRecord(value)) return value;
    const entries = Object.entries(value).map(([key, entry]) => {
      const at = [...path, key];
      return [key, key === 'basis' ? basisList(entry, at) : walk(entry, at)] as const;
    });
    return Object.fromEntries(entries);
  };
  return walk(data, []);
}

/** What a schema found wrong with data, in both languages. */
export const shapeFindings = (error: z.ZodError, data: unknown): Finding[] =>
  error.issues.map((issue) => shapeFinding(issue, data));

export function shapeFinding(issue: z.core.$ZodIssue, data: unknown): Finding {
  const value = issue.path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined),
    data,
  );
  return { path: issue.path, value, zh: inChinese(issue), en: inEnglish(issue) };
}

/** A union's own message says nothing; what the closest branch says is more use. */
function inEnglish(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  const inner = issue.errors.map((branch) => branch.map((one) => one.message).join(', '));
  return inner.length > 0 ? `fits none of its forms: ${inner.join(' | ')}` : issue.message;
}

function inChinese(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? `缺少此项，应为 ${issue.expected}` : `类型不对，应为 ${issue.expected}`;
    case 'unrecognized_keys':
      return `不认识的键：${issue.keys.join('、')}`;
    case 'invalid_value':
      return `取值不对，只能是：${issue.values.join('、')}`;
    case 'too_small':
      return `太小或太短，至少 ${issue.minimum}`;
    case 'too_big':
      return `太大或太长，至多 ${issue.maximum}`;
    case 'invalid_format':
      return `格式不对：${issue.format}`;
    case 'invalid_union':
      return '不符合任何一种允许的写法';
    default:
      return `不符合要求：${issue.message}`;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
