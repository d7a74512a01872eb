import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { DrillBody } from '../../../devices/contract/drill.ts';
import { actsOnAlarms } from '../../../devices/contract/roles.ts';
import { isRealUrgent } from '../../../devices/drills/real-urgent.ts';
import { send, useMayAct } from '../alarms/acknowledge.ts';
import { usePlace } from '../alarms/words.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { textOf, useTexts } from '../i18n/i18n.ts';
import { useLive } from '../live/store.ts';
import { DrillMark } from './drill-mark.tsx';
import { loadDrills, runningOf, useDrills, useFreshDrills } from './use-drills.ts';

/** On every page while a drill runs: that it does, and where a real P1 stands, that one first, with the one press that breaks it off. */
export function DrillBar() {
  useFreshDrills();
  const running = useDrills(({ items }) => items);
  return runningOf(running).map((one) => <Running key={one.drill.id} body={one} />);
}

function Running({ body: { drill } }: { body: DrillBody }) {
  const texts = useTexts();
  const place = usePlace();
  const { role, silent } = useMayAct();
  const alarms = useLive((live) => live.picture.alarms);
  const real = newestOf([...alarms.values()].filter(isRealUrgent));
  const allowed = actsOnAlarms(role) && !silent;
  const breakOff = async (): Promise<void> => {
    const device = real?.deviceName ?? '';
    const reason = `${textOf('zh', 'drill.realReason', { device })} / ${textOf('en', 'drill.realReason', { device })}`;
    await send(`/drills/${encodeURIComponent(drill.id)}/end`, { how: 'broken-off', reason: reason.slice(0, 500) });
    await loadDrills();
  };
  return (
    <div className={`drill-bar${real ? ' real' : ''}`} role={real ? 'alert' : 'status'}>
      {real && (
        <Link to={hrefOf({ page: 'duty', alarm: real.id, view: 'detail' })} className="drill-bar-real">
          {texts('drill.realStands', { place: place.full(real) })}
        </Link>
      )}
      <span className="drill-bar-what">
        <DrillMark drill={drill.id} />{' '}
        <Link to={hrefOf({ page: 'drills' })}>{texts('drill.runs', { name: drill.name })}</Link>
      </span>
      <span className="grow" />
      {real && (
        <button
          type="button"
          className="btn"
          disabled={!allowed}
          title={allowed ? undefined : texts('ack.viewer')}
          onClick={() => void breakOff()}
        >
          {texts('drill.breakOff')}
        </button>
      )}
    </div>
  );
}

const newestOf = (alarms: readonly Alarm[]): Alarm | null =>
  alarms.toSorted((a, b) => b.raisedAt - a.raisedAt)[0] ?? null;
