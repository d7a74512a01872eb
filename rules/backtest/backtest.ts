import { appliesTo, inOrder } from '../../devices/city/overlays.ts';
import type { BacktestReport, TriedAlarm } from '../../devices/contract/backtest.ts';
import type { BesideListed } from '../../devices/contract/beside.ts';
import type { Catalogue } from '../../devices/contract/catalogue.ts';
import type { City } from '../../devices/contract/city.ts';
import type { Overlay } from '../../devices/contract/overlay.ts';
import type { Device, Site } from '../../devices/contract/registry.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import type { ScanBatch, ScanQuery } from '../../kit/telemetry/telemetry-store.ts';
import { ruleWords } from '../explain/rule-words.ts';
import { type CompiledCatalogue, type CompiledRule, compileCatalogue, type TypePlan } from '../standards/compile.ts';
import { checkVerdicts, type JudgedAlarm } from './check-verdicts.ts';
import { type Field, fieldsRead, kindOf } from './fields.ts';
import { type Hiding, hiding } from './hidden.ts';
import { mergeScans } from './merge-scans.ts';
import { notesOf } from './notes.ts';
import { onlyRule } from './one-rule.ts';
import { difference, type Places, triedRule } from './report.ts';
import { type StoredLane, storedLane, type Trial } from './stored-lane.ts';

/** All that a back-test is made of; plain data, so that it crosses to a worker. */
export interface BacktestInput {
  /** `<item code>.<rule id>`. */
  readonly key: string;
  readonly deviceType: string;
  /** The catalogue with the rule as it is tried. */
  readonly catalogue: Catalogue;
  /** The catalogue as it stands, where the rule is tried beside that; else null. */
  readonly standing: Catalogue | null;
  /** What is laid over both in some places. */
  readonly overlays: readonly Overlay[];
  readonly city: City;
  /** All of the type, and of those that a balance counts: a rule across devices asks for the others too. */
  readonly devices: readonly Device[];
  readonly sites: readonly Site[];
  /** Work orders, permits and protection plans; they hold by their dates. */
  readonly records: BesideListed;
  readonly from: number;
  readonly to: number;
  /** The devices that were asked for; null: all of them. */
  readonly only: readonly string[] | null;
  readonly verdicts: readonly JudgedAlarm[];
  /** What hid alarms in the period. */
  readonly hiding: Hiding;
}

/** How far it is. */
export interface Progress {
  /** Part of the period, 0 to 1. */
  readonly part: number;
  readonly readings: number;
}

/** A back-test ready to run: what it wants read, and what it makes of it. */
export interface Backtest {
  /** One scan a device type, of one period; their batches come as `batchesInStep` reads them. */
  readonly queries: readonly ScanQuery[];
  /** Judges one batch of the scan at that place. */
  take(scan: number, batch: ScanBatch): Progress;
  /** True once nothing further needs to be read: the rule rang too often. */
  readonly isFull: boolean;
  /** @param tookMs what reading and judging took. */
  report(tookMs: number): BacktestReport;
}

/** Prepares both forms of the rule, or the one that there is. Compiling was tried before: a fault here is ours. */
export function backtest(input: BacktestInput, types: Readonly<Record<string, DeviceType>>): Backtest {
  const { key, deviceType, from, to, sites, records, city, overlays } = input;
  const compiled = (catalogue: Catalogue) =>
    compileCatalogue(catalogue, types, city.platformDepartment, { ceilings: city.ceilings, overlays });
  const tried = compiled(input.catalogue);
  const standing = input.standing && compiled(input.standing);
  const forms = [tried, ...(standing ? [standing] : [])].map((catalogue) => ({
    rule: catalogue.ruleByKey.get(`${deviceType} ${key}`)!,
    plan: catalogue.plans.get(deviceType)!,
    catalogue,
  }));
  const only = input.only && new Set(input.only);
  const across = forms.some(({ rule }) => rule.neighbours !== null || rule.against !== null || rule.balance !== null);
  const devices = only && !across ? input.devices.filter(({ id }) => only.has(id)) : input.devices;
  const warmUpFrom =
    from - Math.max(...forms.flatMap(({ catalogue }) => memories(catalogue, devices, deviceType, key)));
  const read = forms.flatMap(({ rule, plan, catalogue }) => fieldsRead(rule, plan, catalogue.plans));
  const queries = queriesOf(read, { from: warmUpFrom, to, ...(only && !across && { devices: [...only] }) });
  const fields = queries.flatMap(({ type, measurements }) => measurements.map((name): Field => ({ type, name })));
  const merge = mergeScans(queries, (place) => kindOf(fields[place]!, types) === 'text');
  const lanes = forms.map(({ catalogue }): StoredLane => {
    const trial: Trial = {
      compiled: onlyRule(catalogue, deviceType, key),
      ...{ key, city, types, devices, only, sites, records, warmUpFrom, from, fields },
    };
    return storedLane(trial);
  });
  const [after, before] = lanes as [StoredLane, StoredLane | undefined];
  let readings = 0;
  const isFull = () => lanes.some(({ recorded }) => recorded.isFull);
  return {
    queries,
    take(scan, of) {
      const batch = merge(scan, of);
      for (const lane of lanes) lane.take(batch);
      readings += batch.length;
      return { part: Math.min(1, ((batch.next ?? to) - warmUpFrom) / (to - warmUpFrom)), readings };
    },
    get isFull() {
      return isFull();
    },
    report(tookMs) {
      const ends = lanes.flatMap(({ recorded }) => (recorded.isFull ? recorded.alarms.at(-1)!.raisedAt : []));
      const cutAt = ends.length > 0 ? Math.min(...ends) : null;
      for (const lane of lanes) lane.finish(cutAt ?? to);
      const byId = new Map(devices.map((device) => [device.id, device]));
      const bySite = new Map(sites.map((site) => [site.id, site]));
      const places: Places = { device: (id) => byId.get(id), site: (id) => bySite.get(id) };
      const range = { from, to: cutAt ?? to };
      const alarmsOf = (lane: StoredLane): readonly TriedAlarm[] => {
        const { catalogue } = forms[lanes.indexOf(lane)]!;
        const hidden = hiding(input.hiding, places.device, (device) => catalogue.planOf(device)?.byKey.get(key));
        const rang = lane.recorded.alarms.filter(({ raisedAt }) => raisedAt <= range.to);
        return rang.map((alarm) => ({ ...alarm, hidden: hidden(alarm) }));
      };
      const figures = (lane: StoredLane) => triedRule(alarmsOf(lane), lane.recorded.stoodBefore(), range, places);
      const { rule, plan } = forms[0]!;
      const [rang, rings] = [figures(after), before ? figures(before) : null];
      const laid = underOverlays(overlays, devices, deviceType);
      return {
        ...ruleFacts(rule, plan, city),
        tried: wordsOf(rule, plan),
        standing: forms[1] ? wordsOf(forms[1].rule, forms[1].plan) : null,
        from,
        to,
        cutAt,
        registered: devices.length,
        heard: after.heard(),
        readings,
        tookMs,
        before: rings,
        after: rang,
        difference: before ? difference(alarmsOf(before), alarmsOf(after), places) : null,
        verdicts: checkVerdicts(
          input.verdicts.filter(({ since }) => since >= from && since < range.to),
          alarmsOf(after),
        ),
        overlays: laid,
        notes: notesOf(rule, rang, laid),
        problems: after
          .problems()
          .slice(0, PROBLEMS)
          .map(({ device, text, count }) => ({ device, text, count })),
      };
    },
  };
}

/** How many of the rule's devices stand under each overlay; those that meet none of them are left out. */
const underOverlays = (overlays: readonly Overlay[], devices: readonly Device[], type: string) =>
  inOrder(overlays).flatMap((overlay) => {
    const here = devices.filter((device) => device.type === type && appliesTo(overlay, device)).length;
    return here > 0 ? [{ id: overlay.id, title: overlay.title, devices: here }] : [];
  });

/** Devices listed for which the rule rests. */
const PROBLEMS = 100;

const wordsOf = (rule: CompiledRule, plan: TypePlan) => ruleWords(rule, plan.type.measurements[rule.measurementName]);

/** How far back the rule remembers, in every form that the places of its devices give it, ms. */
function memories(catalogue: CompiledCatalogue, devices: readonly Device[], type: string, key: string): number[] {
  const plans = new Set(devices.flatMap((device) => (device.type === type ? (catalogue.planOf(device) ?? []) : [])));
  return [catalogue.plans.get(type)!, ...plans].flatMap((plan) => {
    const rule = plan.byKey.get(key);
    return rule ? memoryOf(rule, plan) : [];
  });
}

/** How far back the rule remembers, ms: from there on it is read, so that at the beginning it knows what it would know. */
function memoryOf(rule: CompiledRule, plan: TypePlan): number {
  const { onDelayMs, baseline, neighbours, balance } = rule;
  // A meter counts once it was heard for a whole window, and is heard once within one at least.
  const windowMs = balance ? 2 * rule.windowMs : rule.windowMs;
  const own = Math.max(windowMs, baseline?.learnMs ?? 0, neighbours?.withinMs ?? 0) + onDelayMs;
  return neighbours ? own + memoryOf(plan.rules[neighbours.of]!, plan) : own;
}

/** A scan for each device type. */
const queriesOf = (read: readonly Field[], of: Pick<ScanQuery, 'from' | 'to' | 'devices'>): readonly ScanQuery[] =>
  [...Map.groupBy(read, ({ type }) => type)].map(([type, fields]) => ({
    type,
    measurements: [...new Set(fields.map(({ name }) => name))],
    ...of,
  }));

function ruleFacts(rule: CompiledRule, plan: TypePlan, city: City) {
  const { clause } = rule;
  const department = city.departments.find(({ id }) => id === clause.department);
  return {
    rule: rule.key,
    title: rule.title,
    priority: rule.priority,
    deviceType: plan.type.id,
    measurement: rule.measurementName,
    unit: rule.unit,
    department: {
      id: clause.department,
      name: department?.name ?? { zh: clause.department, en: clause.department },
    },
    cooperating: clause.cooperating,
  };
}
