import { itemsOf } from '../../devices/city/items-of.ts';
import { hidesRule } from '../../devices/city/suppressions.ts';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Hidden, TriedAlarm } from '../../devices/contract/backtest.ts';
import type { Catalogue, Item, Rule, Suppression } from '../../devices/contract/catalogue.ts';
import type { Device } from '../../devices/contract/registry.ts';
import { REJOIN_MS } from '../engine/gateways.ts';
import { gatewayDown } from '../engine/platform-alarms.ts';
import type { CompiledRule } from '../standards/compile.ts';

/** A time in which people had put a point aside; a rule of null is the whole device. All times in ms, `to` exclusive. */
export interface AsideSpan {
  readonly device: string;
  readonly rule: string | null;
  readonly from: number;
  readonly to: number;
}

/** A time in which an alarm stood that may stand for others, and where. */
export interface CauseSpan {
  readonly device: string;
  readonly deviceType: string;
  readonly rule: string;
  /** It says that the device was not heard. */
  readonly isSilence: boolean;
  readonly circuit: string | null;
  readonly site: string | null;
  readonly from: number;
  readonly to: number;
}

/** What the state database knows of the period. */
export interface Hiding {
  readonly aside: readonly AsideSpan[];
  readonly causes: readonly CauseSpan[];
}

/** Rules whose alarms may stand for those of another. */
export interface Causes {
  readonly keys: readonly string[];
  /** Those of them that say that a device was not heard. */
  readonly silences: ReadonlySet<string>;
}

/** The causes that may hide alarms of `rule`; none for nearly all. */
export function causesOf(catalogue: Catalogue, { code, deviceType }: Item, rule: Rule): Causes {
  const { measurement, kind, priority } = rule;
  const facts = { key: `${code}.${rule.id}`, kind, measurement, priority, deviceType, hazard: null };
  const found = catalogue.suppressions.filter((one) => hidesRule(one, facts)).map(({ because }) => because);
  const silent = found.some((because) => 'silent' in because);
  const silences = new Set(silent ? [...absences(catalogue), 'platform.silent'] : []);
  const named = found.flatMap((because) =>
    'gateway' in because ? [gatewayDown.rule] : 'active' in because ? [because.active] : [],
  );
  return { keys: [...new Set([...named, ...silences])], silences };
}

const absences = (catalogue: Catalogue): string[] =>
  itemsOf(catalogue).flatMap(({ code, rules }) =>
    rules.flatMap(({ id, kind }) => (kind === 'absence' ? [`${code}.${id}`] : [])),
  );

/** An alarm as a span; a gateway stands for its devices until they had time to be heard again. */
export function causeSpan(
  { rule, device, deviceType, raisedAt, returnedAt, closedAt }: Alarm,
  at: Pick<Device, 'circuit' | 'site'> | undefined,
  silences: ReadonlySet<string>,
): CauseSpan {
  const ended = returnedAt ?? closedAt ?? Number.POSITIVE_INFINITY;
  return {
    ...{ device, deviceType, rule, isSilence: silences.has(rule) },
    ...{ circuit: at?.circuit ?? null, site: at?.site ?? null },
    ...{ from: raisedAt, to: rule === gatewayDown.rule ? ended + REJOIN_MS : ended },
  };
}

/**
 * Says of an alarm of the tried rule whether it would have lain hidden when it rang: by people, who had put its point aside, or
 * by design, behind something that stood for it. Conditions (daylight, dimmed lamps) are judged where the alarm is raised.
 */
export function hiding(
  { aside, causes }: Hiding,
  deviceOf: (id: string) => Device | undefined,
  ruleAt: (device: Device) => CompiledRule | undefined,
): (alarm: TriedAlarm) => Hidden | null {
  const asideAt = Map.groupBy(aside, ({ device }) => device);
  return ({ device: id, raisedAt, hidden }) => {
    const device = deviceOf(id);
    const rule = device && ruleAt(device);
    if (!rule) return hidden;
    const here = asideAt.get(id) ?? [];
    if (here.some((one) => (one.rule === null || one.rule === rule.key) && holds(one, raisedAt))) return 'by-people';
    const standing = causes.filter((one) => holds(one, raisedAt));
    return rule.hiddenBy.some(({ suppression }) => standing.some((one) => hides(suppression, one, device)))
      ? 'by-design'
      : hidden;
  };
}

const holds = ({ from, to }: { readonly from: number; readonly to: number }, at: number): boolean =>
  from <= at && at < to;

function hides({ because, scope }: Suppression, cause: CauseSpan, device: Device): boolean {
  return isCause(because, cause) && inScope(scope, cause, device);
}

function isCause(because: Suppression['because'], { rule, deviceType, isSilence }: CauseSpan): boolean {
  if ('gateway' in because) return rule === gatewayDown.rule;
  if ('active' in because) return because.active === rule;
  if (!('silent' in because) || !isSilence) return false;
  return because.silent === '*' || because.silent === deviceType;
}

function inScope(scope: Suppression['scope'], cause: CauseSpan, device: Device): boolean {
  switch (scope) {
    case 'behind-gateway':
      return cause.device === device.gateway;
    case 'mounted-on':
      return cause.device === device.mountedOn;
    case 'same-device':
      return cause.device === device.id;
    case 'same-circuit':
      return cause.circuit !== null && cause.circuit === device.circuit && cause.device !== device.id;
    case 'same-site':
      return cause.site !== null && cause.site === device.site && cause.device !== device.id;
  }
}
