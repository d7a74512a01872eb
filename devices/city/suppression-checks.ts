import type { Catalogue, Suppression } from '../contract/catalogue.ts';
import type { DeviceType } from '../model/device-type.ts';
import type { At } from './catalogue-fault.ts';
import { compileCondition } from './expressions.ts';
import { itemsOf } from './items-of.ts';
import { causesIt, type Hideable, hidesRule, mustShow } from './suppressions.ts';

type Types = Readonly<Record<string, DeviceType>>;

/** Key of the silence of a type whose items do not speak of it. */
const OWN_SILENCE = 'platform.silent';

/** Every fault of the catalogue's suppressions: names that are not there, causes out of place, and what must never be hidden. */
export function checkSuppressions(catalogue: Catalogue, root: At, types: Types): void {
  const rules = hideables(catalogue, types);
  const ids = new Set<string>();
  catalogue.suppressions.forEach((suppression, index) => {
    const at = root.into('suppressions', index);
    const { id } = suppression;
    if (ids.has(id)) at.fault('id', id, `抑制 ${id} 重复`, `suppression ${id} is there twice`);
    ids.add(id);
    checkCause(suppression, at, rules, types);
    checkHidden(suppression, at, rules, types);
  });
}

/** All rules that a suppression may speak of, also the silence that every type has. */
function hideables(catalogue: Catalogue, types: Types): Hideable[] {
  const ofItems = itemsOf(catalogue).flatMap(({ code, deviceType, hazard = null, rules }) =>
    rules.map(({ id, kind, measurement, priority }) => ({
      key: `${code}.${id}`,
      kind,
      measurement,
      deviceType,
      priority,
      hazard,
    })),
  );
  const silences = Object.keys(types).map(
    (deviceType) =>
      ({
        key: OWN_SILENCE,
        kind: 'absence',
        measurement: '*',
        deviceType,
        priority: 'P3',
        hazard: null,
      }) satisfies Hideable,
  );
  return [...ofItems, ...silences];
}

function checkCause({ because, scope }: Suppression, at: At, rules: readonly Hideable[], types: Types): void {
  const fits = 'gateway' in because ? scope === 'behind-gateway' : scope !== 'behind-gateway';
  if (!fits || ('condition' in because && scope !== 'same-device')) {
    at.fault(
      'scope',
      scope,
      `范围 ${scope} 与起因不符：网关断开用 behind-gateway，条件用 same-device`,
      `scope ${scope} does not go with this cause: a gateway takes behind-gateway, a condition takes same-device`,
    );
  }
  if ('active' in because && !rules.some(({ key }) => key === because.active)) {
    at.into('because').fault(
      'active',
      because.active,
      `没有规则“${because.active}”`,
      `there is no rule "${because.active}"`,
    );
  }
  if ('silent' in because && because.silent !== '*' && !Object.hasOwn(types, because.silent)) {
    at.into('because').fault(
      'silent',
      because.silent,
      `没有设备类型“${because.silent}”`,
      `there is no device type "${because.silent}"`,
    );
  }
}

function checkHidden(suppression: Suppression, at: At, rules: readonly Hideable[], types: Types): void {
  const { hides, scope, id } = suppression;
  const hidden = rules.filter((rule) => hidesRule(suppression, rule));
  checkNames(hides, at.into('hides'), rules);
  if (Object.keys(hides).length === 0 || hidden.length === 0) {
    at.fault('hides', hides, `抑制 ${id} 没有指明任何现有规则`, `suppression ${id} names no rule that exists`);
  }
  for (const rule of hidden) {
    const { key } = rule;
    if (mustShow(suppression, rule)) {
      at.fault(
        'hides',
        key,
        `${key} 是燃气或火灾 P1，设计抑制不得隐藏（网关或载体失联只能隐藏失联类报警）`,
        `${key} is P1 of gas or fire: no design hides it (a silent gateway or carrier may hide silence only)`,
      );
    }
    if (scope === 'same-device' && causesIt(suppression, rule)) {
      at.fault('hides', key, `${key} 会隐藏自己的起因`, `${key} would hide its own cause`);
    }
  }
  checkCondition(suppression, at, new Set(hidden.map(({ deviceType }) => deviceType)), types);
}

/** Each name by itself: a misspelt one beside a right one would hide less than its author thinks. */
function checkNames(hides: Suppression['hides'], at: At, rules: readonly Hideable[]): void {
  const known = {
    kinds: rules.map(({ kind }) => kind),
    rules: rules.map(({ key }) => key),
    measurements: rules.map(({ measurement }) => measurement),
    deviceTypes: rules.map(({ deviceType }) => deviceType),
  };
  for (const list of ['kinds', 'rules', 'measurements', 'deviceTypes'] as const) {
    hides[list]?.forEach((name, index) => {
      if (known[list].includes(name)) return;
      at.into(list).fault(index, name, `没有规则涉及“${name}”`, `no rule is about "${name}"`);
    });
  }
}

function checkCondition({ because }: Suppression, at: At, hidden: ReadonlySet<string>, types: Types): void {
  if (!('condition' in because)) return;
  const { expr } = because.condition;
  for (const id of hidden) {
    const type = Object.hasOwn(types, id) ? types[id] : undefined;
    const compiled = type && compileCondition(type, expr);
    if (!compiled || !('refused' in compiled)) continue;
    at.into('because', 'condition').fault(
      'expr',
      expr,
      `条件对 ${id} 无法编译：${compiled.refused}`,
      `does not compile for ${id}: ${compiled.refused}`,
    );
  }
}
