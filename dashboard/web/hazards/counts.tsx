import { type HazardCell, type HazardFigures, sumOf } from '../../../devices/hazards/figures.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';

/** How many hazards of which grade, where, and whose; and how many sites a working detector watches. Numbers open their list. */
export function Counts({ figures }: { figures: HazardFigures }) {
  const texts = useTexts();
  const { total } = figures;
  const shown = ['open', 'overdue', 'found', 'verified', 'gone', 'repeats'] as const;
  return (
    <>
      <dl className="hazard-totals">
        {shown.map((name) => (
          <div key={name}>
            <dt className="small muted">{texts(`hazards.count.${name}`)}</dt>
            <dd>{total[name]}</dd>
          </div>
        ))}
      </dl>
      <div className="hazard-tables">
        <ByArea cells={figures.cells} />
        <ByDepartment cells={figures.cells} />
        <Coverage figures={figures} />
      </div>
    </>
  );
}

const keysOf = (cells: readonly HazardCell[], name: 'area' | 'department'): (string | null)[] => [
  ...new Set(cells.filter(({ open }) => open > 0).map((cell) => cell[name])),
];

function ByArea({ cells }: { cells: readonly HazardCell[] }) {
  const texts = useTexts();
  const city = useCity((state) => state.body?.city);
  const grades = [...(city?.hazards.grades ?? []).map(({ id, name }) => ({ id, name })), { id: null, name: null }];
  return (
    <section>
      <h2>{texts('hazards.byArea')}</h2>
      <table className="table">
        <thead>
          <tr>
            <th>{texts('hazards.area')}</th>
            {grades.map(({ id, name }) => (
              <th key={id}>{name ? texts.pick(name) : texts('hazards.ungraded')}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {keysOf(cells, 'area').map((area) => (
            <tr key={area}>
              <td>
                {texts.pick(city?.areas.find(({ code }) => code === area)?.name ?? both(area, texts('hazards.noArea')))}
              </td>
              {grades.map(({ id }) => {
                const sum = sumOf(cells.filter((cell) => cell.area === area && cell.grade === id));
                return (
                  <td key={id}>
                    {sum.open > 0 && id !== null ? (
                      <Link to={hrefOf({ page: 'hazards', grade: id, area })}>
                        {sum.open} / {sum.overdue}
                      </Link>
                    ) : (
                      `${sum.open} / ${sum.overdue}`
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ByDepartment({ cells }: { cells: readonly HazardCell[] }) {
  const texts = useTexts();
  const departments = useCity((state) => state.body?.city.departments);
  return (
    <section>
      <h2>{texts('hazards.byDepartment')}</h2>
      <table className="table">
        <tbody>
          {keysOf(cells, 'department').map((department) => {
            const sum = sumOf(cells.filter((cell) => cell.department === department));
            const name = departments?.find(({ id }) => id === department)?.name;
            return (
              <tr key={department}>
                <td>{texts.pick(name ?? both(department, texts('hazards.unassigned')))}</td>
                <td>
                  {sum.open} / {sum.overdue}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Coverage({ figures: { look } }: { figures: HazardFigures }) {
  const texts = useTexts();
  const city = useCity((state) => state.body?.city);
  return (
    <section>
      <h2>{texts('hazards.coverage')}</h2>
      {look === null ? (
        <p className="small muted">{texts('hazards.coverage.none')}</p>
      ) : (
        <>
          <p className="small muted">
            {texts('hazards.coverage.why', { at: stampText(look.at, city?.timeZone ?? 'UTC') })}
            {look.overbuilt !== null && ` ${texts('hazards.overbuilt', { n: look.overbuilt })}`}
          </p>
          <ul className="small">
            {look.coverage?.map(({ area, ...counts }) => (
              <li key={area}>
                {texts.pick(city?.areas.find(({ code }) => code === area)?.name ?? both(area, texts('hazards.noArea')))}
                {': '}
                {texts('hazards.coverage.line', counts)}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const both = (name: string | null, none: string) => ({ zh: name ?? none, en: name ?? none });
