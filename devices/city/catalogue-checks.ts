import type { Catalogue, Item, Limit, Rule } from '../contract/catalogue.ts';
import type { DeviceType, Measurement } from '../model/device-type.ts';
import { conversion } from '../model/units.ts';
import type { At, Finding } from './catalogue-fault.ts';

import { compileCondition, compileLimit } from './expressions.ts';
import {
  checkAggregate,
  checkBalance,
  checkBaseline,
  checkExpressionRule,
  checkNeighbours,
  checkSamples,
  checkSeason,
  checkSilent,
} from './kind-checks.ts';
import { checkSuppressions } from './suppression-checks.ts';

/**
 * What a schema cannot see: names that must exist elsewhere, units that must fit, limits under their ceilings, conditions
 * that must compile, urgent matters on a clock that never stops. Returns every fault found.
 */
export function crossCheck(
  catalogue: Catalogue,
  types: Readonly<Record<string, DeviceType>>,
  departments: readonly string[] | undefined,
  seasons?: readonly string[],
): Finding[] {
  const findings: Finding[] = [];
  const placed = (path: readonly PropertyKey[]): At => ({
    path,
    fault: (step, value, zh, en) => findings.push({ path: step === null ? path : [...path, step], value, zh, en }),
    into: (...steps) => placed([...path, ...steps]),
  });
  const root = placed([]);
  const seen = new Map<string, string>();
  const once = (at: At, kind: string, code: string) => {
    if (seen.has(`${kind} ${code}`)) at.fault('code', code, `编码 ${code} 重复`, `${kind} code ${code} is used twice`);
    seen.set(`${kind} ${code}`, code);
  };
  catalogue.domains.forEach((domain, d) => {
    once(root.into('domains', d), 'domain', domain.code);
    domain.categories.forEach((category, c) => {
      const atCategory = root.into('domains', d, 'categories', c);
      once(atCategory, 'category', category.code);
      if (!category.code.startsWith(domain.code)) {
        atCategory.fault(
          'code',
          category.code,
          `大类编码应以 ${domain.code} 开头`,
          `a category of ${domain.code} begins with it`,
        );
      }
      category.items.forEach((item, i) => {
        const at = atCategory.into('items', i);
        once(at, 'item', item.code);
        if (!item.code.startsWith(`${category.code}-`)) {
          at.fault(
            'code',
            item.code,
            `项目编码应以 ${category.code}- 开头`,
            `an item of ${category.code} begins with it`,
          );
        }
        checkItem(item, at, types, departments);
        checkProcedure(item, at, catalogue);
      });
    });
  });
  checkOverlaps(catalogue, root);
  checkSuppressions(catalogue, root, types);
  if (seasons) for (const { rule, at } of rulesOf(catalogue, root)) checkSeason(rule, at, seasons);
  catalogue.changes.forEach(({ item }, index) => {
    if (item !== undefined && !seen.has(`item ${item}`)) {
      root.into('changes', index).fault('item', item, `没有项目 ${item}`, `there is no item ${item}`);
    }
  });
  return findings;
}

/** Two items that judge one measurement of one device type the same way, without conditions, would ring twice for one thing. */
function checkOverlaps(catalogue: Catalogue, root: At): void {
  const owners = new Map<string, { item: string; rule: string }>();
  for (const { item, rule, at } of rulesOf(catalogue, root)) {
    if (rule.when || rule.during || rule.silent || (rule.kind !== 'threshold' && rule.kind !== 'state')) continue;
    const way = rule.kind === 'state' ? JSON.stringify([rule.op, rule.limit]) : rule.op.charAt(0);
    const key = `${item.deviceType} ${rule.measurement} ${way}`;
    const owner = owners.get(key);
    if (owner && owner.item !== item.code) {
      at.fault(
        'measurement',
        rule.measurement,
        `${item.code}.${rule.id} 与 ${owner.item}.${owner.rule} 会对同一件事各告警一次，请用 when 区分`,
        `${item.code}.${rule.id} and ${owner.item}.${owner.rule} would both ring for one thing: tell them apart with \`when\``,
      );
    }
    owners.set(key, { item: item.code, rule: rule.id });
  }
}

function rulesOf(catalogue: Catalogue, root: At): { item: Item; rule: Rule; at: At }[] {
  return catalogue.domains.flatMap((domain, d) =>
    domain.categories.flatMap((category, c) =>
      category.items.flatMap((item, i) =>
        item.rules.map((rule, r) => ({
          item,
          rule,
          at: root.into('domains', d, 'categories', c, 'items', i, 'rules', r),
        })),
      ),
    ),
  );
}

function checkItem(
  item: Item,
  at: At,
  types: Readonly<Record<string, DeviceType>>,
  departments: readonly string[] | undefined,
): void {
  if (departments) {
    const check = (id: string, step: string) => {
      if (departments.includes(id)) return;
      at.fault(step, id, `城市没有部门“${id}”`, `the city has no department "${id}"; it has ${departments.join(', ')}`);
    };
    check(item.leadDepartment, 'leadDepartment');
    for (const id of item.cooperating) check(id, 'cooperating');
  }
  if (item.standard.provenance === 'quoted' && !item.standard.source) {
    at.fault('standard', item.standard.text, '引用的标准须注明出处', 'a quoted text needs its source');
  }
  const type = Object.hasOwn(types, item.deviceType) ? types[item.deviceType] : undefined;
  if (!type) {
    at.fault(
      'deviceType',
      item.deviceType,
      `没有设备类型“${item.deviceType}”`,
      `there is no device type "${item.deviceType}"`,
    );
    return;
  }
  const ids = new Set<string>();
  item.rules.forEach((rule, index) => {
    const atRule = at.into('rules', index);
    if (ids.has(rule.id)) atRule.fault('id', rule.id, `规则 ${rule.id} 重复`, `rule ${rule.id} is there twice`);
    ids.add(rule.id);
    checkRule(rule, atRule, item, type, types);
    if ((rule.priority === 'P1' || rule.priority === 'P2') && item.timeLimit.clock !== 'continuous') {
      atRule.fault(
        'priority',
        rule.priority,
        `${rule.priority} 规则的项目须用连续计时（timeLimit.clock: continuous）`,
        `a ${rule.priority} rule needs an item whose timeLimit.clock is continuous`,
      );
    }
  });
  checkLadders(item, at);
}

function checkProcedure({ procedure }: Item, at: At, { procedures }: Catalogue): void {
  if (procedure === undefined || Object.hasOwn(procedures, procedure)) return;
  const known = Object.keys(procedures).join(', ') || '-';
  at.fault(
    'procedure',
    procedure,
    `没有处置程序“${procedure}”，有：${known}`,
    `there is no procedure "${procedure}"; there is ${known}`,
  );
}

/** Levels of one measurement that can hold together must exclude each other, and a ladder holds one measurement, one way up. */
function checkLadders(item: Item, at: At): void {
  const first = new Map<string, { ladder: string | undefined; id: string }>();
  const ladders = new Map<string, string>();
  item.rules.forEach((rule, index) => {
    if (rule.kind !== 'threshold' || rule.silent) return;
    const way = `${rule.measurement} ${rule.op.startsWith('>') ? 'high' : 'low'}`;
    if (rule.ladder !== undefined) {
      const before = ladders.get(rule.ladder) ?? way;
      ladders.set(rule.ladder, before);
      if (before !== way) {
        at.into('rules', index).fault(
          'ladder',
          rule.ladder,
          `阶梯 ${rule.ladder} 混用了不同测量量或方向`,
          `ladder ${rule.ladder} holds ${before} already, not ${way}`,
        );
      }
    }
    if ((rule.when || rule.during) && rule.ladder === undefined) return;
    const earlier = first.get(way);
    if (earlier && (earlier.ladder === undefined || earlier.ladder !== rule.ladder)) {
      at.into('rules', index).fault(
        'id',
        rule.id,
        `${rule.id} 与 ${earlier.id} 是同一测量量的不同级别，须归入同一 ladder`,
        `${rule.id} and ${earlier.id} are levels of one measurement: give both the same ladder`,
      );
    }
    first.set(way, { ladder: rule.ladder, id: rule.id });
  });
}

function checkRule(
  rule: Rule,
  at: At,
  item: Item,
  type: DeviceType,
  types: Readonly<Record<string, DeviceType>>,
): void {
  if (rule.when) {
    const compiled = compileCondition(type, rule.when.expr);
    if ('refused' in compiled) {
      at.into('when').fault(
        'expr',
        rule.when.expr,
        `条件无法编译：${compiled.refused}`,
        `does not compile: ${compiled.refused}`,
      );
    }
  }
  if (rule.kind === 'absence' && rule.measurement === '*') return;
  const measurement = Object.hasOwn(type.measurements, rule.measurement)
    ? type.measurements[rule.measurement]
    : undefined;
  if (!measurement) {
    const known = Object.keys(type.measurements).join(', ');
    at.fault(
      'measurement',
      rule.measurement,
      `${type.id} 没有测量量“${rule.measurement}”，有：${known}`,
      `${type.id} has no measurement "${rule.measurement}"; it has ${known}`,
    );
    return;
  }
  checkSamples(rule, at);
  checkAggregate(rule, at);
  checkSilent(rule, at, item);
  if (rule.kind === 'baseline') checkBaseline(rule, at, measurement);
  else if (rule.kind === 'neighbours') checkNeighbours(rule, at, item);
  else if (rule.kind === 'expression') checkExpressionRule(rule, at, type);
  else if (rule.kind === 'balance') checkBalance(rule, at, type, types);
  else if ('limit' in rule) checkLimit(rule, at, measurement);
}

type Limited = Exclude<Extract<Rule, { limit: Limit }>, { kind: 'baseline' | 'balance' }>;

function checkLimit(rule: Limited, at: At, measurement: Measurement): void {
  const { limit } = rule;
  if (!limitFits(rule, measurement)) {
    at.fault(
      'limit',
      limit,
      `${rule.kind} 规则的限值写法与 ${measurement.kind} 型测量量不符`,
      `a ${rule.kind} rule on a ${measurement.kind} cannot compare with ${JSON.stringify(limit)}`,
    );
    return;
  }
  if ('state' in limit && measurement.states && !Object.hasOwn(measurement.states, limit.state)) {
    const words = Object.keys(measurement.states).join(', ');
    at.fault('limit', limit.state, `状态词只能是 ${words}`, `its words are ${words}`);
  }
  if ('expr' in limit) checkExpression(limit.expr, at.into('limit'));
  if (!('unit' in limit) || rule.kind === 'count') return;
  const unit = rule.kind === 'rate' ? `${measurement.unit}/min` : measurement.unit;
  const toCanonical = conversion(limit.unit, unit, 'natural');
  if ('refused' in toCanonical) {
    at.fault('limit', limit.unit, `限值单位 ${limit.unit} 不能换算为 ${unit}`, `limit unit: ${toCanonical.refused}`);
    return;
  }
  if (rule.kind !== 'threshold') return;
  const value = 'value' in limit ? toCanonical.convert(limit.value) : undefined;
  if (value !== undefined && measurement.range && (value < measurement.range[0] || value > measurement.range[1])) {
    at.fault(
      'limit',
      limit,
      '限值在仪表量程之外，永远不会触发',
      `the instrument reports ${measurement.range.join(' to ')} ${unit}: this limit is never met`,
    );
  }
  checkDeadband(rule, at, value, unit, measurement);
}

function limitFits(rule: Limited, measurement: Measurement): boolean {
  const { limit, kind } = rule;
  if (kind === 'count') return 'value' in limit && limit.unit === '1';
  if (kind === 'threshold' || kind === 'rate')
    return measurement.kind === 'number' && ('value' in limit || 'expr' in limit);
  if ('flag' in limit) return measurement.kind === 'boolean';
  if ('state' in limit) return measurement.kind === 'text';
  return 'code' in limit && measurement.kind === 'number';
}

function checkExpression(expr: string, at: At): void {
  const compiled = compileLimit(expr);
  if ('refused' in compiled)
    at.fault('expr', expr, `算式无法编译：${compiled.refused}`, `does not compile: ${compiled.refused}`);
}

type Threshold = Extract<Rule, { kind: 'threshold' }>;

function checkDeadband(
  rule: Threshold,
  at: At,
  value: number | undefined,
  unit: string,
  measurement: Measurement,
): void {
  const { deadband } = rule;
  if (!deadband) return;
  if ('expr' in deadband) checkExpression(deadband.expr, at.into('deadband'));
  if (!('unit' in deadband)) {
    at.fault('deadband', deadband, '回差须是带单位的数或算式', 'a deadband is a number or an expression with a unit');
    return;
  }
  const converted = conversion(deadband.unit, unit, 'natural');
  if ('refused' in converted) {
    at.fault(
      'deadband',
      deadband.unit,
      `回差单位 ${deadband.unit} 不能换算为 ${unit}`,
      `deadband unit: ${converted.refused}`,
    );
    return;
  }
  if (!('value' in deadband) || value === undefined) return;
  const width = converted.convert(deadband.value) - converted.convert(0);
  const back = rule.op.startsWith('>') ? value - width : value + width;
  const [low, high] = measurement.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (width < 0 || back < low || back > high) {
    at.fault(
      'deadband',
      deadband,
      '回差使告警无法恢复（或为负）',
      `with this deadband the alarm returns at ${back} ${unit}, which cannot be reached`,
    );
  }
}
