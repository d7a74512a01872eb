import type { City } from '../contract/city.ts';
import type { Supervision } from '../contract/supervision.ts';
import type { NameOf } from './scores-workbook.ts';

/** Names of departments, areas and classes in both languages; an id that the city no longer knows stands for itself. */
export function namesOf(
  { departments, areas }: Pick<City, 'departments' | 'areas'>,
  policy: Supervision | null,
): NameOf {
  const both = ({ zh, en }: { zh: string; en: string }) => `${zh} / ${en}`;
  const names = {
    department: new Map(departments.map(({ id, name }) => [id, both(name)])),
    area: new Map(areas.map(({ code, name }) => [code, both(name)])),
    class: new Map((policy?.classes ?? []).map(({ id, name }) => [id, both(name)])),
  };
  return (kind, id) => names[kind].get(id) ?? id;
}
