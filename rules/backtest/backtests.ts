import { randomUUID } from 'node:crypto';
import type { Alarm } from '../../devices/contract/alarm.ts';
import {
  type BacktestJob,
  type BacktestRequest,
  type BacktestStart,
  backtestRequestSchema,
} from '../../devices/contract/backtest.ts';
import { type BesideListed, besideLists, recordKinds } from '../../devices/contract/beside.ts';
import type { Catalogue, Rule } from '../../devices/contract/catalogue.ts';
import type { City } from '../../devices/contract/city.ts';
import type { Refusal } from '../../devices/contract/command.ts';
import type { Overlay } from '../../devices/contract/overlay.ts';
import type { Device, Site } from '../../devices/contract/registry.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import type { BesideBook } from '../../devices/registry/beside-book.ts';
import { suggestion } from '../../devices/registry/did-you-mean.ts';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { TelemetryStore } from '../../kit/telemetry/telemetry-store.ts';
import type { BacktestInput, Progress } from './backtest.ts';
import { type Candidate, candidateOf } from './candidate.ts';
import type { JudgedAlarm } from './check-verdicts.ts';
import { type AsideSpan, causeSpan, causesOf, type Hiding } from './hidden.ts';
import { runBacktest } from './run-backtest.ts';

export interface BacktestsParts {
  readonly store: Pick<TelemetryStore, 'scan'>;
  /** The catalogue as it stands now. */
  readonly catalogue: () => Catalogue;
  /** What is laid over it now in some places. */
  readonly overlays: () => readonly Overlay[];
  readonly city: City;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly registry: {
    devices(): Iterable<Device>;
    sites(): Iterable<Site>;
    device(id: string): Device | undefined;
    readonly beside: Pick<BesideBook, 'of'>;
  };
  /** What people judged about the alarms of a rule that began in a period. */
  readonly verdicts: (rule: string, from: number, to: number) => Promise<readonly JudgedAlarm[]>;
  /** When people had points aside. */
  readonly aside: (from: number, to: number) => Promise<readonly AsideSpan[]>;
  /** Alarms of these rules that stood in a period. */
  readonly alarmsOf: (rules: readonly string[], from: number, to: number) => Promise<readonly Alarm[]>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** Back-tests under way and those that have ended lately. */
export interface Backtests extends Running {
  /** Begins one; what cannot be tried is refused with every fault. `by` is who asked. */
  start(request: unknown, by: string): Promise<BacktestStart>;
  /** Undefined for an id that is not known, or no longer. */
  job(id: string): BacktestJob | undefined;
  jobs(): readonly BacktestJob[];
  /** Ends it; false when it is not known. One that has ended stays as it is. */
  cancel(id: string): boolean;
}

/** Under way at a time: they share the machine with the live path. */
const AT_ONCE = 2;
/** Ended ones kept, and for how long, ms. */
const KEPT = 20;
const KEPT_MS = 24 * 3_600_000;

interface Entry {
  job: BacktestJob;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Keeps back-tests in memory: their results can be made anew from the store at any time. */
export function startBacktests(parts: BacktestsParts): Backtests {
  const entries = new Map<string, Entry>();
  const { clock, log } = parts;
  const running = () => [...entries.values()].filter(({ job }) => job.state === 'running');

  const tidy = (): void => {
    const ended = [...entries.values()].filter(({ job }) => job.state !== 'running');
    const old = ended.filter(({ job }) => clock.now() - (job.endedAt ?? 0) > KEPT_MS);
    for (const { job } of [...old, ...ended.slice(0, Math.max(0, ended.length - KEPT))]) entries.delete(job.id);
  };
  const begin = (input: BacktestInput, by: string): BacktestJob => {
    const id = randomUUID();
    const stop = new AbortController();
    const began = performance.now();
    const update = (change: Partial<BacktestJob>): void => {
      const entry = entries.get(id);
      if (entry) entry.job = { ...entry.job, ...change };
    };
    const progress = ({ part, readings }: Progress): void => {
      const spent = performance.now() - began;
      update({ progress: part, readings, leftMs: part > 0 ? (spent * (1 - part)) / part : null });
    };
    const end = (change: Partial<BacktestJob>): void => update({ endedAt: clock.now(), leftMs: null, ...change });
    const job: BacktestJob = {
      ...{ id, by, rule: input.key, state: 'running', startedAt: clock.now(), endedAt: null },
      ...{ progress: 0, readings: 0, leftMs: null, report: null, problem: null },
    };
    const ended = runBacktest(input, parts.store, stop.signal, progress).then(
      (report) => end({ state: 'done', progress: 1, report, readings: report.readings }),
      (err: unknown) => {
        if (stop.signal.aborted) return end({ state: 'cancelled' });
        log.error({ err, rule: input.key }, 'a back-test failed');
        end({ state: 'failed', problem: failure(err) });
      },
    );
    entries.set(id, { job, stop, ended });
    return job;
  };
  return {
    async start(asked, by) {
      const parsed = backtestRequestSchema.safeParse(asked);
      if (!parsed.success) return invalid(parsed.error.issues);
      tidy();
      if (running().length >= AT_ONCE) return refuse(busy);
      const prepared = await prepare(parts, parsed.data);
      return 'refused' in prepared ? prepared : { job: begin(prepared, by) };
    },
    job(id) {
      tidy();
      return entries.get(id)?.job;
    },
    jobs() {
      tidy();
      return [...entries.values()].map(({ job }) => ({ ...job, report: null }));
    },
    cancel(id) {
      const entry = entries.get(id);
      entry?.stop.abort(new Error('the back-test was cancelled'));
      return entry !== undefined;
    },
    async stop() {
      for (const { stop } of entries.values()) stop.abort(new Error('rules is stopping'));
      await Promise.all([...entries.values()].map(({ ended }) => ended));
    },
  };
}

/** What the thread needs, or why the request cannot be carried out. */
async function prepare(
  parts: BacktestsParts,
  request: BacktestRequest,
): Promise<BacktestInput | Extract<BacktestStart, { readonly refused: Refusal }>> {
  const { catalogue, overlays, city, types, registry, verdicts } = parts;
  const standing = catalogue();
  const laid = overlays();
  const departments = city.departments.map(({ id }) => id);
  const found = candidateOf(standing, request, { types, departments, ceilings: city.ceilings, overlays: laid });
  if ('refused' in found) return found;
  const { item, key, before } = found;
  const unknown = request.devices?.find((id) => registry.device(id)?.type !== item.deviceType);
  if (unknown !== undefined) return refuse(notOfType(unknown, item.deviceType, registry));
  const seen = new Set([item.deviceType, ...counted(found.rule), ...counted(before)]);
  return {
    key,
    deviceType: item.deviceType,
    catalogue: found.catalogue,
    standing: before && standing,
    overlays: laid,
    city,
    devices: [...registry.devices()].filter(({ type }) => seen.has(type)),
    sites: [...registry.sites()],
    records: recordsOf(registry.beside),
    from: request.from,
    to: request.to,
    only: request.devices ?? null,
    verdicts: await verdicts(key, request.from, request.to),
    hiding: await hidingOf(parts, found, request),
  };
}

/** What may have hidden alarms of the rule in the period. */
async function hidingOf(
  { aside, alarmsOf, registry }: BacktestsParts,
  { catalogue, item, rule }: Candidate,
  { from, to }: BacktestRequest,
): Promise<Hiding> {
  const { keys, silences } = causesOf(catalogue, item, rule);
  const causes = await alarmsOf(keys, from, to);
  return {
    aside: await aside(from, to),
    causes: causes.map((alarm) => causeSpan(alarm, registry.device(alarm.device), silences)),
  };
}

/** Work orders, permits and protection plans as they are registered now, each with its dates. */
const recordsOf = (beside: Pick<BesideBook, 'of'>): BesideListed =>
  Object.fromEntries(recordKinds.map((kind) => [besideLists[kind], [...beside.of(kind).values()]]));

const refuse = (refused: Refusal) => ({ refused, faults: [] });

const busy: Refusal = {
  code: 'backtests-busy',
  zh: `已有 ${AT_ONCE} 个试算在进行，请等其结束或取消其一`,
  en: `${AT_ONCE} back-tests are running: wait for one to end, or cancel one`,
};

/** Device types that a balance counts beside its item's own. */
const counted = (rule: Rule | null): string[] =>
  rule?.kind === 'balance' ? [rule.inflow.deviceType, rule.outflow.deviceType] : [];

function notOfType(id: string, type: string, { device, devices }: BacktestsParts['registry']): Refusal {
  const known = device(id);
  const meant = known
    ? { zh: '', en: '' }
    : suggestion(
        id,
        [...devices()].filter((one) => one.type === type).map((one) => one.id),
      );
  return {
    code: 'unknown-device',
    zh: known ? `设备“${id}”是 ${known.type}，该规则判定的是 ${type}` : `没有设备“${id}”${meant.zh}`,
    en: known ? `device "${id}" is a ${known.type}; the rule judges ${type}` : `there is no device "${id}"${meant.en}`,
  };
}

function invalid(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]) {
  const faults = issues.map((issue) => ({
    path: issue.path.join('.'),
    zh: (issue as { params?: { zh?: string } }).params?.zh ?? issue.message,
    en: issue.message,
  }));
  const refused = {
    code: 'invalid-backtest',
    zh: `试算请求不完整或有误：${faults[0]?.zh}`,
    en: `the request for a back-test cannot be used: ${faults[0]?.en}`,
  };
  return { refused, faults };
}

function failure(err: unknown): { zh: string; en: string } {
  const why = err instanceof Error ? err.message : String(err);
  return { zh: `试算中断：${why}`, en: `the back-test broke off: ${why}` };
}
