import { useMemo } from 'react';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import { rankOf } from '../alarms/order.ts';
import { usePlace } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { ageText } from '../format/age.ts';
import { groupText } from '../format/value.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useBeat, useLive } from '../live/store.ts';
import { useAlarms, useStaleCount } from '../live/use-alarms.ts';
import { AlarmMark, PriorityMark } from '../ui/priority.tsx';

/** What a seat looks at when nothing is selected: how much is watched, what waits longest, where it gathers. */
export function Overview({ onAlarm, onDevice }: { onAlarm: (alarm: Alarm) => void; onDevice: (id: string) => void }) {
  const texts = useTexts();
  const { rows: all } = useAlarms();
  // What is played is in no figure.
  const rows = useMemo(() => all.filter(({ drill }) => drill === undefined), [all]);
  const devices = useCity((state) => state.devices);
  const watched = useMemo(() => [...devices.values()].filter(({ drill }) => drill === undefined).length, [devices]);
  const stale = useStaleCount();
  const place = usePlace();
  const now = useBeat((beat) => beat.now);
  const oldest = useMemo(
    () =>
      rows
        .filter((row) => !row.acked && !row.override)
        .sort((a, b) => a.raisedAt - b.raisedAt)
        .slice(0, 4),
    [rows],
  );
  const areas = useByArea(rows);
  const most = areas[0]?.total ?? 1;
  return (
    <aside className="panel nothing" aria-label={texts('overview.title')}>
      <div className="panel-scroll">
        <header className="panel-title">
          <h1>{texts('overview.title')}</h1>
          <div className="muted small">{texts('overview.hint')}</div>
        </header>
        <dl className="tiles">
          <div>
            <dt>{texts('overview.watched')}</dt>
            <dd>{groupText(watched)}</dd>
          </div>
          <div>
            <dt>{texts('overview.fresh')}</dt>
            <dd>{watched === 0 ? '—' : `${(((watched - stale) / watched) * 100).toFixed(1)}%`}</dd>
          </div>
          <div>
            <dt>{texts('overview.open')}</dt>
            <dd>{rows.filter((row) => !row.override).length}</dd>
          </div>
        </dl>
        {oldest.length > 0 && (
          <section className="siblings">
            <h2 className="over">{texts('overview.oldest')}</h2>
            <ul>
              {oldest.map((alarm) => (
                <li key={alarm.id}>
                  <button type="button" onClick={() => onAlarm(alarm)}>
                    <AlarmMark alarm={alarm} size={17} />
                    <span className="clip">{place.device(alarm)}</span>
                    <span className="grow" />
                    <b>{ageText(now - alarm.raisedAt, texts('age.day'))}</b>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
        {areas.length > 0 && (
          <section className="siblings">
            <h2 className="over">{texts('overview.areas')}</h2>
            <ul className="areas">
              {areas.slice(0, 12).map((area) => (
                <li key={area.code}>
                  <span className="areas-name clip">{place.area(area.code) || texts('overview.noArea')}</span>
                  <span className="areas-bar" aria-hidden="true">
                    <i style={{ width: `${(area.total / most) * 100}%` }} />
                  </span>
                  <b>{area.total}</b>
                  <span className="areas-worst">
                    <PriorityMark priority={area.worst} size={15} />
                  </span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <Problems />
        <Never onDevice={onDevice} />
      </div>
    </aside>
  );
}

function useByArea(rows: readonly Alarm[]) {
  return useMemo(() => {
    const areas = new Map<string, { code: string; total: number; worst: Alarm['priority'] }>();
    for (const alarm of rows) {
      if (alarm.override) continue;
      const code = alarm.area ?? '';
      const here = areas.get(code) ?? { code, total: 0, worst: alarm.priority };
      here.total += 1;
      if (rankOf(alarm.priority) < rankOf(here.worst)) here.worst = alarm.priority;
      areas.set(code, here);
    }
    return [...areas.values()].sort((a, b) => b.total - a.total);
  }, [rows]);
}

/** Problems the rules met and went on from: counted, never silent. */
function Problems() {
  const texts = useTexts();
  const problems = useLive((live) => live.picture.strip?.rules?.problems);
  if (!problems || problems.length === 0) return null;
  return (
    <section className="box">
      <h2>{texts('overview.problems', { n: problems.length })}</h2>
      <ul className="problems small">
        {problems.slice(0, 5).map((problem) => (
          <li key={`${problem.rule} ${problem.device} ${problem.text}`}>
            <b>{problem.rule}</b> · {problem.device} · {problem.text} <span className="faint">×{problem.count}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Registered and never heard: silence counts from the beginning. */
function Never({ onDevice }: { onDevice: (id: string) => void }) {
  const texts = useTexts();
  const devices = useLive((live) => live.picture.devices);
  const registry = useCity((state) => state.devices);
  const never = useMemo(
    () => [...devices.values()].filter((device) => device.lastAt === null).map((device) => device.id),
    [devices],
  );
  const nameOf = (id: string): string => {
    const record = registry.get(id);
    return (texts.language === 'en' && record?.nameEn) || (record?.name ?? id);
  };
  if (never.length === 0) return null;
  return (
    <section className="box">
      <h2>{texts('overview.never', { n: never.length })}</h2>
      <div className="never">
        {never.slice(0, 8).map((id) => (
          <button key={id} type="button" className="link small" onClick={() => onDevice(id)}>
            {nameOf(id)}
          </button>
        ))}
        {never.length > 8 && <span className="faint small">+{never.length - 8}</span>}
      </div>
    </section>
  );
}
