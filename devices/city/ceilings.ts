import type { Catalogue, Item, Rule } from '../contract/catalogue.ts';
import type { Ceiling } from '../contract/ceiling.ts';
import type { DeviceType } from '../model/device-type.ts';
import { conversion, type Gas } from '../model/units.ts';
import type { Finding } from './catalogue-fault.ts';
import { ceilingText, isHigh, type Level, type Threshold } from './ceiling-levels.ts';
import { compileLimit } from './expressions.ts';

/** A limit means the same for every device only if it does for every gas. */
const gases: readonly Gas[] = ['natural', 'lpg', 'manufactured'];
/** All that a rule may say and still be one value against one limit. Whatever else it says makes it wait or look away. */
const plain: ReadonlySet<string> = new Set([
  ...['id', 'title', 'kind', 'measurement', 'op', 'limit', 'deadband', 'priority', 'onDelayS', 'offDelayS', 'latched'],
  ...['ladder', 'basis', 'note'],
]);

/** Everything by which a catalogue would let a device of a ceiling's scope go without a level under it. */
export function ceilingFindings(
  catalogue: Catalogue,
  ceilings: readonly Ceiling[],
  types: Readonly<Record<string, DeviceType>>,
): Finding[] {
  const rules = placedRules(catalogue);
  return ceilings.flatMap((ceiling) =>
    ceiling.deviceTypes.flatMap((typeId) =>
      ceiling.measurements.flatMap((measurement) => {
        const unit = types[typeId]?.measurements[measurement]?.unit;
        if (unit === undefined) return [];
        const own = rules.filter(({ item, rule }) => item.deviceType === typeId && rule.measurement === measurement);
        return [...tooHigh(own, ceiling, unit), ...missingLevels(own, ceiling, unit, typeId, measurement)];
      }),
    ),
  );
}

interface Placed {
  readonly item: Item;
  readonly rule: Rule;
  readonly path: readonly PropertyKey[];
}

function placedRules(catalogue: Catalogue): Placed[] {
  return catalogue.domains.flatMap((domain, d) =>
    domain.categories.flatMap((category, c) =>
      category.items.flatMap((item, i) =>
        item.rules.map((rule, r) => {
          const path = ['domains', d, 'categories', c, 'items', i, 'rules', r];
          return { item, rule, path };
        }),
      ),
    ),
  );
}

function tooHigh(rules: readonly Placed[], ceiling: Ceiling, unit: string): Finding[] {
  const last = ceiling.levels.at(-1)!;
  return rules.flatMap(({ item, rule, path }) => {
    if (!isHigh(rule) || !exceeds(rule, last, unit)) return [];
    const name = `${item.code}.${rule.id}`;
    return [
      {
        path: [...path, 'limit'],
        value: rule.limit,
        zh: `${name} 的限值高于上限 ${ceilingText(last, ceiling, 'zh')}；请降到上限以内`,
        en: `the limit of ${name} is above its ceiling of ${ceilingText(last, ceiling, 'en')}: lower it`,
      },
    ];
  });
}

function missingLevels(
  rules: readonly Placed[],
  ceiling: Ceiling,
  unit: string,
  typeId: string,
  measurement: string,
): Finding[] {
  return ceiling.levels.flatMap((level) => {
    if (rules.some(({ rule }) => serves(rule, level, unit))) return [];
    // The rule that comes nearest is where whoever reads the fault will look.
    const near = rules.find(({ rule }) => rule.priority === level.priority) ?? rules[0];
    return [
      {
        path: near?.path ?? ['domains'],
        value: near?.rule.id ?? typeId,
        zh: `${typeId} 的 ${measurement} 缺少${level.name.zh}：须有一条不带窗口和条件的 ${level.priority} 或更高级规则，限值不高于 ${ceilingText(level, ceiling, 'zh')}，延时不超过 ${level.withinS} 秒`,
        en: `${measurement} of ${typeId} has no ${level.name.en}: there must be a rule of ${level.priority} or above, without window or condition, at most ${ceilingText(level, ceiling, 'en')}, delayed by at most ${level.withinS} s`,
      },
    ];
  });
}

/** A rule serves as a level when nothing can keep it from ringing at the level's limit. */
function serves(rule: Rule, level: Level, unit: string): boolean {
  if (!isHigh(rule) || rule.priority > level.priority || rule.onDelayS > level.withinS) return false;
  const says = Object.entries(rule).filter(([, value]) => value !== undefined);
  return says.every(([key]) => plain.has(key)) && !exceeds(rule, level, unit);
}

/** For any gas: 1 %VOL is 20 %LEL of methane and 48 of propane. What follows from a device's constants is judged at the device. */
function exceeds({ limit }: Threshold, { max }: Level, unit: string): boolean {
  const number = fixedNumber(limit);
  if (number === undefined) return !('expr' in limit);
  return gases.some((gas) => {
    const own = conversion((limit as { unit: string }).unit, unit, gas);
    const most = conversion(max.unit, unit, gas);
    if ('refused' in own || 'refused' in most) return true;
    return own.convert(number) > most.convert(max.value) * (1 + Number.EPSILON * 8);
  });
}

function fixedNumber(limit: Threshold['limit']): number | undefined {
  if ('value' in limit) return limit.value;
  if (!('expr' in limit)) return undefined;
  const compiled = compileLimit(limit.expr);
  return 'refused' in compiled || compiled.names.length > 0 ? undefined : compiled.run({});
}
