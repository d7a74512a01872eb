import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { City } from '../../../devices/contract/city.ts';
import { AckDialog } from '../alarms/ack-dialog.tsx';
import { acknowledge, useMayAct, whyNotAcknowledge } from '../alarms/acknowledge.ts';
import { AlarmList } from '../alarms/alarm-list.tsx';
import { step } from '../alarms/hold.ts';
import { whyNotShelve } from '../alarms/put-aside.ts';
import { ServiceDialog } from '../alarms/service-dialog.tsx';
import { ShelveDialog } from '../alarms/shelve-dialog.tsx';
import { useReadStanding } from '../alarms/standing.ts';
import { VerdictDialog } from '../alarms/verdict-dialog.tsx';
import { useCity } from '../api/city.ts';
import type { AsideDialog } from '../device/actions.tsx';
import { DevicePanel } from '../device/panel.tsx';
import { patchRoute, useRoute } from '../frame/route.ts';
import { useShortcuts } from '../frame/shortcuts.tsx';
import { textOf, useTexts } from '../i18n/i18n.ts';
import { useAlarms } from '../live/use-alarms.ts';
import { CityMap } from '../map/city-map.tsx';
import { Icon } from '../ui/icons.tsx';
import { say } from '../ui/toast.tsx';
import './duty.css';

// Asked for when they are used: the desk itself opens sooner.
const DemoDock = lazy(() => import('../demo/demo-dock.tsx').then((module) => ({ default: module.DemoDock })));
const FindDevice = lazy(() => import('../device/find-device.tsx').then((module) => ({ default: module.FindDevice })));

/** The duty desk: alarms, map and one thing in detail. On a phone one of the three at a time, the list first. */
export function DutyPage() {
  const texts = useTexts();
  const route = useRoute();
  const body = useCity((state) => state.body);
  const { rows } = useAlarms();
  const order = useRef<readonly string[]>([]);
  const [finding, setFinding] = useState(false);
  const [asking, setAsking] = useState<{ what: AsideDialog | 'ack'; alarm: Alarm } | null>(null);
  const { role, silent } = useMayAct();
  useReadStanding();
  const selected = useSelected(route.alarm, rows);
  const device = route.device ?? selected?.device ?? deviceOf(route.alarm);

  const select = useCallback((alarm: Alarm, view?: 'detail') => {
    patchRoute(
      { alarm: alarm.id, device: null, measurement: null, ...(view ? { view } : {}) },
      view ? 'push' : 'replace',
    );
  }, []);
  const open = useCallback((alarm: Alarm) => select(alarm, isPhone() ? 'detail' : undefined), [select]);
  const pickDevice = useCallback(
    (id: string | null) => {
      if (id === null) return;
      const worst = rows.find((alarm) => alarm.device === id);
      const view = isPhone() ? ({ view: 'detail' } as const) : {};
      patchRoute(
        worst
          ? { alarm: worst.id, device: null, measurement: null, ...view }
          : { alarm: null, device: id, measurement: null, ...view },
        isPhone() ? 'push' : 'replace',
      );
    },
    [rows],
  );
  const requestAck = useCallback(
    (alarm: Alarm) => {
      const why = whyNotAcknowledge(alarm, role, silent);
      if (why) return say({ zh: textOf('zh', why), en: textOf('en', why) });
      // Acknowledging a P1 is one action; the reason belongs to the verdict.
      if (alarm.priority === 'P1') void acknowledge([alarm.id]);
      else setAsking({ what: 'ack', alarm });
    },
    [role, silent],
  );
  const requestShelf = (alarm: Alarm): void => {
    const why = whyNotShelve(alarm, role, silent);
    if (why) say({ zh: textOf('zh', why), en: textOf('en', why) });
    else setAsking({ what: 'shelve', alarm });
  };
  const move = (by: 1 | -1): void => {
    const id = step(order.current, route.alarm, by);
    const alarm = rows.find((row) => row.id === id);
    if (alarm) select(alarm);
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    enter: () => selected && select(selected, 'detail'),
    a: () => selected && requestAck(selected),
    s: () => selected && requestShelf(selected),
    f: () => setFinding(true),
    escape: () =>
      (route.alarm || route.device) && patchRoute({ alarm: null, device: null, measurement: null, view: 'list' }),
  });
  return (
    <div className={`duty view-${route.view}`}>
      <AlarmList
        rows={rows}
        tab={route.tab}
        selected={route.alarm}
        onTab={(tab) => patchRoute({ tab })}
        onSelect={open}
        order={order}
      />
      <div className="duty-map">
        {body ? (
          <CityMap body={body} selected={device} incident={selected?.incident ?? null} onSelect={pickDevice} />
        ) : (
          <div className="empty">{texts('loading')}</div>
        )}
        <button type="button" className="btn find" onClick={() => setFinding(true)}>
          <Icon name="search" size={16} /> {texts('find.open')} <kbd>F</kbd>
        </button>
        {body?.demo && (
          <Suspense>
            <DemoDock faults={body.demo.faults} selected={device} />
          </Suspense>
        )}
      </div>
      <DevicePanel
        alarmId={route.alarm}
        device={device}
        onAcknowledge={requestAck}
        onPutAside={(what, alarm) => setAsking({ what, alarm })}
        onDevice={pickDevice}
        onAlarm={select}
      />
      <nav className="duty-tabs" aria-label={texts('duty.views')}>
        {(['list', 'map', 'detail'] as const).map((view) => (
          <button
            key={view}
            type="button"
            aria-current={route.view === view ? 'page' : undefined}
            disabled={view === 'detail' && !device}
            title={view === 'detail' && !device ? texts('duty.nothingSelected') : undefined}
            onClick={() => patchRoute({ view }, 'push')}
          >
            <Icon name={view === 'detail' ? 'panel' : view} /> {texts(`duty.${view}`)}
          </button>
        ))}
      </nav>
      {finding && (
        <Suspense>
          <FindDevice onClose={() => setFinding(false)} onPick={pickDevice} />
        </Suspense>
      )}
      {asking && body && <AskedDialog {...asking} policy={body.city.alarmPolicy} onClose={() => setAsking(null)} />}
    </div>
  );
}

interface AskedProps {
  readonly what: AsideDialog | 'ack';
  readonly alarm: Alarm;
  readonly policy: City['alarmPolicy'];
  readonly onClose: () => void;
}

function AskedDialog({ what, alarm, policy, onClose }: AskedProps) {
  switch (what) {
    case 'ack':
      return <AckDialog alarm={alarm} onClose={onClose} />;
    case 'shelve':
      return <ShelveDialog alarm={alarm} policy={policy} onClose={onClose} />;
    case 'service':
      return <ServiceDialog alarm={alarm} policy={policy} onClose={onClose} />;
    case 'verdict':
      return <VerdictDialog alarm={alarm} onClose={onClose} />;
  }
}

const isPhone = (): boolean => matchMedia('(max-width: 720px)').matches;

/** The device in an alarm's id, which is `<device>/<rule>/<time>`: an address still works when the alarm has closed. */
const deviceOf = (alarm: string | null): string | null => alarm?.split('/')[0] || null;

/** The selected alarm, kept as it was last seen when it leaves the open ones. */
function useSelected(id: string | null, rows: readonly Alarm[]): Alarm | null {
  const last = useRef<Alarm | null>(null);
  const found = rows.find((alarm) => alarm.id === id) ?? null;
  useEffect(() => {
    if (found) last.current = found;
  }, [found]);
  return found ?? (last.current?.id === id ? last.current : null);
}
