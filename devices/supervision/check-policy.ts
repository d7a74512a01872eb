import type { City } from '../contract/city.ts';
import type { Supervision } from '../contract/supervision.ts';

/** What is wrong with a city's supervision, in both languages; empty when nothing is. */
export function supervisionFaults(
  policy: Supervision,
  { departments, areas, campaigns }: Pick<City, 'departments' | 'areas' | 'campaigns'>,
  categories: readonly string[],
): string[] {
  const known = {
    department: departments.map(({ id }) => id),
    area: areas.map(({ code }) => code),
    class: policy.classes.map(({ id }) => id),
    indicator: policy.indicators.map(({ id }) => id),
    cycle: policy.cycles.map(({ id }) => id),
    category: categories,
    campaign: campaigns.kinds.map(({ id }) => id),
  };
  const units = policy.classes.flatMap((group) => group.units);
  const unknown = (where: string, what: keyof typeof known, said: readonly string[] = []): string[] =>
    said
      .filter((one) => !known[what].includes(one))
      .map((one) => `${where}: no ${what} "${one}"; there is ${known[what].join(', ')} / ${where}：没有“${one}”`);
  return [
    ...unknown('office', 'department', [policy.office]),
    ...twice('class', known.class),
    ...twice(
      'unit',
      units.map(({ id }) => id),
    ),
    ...twice('indicator', known.indicator),
    ...twice('cycle', known.cycle),
    ...units.flatMap((unit) => [
      ...unknown(`unit ${unit.id}`, 'department', unit.departments),
      ...unknown(`unit ${unit.id}`, 'area', unit.areas),
    ]),
    ...unknown('weights', 'class', Object.keys(policy.weights)),
    ...policy.classes
      .filter(({ id }) => !policy.weights[id])
      .map(({ id }) => `weights: none for class ${id} / weights：类别 ${id} 没有权重`),
    ...Object.entries(policy.weights).flatMap(([group, weights]) =>
      unknown(`weights of ${group}`, 'indicator', Object.keys(weights)),
    ),
    ...policy.cycles.flatMap((cycle) => cycleFaults(policy, cycle, unknown)),
  ];
}

type Unknown = (
  where: string,
  what: 'class' | 'cycle' | 'area' | 'category' | 'campaign',
  said?: readonly string[],
) => string[];

function cycleFaults({ cycles }: Supervision, cycle: Supervision['cycles'][number], unknown: Unknown): string[] {
  const where = `cycle ${cycle.id}`;
  switch (cycle.kind) {
    case 'score':
      return unknown(where, 'class', cycle.classes);
    case 'review': {
      const of = cycles.find(({ id }) => id === cycle.of);
      const scored = of === undefined || of.kind === 'score';
      return [
        ...unknown(where, 'class', cycle.classes),
        ...unknown(where, 'cycle', [cycle.of]),
        ...(scored ? [] : [`${where}: "${cycle.of}" gives no scores / ${where}：“${cycle.of}”不评分`]),
      ];
    }
    case 'sample':
      return [
        ...unknown(where, 'area', Object.keys(cycle.share.areas)),
        ...unknown(where, 'category', cycle.categories),
        ...unknown(where, 'campaign', cycle.campaign === undefined ? [] : [cycle.campaign]),
      ];
    case 'dispatch':
      return [];
  }
}

const twice = (what: string, ids: readonly string[]): string[] =>
  ids.filter((id, at) => ids.indexOf(id) < at).map((id) => `${what} ${id} is there twice / ${what} ${id} 重复`);
