import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { DeviceType } from '../model/device-type.ts';
import { knownConstants } from './constants.ts';

/**
 * CEL expressions of the catalogue, compiled once against what they may see. A misspelt measurement, an unknown name, a
 * whole number multiplied with a measurement (CEL keeps int and double apart: write `2.0 * Ps`) is refused here, when the
 * catalogue is read, not at night when the rule first matters.
 */
export type Compiled<Context, Result> = { readonly run: (context: Context) => Result } | { readonly refused: string };

/** What a condition sees; see `conditionSchema` in devices/contract. Absent readings are absent keys: guard with `has()`. */
export interface ConditionContext {
  readonly r: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly c: Readonly<Record<string, number>>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly device: Readonly<Record<string, string>>;
  readonly local: {
    readonly hour: number;
    readonly minute: number;
    readonly minuteOfDay: number;
    readonly weekday: number;
    /** By the city's calendar: make-up days count as working days, holidays do not. */
    readonly workingDay: boolean;
    readonly holiday: boolean;
  };
  readonly sun: { readonly altitude: number; readonly dark: boolean };
  readonly records: { readonly workOrders: number; readonly permits: number; readonly protectionPlans: number };
}

/** Bounds the work one expression can ask for. */
const limits = { maxAstNodes: 200, maxDepth: 24, maxListElements: 24, maxMapEntries: 24, maxCallArguments: 8 };
const celTypes = { number: 'double', boolean: 'bool', text: 'string' } as const;

/** Compiles a condition over devices of `type`. Running it throws when a reading it does not guard with `has()` is missing. */
export function compileCondition(type: DeviceType, expr: string): Compiled<ConditionContext, boolean> {
  const compiled = compile(conditionEnvironment(type), expr, 'bool');
  return 'refused' in compiled ? compiled : { run: (context) => compiled.run({ ...context }) === true };
}

/** An expression rule, compiled: what it reads (dotted measurements), and whether passing time alone may change its answer. */
export interface CompiledExpression {
  readonly run: (context: ConditionContext) => boolean;
  readonly reads: readonly string[];
  readonly timely: boolean;
  /** Names it speaks of: `r`, `c`, `facts`, … */
  readonly uses: ReadonlySet<string>;
}

/** Compiles an expression over readings of `type`. One that reads no measurement is refused: nothing would ever judge it. */
export function compileExpression(type: DeviceType, expr: string): CompiledExpression | { readonly refused: string } {
  const compiled = compile(conditionEnvironment(type), expr, 'bool');
  if ('refused' in compiled) return compiled;
  const reads = [...new Set(readingsIn(compiled.ast))];
  if (reads.length === 0) return { refused: 'it reads no measurement of the device (r.…)' };
  const uses = new Set(identifiers(compiled.ast));
  const timely = ['local', 'sun', 'records'].some((root) => uses.has(root));
  return { run: (context) => compiled.run({ ...context }) === true, reads, timely, uses };
}

/** Measurements named as `r.group.field`. */
function readingsIn(node: ASTNode): string[] {
  if (node.op === '.') {
    const [group, field] = node.args;
    if (group.op === '.' && group.args[0].op === 'id' && group.args[0].args === 'r')
      return [`${group.args[1]}.${field}`];
  }
  return children(node).flatMap(readingsIn);
}

/** Compiles limit arithmetic over constants. Running it throws when a constant is missing, with its name. */
export function compileLimit(
  expr: string,
):
  | { readonly run: (constants: Readonly<Record<string, number>>) => number; readonly names: readonly string[] }
  | { readonly refused: string } {
  const environment = new Environment({ limits });
  for (const name of Object.keys(knownConstants)) environment.registerVariable(name, 'double');
  const compiled = compile(environment, expr, 'double');
  if ('refused' in compiled) return compiled;
  const names = [...new Set(identifiers(compiled.ast))];
  const run = (constants: Readonly<Record<string, number>>): number => {
    const missing = names.find((name) => !Object.hasOwn(constants, name));
    if (missing) throw new Error(`constant ${missing} is missing: register it with the device`);
    return Number(compiled.run({ ...constants }));
  };
  return { run, names };
}

function compile(
  environment: Environment,
  expr: string,
  wanted: 'bool' | 'double',
): { run: ParseResult; ast: ASTNode } | { refused: string } {
  try {
    const run = environment.parse(expr);
    const checked = run.check();
    if (!checked.valid) return { refused: firstLine(checked.error?.message ?? 'it does not type-check') };
    if (checked.type !== wanted && checked.type !== 'dyn') {
      return { refused: `it gives ${checked.type}, wanted ${wanted}` };
    }
    if (calls(run.ast).includes('matches')) return { refused: 'matches() is not allowed: its cost has no bound' };
    return { run, ast: run.ast };
  } catch (cause) {
    return { refused: firstLine(cause instanceof Error ? cause.message : String(cause)) };
  }
}

function conditionEnvironment(type: DeviceType): Environment {
  const double = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 'double']));
  const string = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 'string']));
  return new Environment({ limits })
    .registerVariable({ name: 'r', schema: readingsSchema(type) })
    .registerVariable({ name: 'c', schema: double(...Object.keys(knownConstants)) })
    .registerVariable('facts', 'map')
    .registerVariable({
      name: 'device',
      schema: string('id', 'type', 'area', 'site', 'gateway', 'circuit', 'model', 'grid'),
    })
    .registerVariable({
      name: 'local',
      schema: { ...double('hour', 'minute', 'minuteOfDay', 'weekday'), workingDay: 'bool', holiday: 'bool' },
    })
    .registerVariable({ name: 'sun', schema: { altitude: 'double', dark: 'bool' } })
    .registerVariable({ name: 'records', schema: double('workOrders', 'permits', 'protectionPlans') });
}

function readingsSchema(type: DeviceType): Record<string, Record<string, string>> {
  const schema: Record<string, Record<string, string>> = {};
  for (const [name, measurement] of Object.entries(type.measurements)) {
    const [group, field] = name.split('.') as [string, string];
    schema[group] = { ...schema[group], [field]: celTypes[measurement.kind] };
  }
  return schema;
}

const firstLine = (message: string): string => message.split('\n')[0] ?? message;

function identifiers(node: ASTNode): string[] {
  return node.op === 'id' ? [node.args] : children(node).flatMap(identifiers);
}

function calls(node: ASTNode): string[] {
  const own = node.op === 'call' || node.op === 'rcall' ? [node.args[0]] : [];
  return [...own, ...children(node).flatMap(calls)];
}

/** Every node found among a node's arguments, however they are nested. */
function children(node: ASTNode): ASTNode[] {
  const found = (value: unknown): ASTNode[] => {
    if (Array.isArray(value)) return value.flatMap(found);
    return value !== null && typeof value === 'object' && 'op' in value ? [value as ASTNode] : [];
  };
  return found(node.args);
}
