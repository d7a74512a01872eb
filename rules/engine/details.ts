import { abnormalOf } from '../judge/k-of-n.ts';
import type { CompiledRule } from '../standards/compile.ts';
import type { Detail } from '../standards/explain-details.ts';
import { commonAround } from './common-mode.ts';
import { type Core, decode, siteOf } from './core.ts';
import { figuresOf, groupKey } from './flows.ts';
import { groupOf } from './signs.ts';
import type { Unit } from './units.ts';

/** What a rule that remembers has to say beside its number; null for one that judges each value alone. */
export function detailOf(core: Core, unit: Unit, rule: CompiledRule, at: number): Detail | null {
  const index = unit.s + rule.offset;
  const { samples, baseline, neighbours } = rule;
  if (neighbours) {
    const counted = unit.plan.rules[neighbours.of]!;
    const signs = groupOf(core, unit, neighbours, at);
    return {
      kind: 'neighbours',
      of: counted,
      measurement: unit.plan.measurements[counted.measurement]!,
      members: signs.map(({ unit: { device }, value }) => ({ name: device.name, value })),
    };
  }
  if (rule.expression) {
    const { columns } = core.units;
    const heard = rule.expression.reads.filter((i) => !Number.isNaN(columns.times[unit.m + i]));
    return {
      kind: 'expression',
      text: rule.expression.text,
      readings: heard.map((i) => ({
        measurement: unit.plan.measurements[i]!,
        value: decode(core, unit.plan, i, columns.values[unit.m + i]!),
      })),
    };
  }
  if (rule.balance) {
    const group = core.together.balances.get(groupKey(core, unit, rule) ?? '');
    const name = rule.balance.over === 'site' ? siteOf(core, unit.device)?.name : undefined;
    return group ? { kind: 'balance', ...figuresOf(core, group, at), over: name ?? group.over } : null;
  }
  // A late sample's bits are its backlog's: only how many it takes is said of it.
  const found = samples ? abnormalOf(core.windows.bits.get(index) ?? 0) : 0;
  const counted = samples ? { ...samples, abnormal: Math.max(found, samples.k) } : null;
  const usual = baseline ? core.baselines.byIndex.get(index) : undefined;
  if (baseline && usual) {
    const { weekday, hour } = core.zone.local(at);
    const { centre, spread } = usual;
    const value = core.units.columns.values[unit.m + rule.measurement]!;
    const common = rule.against ? commonAround(core, unit, rule, at) : 0;
    return { kind: 'baseline', how: baseline, value, centre, spread, common, weekday, hour, samples: counted };
  }
  return counted ? { kind: 'samples', samples: counted } : null;
}
