import type { City } from '../contract/city.ts';
import { deviceTypes } from '../types/registry.ts';

/** What does not hold in a city's hazard register: names that stand for nothing. Empty when all is well. */
export function hazardFaults({ hazards, departments }: City): readonly string[] {
  const { grades, kinds, rules } = hazards;
  const has = (list: readonly { readonly id: string }[], id: string | undefined): boolean =>
    id === undefined || list.some((one) => one.id === id);
  const unknown = (where: string, what: string, id: string, of: readonly { readonly id: string }[]): string =>
    `hazards.${where}: no ${what} "${id}"; there is ${of.map((one) => one.id).join(', ')} / 没有“${id}”`;
  return [
    ...kinds.flatMap(({ id, grade, department, assigns }) => [
      ...(has(grades, grade) ? [] : [unknown(`kinds.${id}`, 'grade', grade ?? '', grades)]),
      ...(has(departments, department) ? [] : [unknown(`kinds.${id}`, 'department', department ?? '', departments)]),
      ...(assigns && grade === undefined
        ? [`hazards.kinds.${id}: what is given out by itself needs a grade / 自动交办须有等级`]
        : []),
    ]),
    ...Object.entries(rules).flatMap(([name, rule]) =>
      has(kinds, rule?.kind) ? [] : [unknown(`rules.${name}`, 'kind', rule?.kind ?? '', kinds)],
    ),
    ...(rules.coverage?.deviceTypes ?? []).flatMap((type) =>
      Object.hasOwn(deviceTypes, type)
        ? []
        : [`hazards.rules.coverage: no device type "${type}" / 没有设备类型“${type}”`],
    ),
  ];
}
