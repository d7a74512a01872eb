import { useEffect, useMemo, useState } from 'react';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { DeviceBody } from '../../../devices/contract/api.ts';
import { usePlace } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';
import { SiteContacts } from '../contacts/site-contacts.tsx';
import { DrillMark, drilled } from '../drills/drill-mark.tsx';
import { patchRoute, useRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { IncidentBox } from '../incidents/incident-box.tsx';
import { useLive } from '../live/store.ts';
import { useAlarms } from '../live/use-alarms.ts';
import { NoticesBox } from '../notices/notices-box.tsx';
import { TicketBox } from '../tickets/ticket-box.tsx';
import { Icon } from '../ui/icons.tsx';
import { AlarmMark, StaleMark } from '../ui/priority.tsx';
import { say } from '../ui/toast.tsx';
import { Actions, type AsideDialog } from './actions.tsx';
import { AlarmHead } from './alarm-head.tsx';
import { AsideBox } from './aside-box.tsx';
import { BiogasBox } from './biogas-box.tsx';
import { ClauseBox } from './clause-box.tsx';
import { CurveBox } from './curve-box.tsx';
import { Facts, Values } from './facts.tsx';
import { History } from './history.tsx';
import { Overview } from './overview.tsx';
import { useAlarmRecord } from './use-alarm-record.ts';
import './panel.css';

interface Props {
  readonly alarmId: string | null;
  readonly device: string | null;
  readonly onAcknowledge: (alarm: Alarm) => void;
  readonly onPutAside: (what: AsideDialog, alarm: Alarm) => void;
  readonly onDevice: (id: string) => void;
  readonly onAlarm: (alarm: Alarm) => void;
}

/** The right column: one alarm or one device in full; the state of the city when nothing is selected. */
export function DevicePanel({ alarmId, device, onAcknowledge, onPutAside, onDevice, onAlarm }: Props) {
  const texts = useTexts();
  // The platform's own alarms stand at a gateway or at the platform, which are no devices.
  const { record, problem } = useDeviceRecord(alarmId?.split('/')[1]?.startsWith('platform.') ? null : device);
  const { alarm, events, ticket, problem: alarmProblem } = useAlarmRecord(alarmId);
  if (!device) return <Overview onAlarm={onAlarm} onDevice={onDevice} />;
  return (
    <aside className={`panel${drilled(alarm?.drill ?? record?.drill)}`} aria-label={texts('detail.label')}>
      <div className="panel-scroll">
        <Title alarm={alarm} record={record} device={device} />
        {problem && <div className="error">{texts.problem(problem)}</div>}
        {alarmProblem && <div className="error">{texts.problem(alarmProblem)}</div>}
        {alarm && <AlarmHead alarm={alarm} />}
        {alarm && <TicketBox alarm={alarm} known={ticket} />}
        <SiteContacts site={alarm?.site ?? record?.site} />
        {alarm && <AsideBox alarm={alarm} />}
        <Siblings device={device} current={alarm} onAlarm={onAlarm} />
        {alarm && <IncidentBox alarm={alarm} onAlarm={onAlarm} />}
        {record && <Measured record={record} alarm={alarm} />}
        {alarm && <BiogasBox alarm={alarm} />}
        {alarm && <ClauseBox alarm={alarm} />}
        {alarm && <NoticesBox subject={`alarm/${alarm.id}`} />}
        {alarm && <History events={events} />}
        {record && <Values record={record} />}
        {record && <Facts record={record} onDevice={onDevice} />}
      </div>
      <Actions alarm={alarm} onAcknowledge={onAcknowledge} onPutAside={onPutAside} />
    </aside>
  );
}

/** The registry's record of a device with its site and gateway; what the stream knows fills in the newest values. */
function useDeviceRecord(id: string | null): { record: DeviceBody | null; problem: ApiProblem | null } {
  const listed = useCity((state) => (id ? state.devices.get(id) : undefined));
  const [full, setFull] = useState<{ id: string; body: DeviceBody | null; problem: ApiProblem | null } | null>(null);
  useEffect(() => {
    if (!id) return;
    const aborted = new AbortController();
    api<DeviceBody>(`/devices/${encodeURIComponent(id)}`, { signal: aborted.signal }).then(
      (body) => setFull({ id, body, problem: null }),
      (error) => aborted.signal.aborted || setFull({ id, body: null, problem: problemOf(error) }),
    );
    return () => aborted.abort();
  }, [id]);
  const state = useLive((live) => (id ? live.picture.devices.get(id) : undefined));
  const mine = full?.id === id ? full : null;
  const base = mine?.body ?? listed ?? null;
  const record = useMemo(
    () =>
      base && state
        ? { ...base, lastAt: state.lastAt, stale: state.stale, values: { ...base.values, ...state.values } }
        : base,
    [base, state],
  );
  return { record, problem: record ? null : (mine?.problem ?? null) };
}

function Title({ alarm, record, device }: { alarm: Alarm | null; record: DeviceBody | null; device: string }) {
  const texts = useTexts();
  const place = usePlace();
  const types = useCity((state) => state.types);
  const type = types.get(record?.type ?? alarm?.deviceType ?? '');
  const name = place.device({ device, deviceName: alarm?.deviceName ?? record?.name ?? device });
  const site = place.site({ device, siteName: alarm?.siteName ?? record?.siteRecord?.name ?? null });
  const where = [place.area(alarm?.area ?? record?.area), record?.address ?? site].filter(Boolean).join(' · ');
  return (
    <header className="panel-title">
      <div className="panel-title-row">
        {alarm ? (
          <AlarmMark alarm={alarm} size={24} />
        ) : record?.stale ? (
          <StaleMark size={24} />
        ) : (
          <i className="map-dot" aria-hidden="true" />
        )}
        <h1>{name}</h1>
        <span className="grow" />
        <button
          type="button"
          className="btn quiet icon"
          aria-label={texts('detail.copy')}
          title={texts('detail.copy')}
          onClick={() => void copyAddress()}
        >
          <Icon name="link" size={16} />
        </button>
        <button
          type="button"
          className="btn quiet icon"
          aria-label={texts('detail.close')}
          title={`${texts('detail.close')} (Esc)`}
          onClick={() => patchRoute({ alarm: null, device: null, measurement: null, view: 'list' })}
        >
          <Icon name="close" size={16} />
        </button>
      </div>
      <DrillMark drill={alarm?.drill ?? record?.drill} />
      <div className="muted small">{[type ? texts.pick(type.title) : '', where].filter(Boolean).join(' · ')}</div>
    </header>
  );
}

async function copyAddress(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    say({
      zh: '已复制本画面的地址，可发给同事。',
      en: 'The address of this screen is copied; send it to a colleague.',
    });
  } catch {
    say({
      zh: '浏览器不允许复制：请从地址栏复制。',
      en: 'The browser does not allow copying: copy it from the address bar.',
    });
  }
}

/** Every open alarm at the device, also those that a higher level has taken over. */
function Siblings({
  device,
  current,
  onAlarm,
}: {
  device: string;
  current: Alarm | null;
  onAlarm: (alarm: Alarm) => void;
}) {
  const texts = useTexts();
  const place = usePlace();
  const alarms = useLive((live) => live.picture.alarms);
  const { rows } = useAlarms();
  const here = useMemo(() => {
    const mine = [...alarms.values()].filter((alarm) => alarm.device === device);
    const rank = new Map(rows.map((row, index) => [row.id, index]));
    return mine.sort((a, b) => (rank.get(a.id) ?? 1e9) - (rank.get(b.id) ?? 1e9));
  }, [alarms, rows, device]);
  if (here.length === 0 || (here.length === 1 && here[0]?.id === current?.id)) return null;
  return (
    <section className="siblings" aria-label={texts('detail.siblings', { n: here.length })}>
      <h2 className="over">{texts('detail.siblings', { n: here.length })}</h2>
      <ul>
        {here.map((alarm) => (
          <li key={alarm.id}>
            <button type="button" aria-current={alarm.id === current?.id || undefined} onClick={() => onAlarm(alarm)}>
              <AlarmMark alarm={alarm} size={17} />
              <span className="clip">{place.clause(alarm)}</span>
              <span className="grow" />
              {alarm.supersededBy && <span className="tag">{texts('tag.superseded')}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The curve of the alarm's measurement, or of the one chosen. */
function Measured({ record, alarm }: { record: DeviceBody; alarm: Alarm | null }) {
  const types = useCity((state) => state.types);
  const route = useRoute();
  const declared = types.get(record.type)?.measurements ?? {};
  const names = Object.keys({ ...declared, ...record.values }).filter(
    (name) => name in record.values || name === alarm?.measurement,
  );
  const chosen = [route.measurement, alarm?.measurement, names[0]].find(
    (name) => name && name !== '*' && (names.includes(name) || name in declared),
  );
  if (!chosen) return null;
  return <CurveBox key={`${record.id} ${chosen}`} record={record} measurement={chosen} names={names} />;
}
