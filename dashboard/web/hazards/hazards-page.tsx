import { useState } from 'react';
import type { HazardEntry } from '../../../devices/contract/hazard.ts';
import type { HazardFigures } from '../../../devices/hazards/figures.ts';
import { hazardStageWords } from '../../../devices/hazards/stages.ts';
import { useCity } from '../api/city.ts';
import { api, commandId, problemOf } from '../api/client.ts';
import { stampText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf, patchRoute, useRoute } from '../frame/route.ts';
import { textOf, useTexts } from '../i18n/i18n.ts';
import { useBeat } from '../live/store.ts';
import { say } from '../ui/toast.tsx';
import { useFetched } from '../ui/use-fetched.ts';
import { Counts } from './counts.tsx';
import { HazardDetail } from './hazard-detail.tsx';
import { ReportDialog } from './report-dialog.tsx';
import '../pages/pages.css';
import '../tickets/tickets.css';
import './hazards.css';

const REFRESH_MS = 20_000;
const PAGE = 200;

/** The hazard register: how many of which, the list, and one of them whole. */
export function HazardsPage() {
  const texts = useTexts();
  const route = useRoute();
  const [reporting, setReporting] = useState(false);
  const list = useFetched<{ total: number; items: HazardEntry[] }>(`/hazards?${queryOf(route)}`, REFRESH_MS);
  const figures = useFetched<HazardFigures>('/hazards/figures', REFRESH_MS);
  const changed = (): void => {
    list.reload();
    figures.reload();
  };
  const look = (): void => {
    api('/hazards/look', { body: { commandId: commandId() } }).then(
      () => {
        say({ zh: textOf('zh', 'hazards.done'), en: textOf('en', 'hazards.done') });
        changed();
      },
      (error) => say(problemOf(error)),
    );
  };
  if (route.hazard) return <HazardDetail key={route.hazard} id={route.hazard} onChanged={changed} />;
  return (
    <div className="sheet">
      <div className="sheet-in hazards">
        <header className="sheet-head">
          <div>
            <h1>{texts('hazards.title')}</h1>
            <p className="small">{texts('hazards.why')}</p>
          </div>
          <span className="grow" />
          <button type="button" className="btn primary" onClick={() => setReporting(true)}>
            {texts('hazards.report')}
          </button>
          <button type="button" className="btn" onClick={look}>
            {texts('hazards.look')}
          </button>
          <a className="btn" href={`/api/v1/hazards.csv?${queryOf({ ...route }, false)}`} download>
            {texts('hazards.csv')}
          </a>
        </header>
        {figures.body && <Counts figures={figures.body} />}
        <Filters />
        {list.problem && <div className="error">{texts.problem(list.problem)}</div>}
        {!list.body && !list.problem && <div className="empty">{texts('loading')}</div>}
        {list.body?.total === 0 && <div className="empty">{texts('hazards.none')}</div>}
        {list.body && list.body.total > 0 && (
          <>
            <p className="small muted">{texts('hazards.total', { n: list.body.total })}</p>
            <ul className="hazard-list">
              {list.body.items.map((hazard) => (
                <HazardRow key={hazard.id} hazard={hazard} />
              ))}
            </ul>
          </>
        )}
      </div>
      {reporting && <ReportDialog onClose={() => setReporting(false)} onDone={changed} />}
    </div>
  );
}

/** The address's filters as the API asks for them. */
function queryOf(
  { q, grade, area, stage }: { q: string; grade: string | null; area: string | null; stage: string | null },
  paged = true,
): string {
  const query = new URLSearchParams(paged ? { limit: String(PAGE) } : {});
  if (q) query.set('kind', q);
  if (grade) query.set('grade', grade);
  if (area) query.set('area', area);
  if (stage === 'all') query.set('state', 'all');
  else if (stage === 'overdue') query.set('overdue', 'true');
  else if (stage) query.set('stage', stage);
  return query.toString();
}

function Filters() {
  const texts = useTexts();
  const { q, grade, area, stage } = useRoute();
  const city = useCity((state) => state.body?.city);
  const open = ['found', 'graded', 'assigned', 'rectifying', 'verifying'] as const;
  return (
    <div className="hazard-filters">
      <Choice label={texts('hazards.kind')} value={q} onChange={(value) => patchRoute({ q: value })}>
        <option value="">{texts('hazards.allKinds')}</option>
        {city?.hazards.kinds.map(({ id, name }) => (
          <option key={id} value={id}>
            {texts.pick(name)}
          </option>
        ))}
      </Choice>
      <Choice label={texts('hazards.grade')} value={grade} onChange={(value) => patchRoute({ grade: value || null })}>
        <option value="">{texts('hazards.allGrades')}</option>
        {city?.hazards.grades.map(({ id, name }) => (
          <option key={id} value={id}>
            {texts.pick(name)}
          </option>
        ))}
      </Choice>
      <Choice label={texts('hazards.area')} value={area} onChange={(value) => patchRoute({ area: value || null })}>
        <option value="">{texts('hazards.allAreas')}</option>
        {city?.areas.map(({ code, name }) => (
          <option key={code} value={code}>
            {texts.pick(name)}
          </option>
        ))}
      </Choice>
      <Choice
        label={texts('hazards.allStages')}
        value={stage}
        onChange={(value) => patchRoute({ stage: value || null })}
      >
        <option value="">{texts('hazards.allStages')}</option>
        <option value="overdue">{texts('hazards.late')}</option>
        {open.map((one) => (
          <option key={one} value={one}>
            {texts.pick(hazardStageWords[one])}
          </option>
        ))}
        <option value="all">{texts('hazards.everything')}</option>
      </Choice>
    </div>
  );
}

function Choice({
  label,
  value,
  onChange,
  children,
}: {
  label: string;
  value: string | null;
  onChange: (value: string) => void;
  children: React.ReactNode;
}) {
  return (
    <select className="input" aria-label={label} value={value ?? ''} onChange={({ target }) => onChange(target.value)}>
      {children}
    </select>
  );
}

function HazardRow({ hazard }: { hazard: HazardEntry }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const departments = useCity((state) => state.body?.city.departments);
  const now = useBeat((beat) => beat.now);
  const clock = hazard.clocks.find(({ metAt }) => metAt === null);
  const late = clock !== undefined && clock.due < now;
  const department = departments?.find(({ id }) => id === hazard.assigned?.department);
  return (
    <li>
      <Link to={hrefOf({ page: 'hazards', hazard: hazard.id })}>
        <b>{texts.pick(hazard.title)}</b>
        <span className="small muted">
          {hazard.no} · {hazard.grade ? texts.pick(hazard.grade.name) : texts('hazards.ungraded')} ·{' '}
          {texts.pick(hazardStageWords[hazard.stage])}
          {department ? ` · ${texts.pick(department.name)}` : ''}
        </span>
        <span className="small">
          {hazard.repeats > 0 && <span className="pill">{texts('hazards.repeat', { n: hazard.repeats })}</span>}{' '}
          {clock && (
            <span className={late ? 'hazard-late' : 'muted'}>
              {late && `${texts('hazards.late')} · `}
              {texts('hazards.due', { at: stampText(clock.due, timeZone) })}
            </span>
          )}
        </span>
      </Link>
    </li>
  );
}
