import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { CityBody } from '../../../devices/contract/api.ts';
import { useHover } from '../alarms/hover.ts';
import { usePlace } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { useVisitsOnMap, VisitPopup } from '../campaigns/visits-on-map.tsx';
import { shownTheme, usePrefs } from '../frame/prefs.ts';
import { useTexts } from '../i18n/i18n.ts';
import { toIncidentFeatures } from '../incidents/incident-features.ts';
import { useLive } from '../live/store.ts';
import { useAlarms } from '../live/use-alarms.ts';
import { PriorityMark, StaleMark } from '../ui/priority.tsx';
import { toMapFeatures } from './features.ts';
import type { CityMap as Adapter, LonLat } from './map-adapter.ts';
import { AlarmClock, MapTold } from './map-told.tsx';
import { MapTools } from './map-tools.tsx';
import './map.css';

interface Props {
  readonly body: CityBody;
  /** The device whose place is selected. */
  readonly selected: string | null;
  /** The incident of the selected alarm. */
  readonly incident: string | null;
  readonly onSelect: (device: string | null) => void;
}

/** The one map. It is handed features and says what was pointed at; data never move its camera. */
export function CityMap({ body, selected, incident, onSelect }: Props) {
  const texts = useTexts();
  const theme = shownTheme(usePrefs((prefs) => prefs.theme));
  const language = usePrefs((prefs) => prefs.language);
  const holder = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<Adapter | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [ready, setReady] = useState(false);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [choice, setChoice] = useState<{ ids: readonly string[]; x: number; y: number } | null>(null);
  const [visit, setVisit] = useState<{ id: string; x: number; y: number } | null>(null);
  const [told, setTold] = useState<{ id: string; x: number; y: number } | null>(null);
  const features = useFeatures(body);
  const visits = useVisitsOnMap(map);
  const rings = useIncidentFeatures(incident);
  const look = useMemo(() => ({ theme, language, styleUrl: body.mapStyles[theme] }), [theme, language, body]);
  const select = useRef(onSelect);
  select.current = onSelect;
  const firstLook = useRef(look);

  useEffect(() => {
    let gone = false;
    let made: Adapter | null = null;
    import('./maplibre-map.ts')
      .then(({ maplibreMap }) => {
        if (gone || !holder.current) return;
        const { center, zoom, bounds } = body.city.map;
        made = maplibreMap(holder.current, { center, zoom, bounds }, firstLook.current, {
          onPick(ids, at) {
            setVisit(null);
            setChoice(ids.length > 1 ? { ids, x: at.x, y: at.y } : null);
            if (ids.length === 1) select.current(ids[0] ?? null);
          },
          onVisit: (id, { x, y }) => setVisit({ id, x, y }),
          onHover(id, { x, y }) {
            useHover.setState({ device: id, from: 'map' });
            setTold(id === null ? null : { id, x, y });
          },
          onReady: () => setReady(true),
          onFailure: setFailure,
        });
        setMap(made);
      })
      .catch((error) => setFailure(error instanceof Error ? error.message : String(error)));
    return () => {
      gone = true;
      made?.remove();
      setMap(null);
    };
  }, [body]);

  useEffect(() => map?.setLook(look), [map, look]);
  useEffect(() => map?.setDevices(features.devices), [map, features.devices]);
  useEffect(() => map?.setStale(features.stale), [map, features.stale]);
  useEffect(() => map?.setAlerts(features.alerts), [map, features.alerts]);
  useEffect(() => map?.setIncidents(rings), [map, rings]);
  useEffect(() => map?.setHiddenLayers(hidden), [map, hidden]);

  const pointed = visits?.items.find(({ id }) => id === visit?.id);
  const placeOf = usePlaceOnMap();
  // An address that was sent to a colleague selects before the registry is there.
  const known = useCity((state) => selected !== null && state.devices.has(selected));
  // biome-ignore lint/correctness/useExhaustiveDependencies: `known` says that the place can be told now.
  useEffect(() => {
    const at = selected ? placeOf(selected) : null;
    map?.setSelected(at);
    if (at) map?.show(at);
    setChoice(null);
  }, [map, selected, known, placeOf]);
  useEffect(
    () => useHover.subscribe(({ device, from }) => map?.setHovered(device && from === 'list' ? placeOf(device) : null)),
    [map, placeOf],
  );

  return (
    <section className="map" aria-label={texts('map.label')}>
      <div ref={holder} className="map-holder" data-ready={ready || undefined} />
      {failure ? (
        <div className="map-failed">
          <b>{texts('map.failed')}</b>
          <span className="muted">{texts('map.failedWhy', { why: failure })}</span>
        </div>
      ) : (
        !ready && <div className="map-wait muted small">{texts('map.loading')}</div>
      )}
      <MapTools
        map={map}
        hidden={hidden}
        onHidden={setHidden}
        offMap={features.offMap}
        onSelect={onSelect}
        visits={visits}
      />
      {pointed && visit && <VisitPopup {...visit} visit={pointed} onClose={() => setVisit(null)} />}
      {told && !choice && <MapTold {...told} />}
      {choice && <Choice {...choice} onSelect={onSelect} />}
      <div className="map-credit tiny" title={body.city.map.attribution}>
        {body.city.map.attribution}
      </div>
    </section>
  );
}

/** Where a device stands, also one that only its alarm knows. Does not change with the data, so nothing re-runs. */
function usePlaceOnMap(): (id: string) => LonLat | null {
  return useCallback((id: string) => {
    const device = useCity.getState().devices.get(id);
    if (device) return [device.lon, device.lat];
    for (const alarm of useLive.getState().picture.alarms.values()) {
      if (alarm.device === id) return [alarm.lon, alarm.lat];
    }
    return null;
  }, []);
}

/** Features from registry, alarms and staleness; dots are computed anew only when the registry changes. */
function useFeatures(body: CityBody) {
  const registry = useCity((state) => state.devices);
  const types = useCity((state) => state.types);
  const { rows } = useAlarms();
  const stale = useStaleIds();
  const bounds = body.city.map.bounds;
  const still = useMemo(
    () => toMapFeatures(registry.values(), [], { bounds, layerOf: (type) => types.get(type)?.layer ?? '' }),
    [registry, types, bounds],
  );
  const abnormal = useMemo(() => {
    const wanted = new Set([...rows.map((alarm) => alarm.device), ...stale]);
    const devices = [...wanted].flatMap((id) => registry.get(id) ?? []);
    return toMapFeatures(devices, rows, { bounds, stale });
  }, [registry, rows, stale, bounds]);
  return useMemo(
    () => ({ devices: still.devices, alerts: abnormal.alerts, offMap: still.offMap, stale }),
    [still, abnormal.alerts, stale],
  );
}

/** Rings and ties of the open incidents. */
function useIncidentFeatures(selected: string | null) {
  const incidents = useLive((live) => live.picture.incidents);
  const { rows } = useAlarms();
  return useMemo(() => toIncidentFeatures(incidents.values(), rows, selected), [incidents, rows, selected]);
}

/** Ids of stale devices; the same set until one comes or goes. */
function useStaleIds(): ReadonlySet<string> {
  const key = useLive((live) => {
    const ids: string[] = [];
    for (const device of live.picture.devices.values()) if (device.stale) ids.push(device.id);
    return ids.join('\n');
  });
  return useMemo(() => new Set(key ? key.split('\n') : []), [key]);
}

/** Several devices under one click: a list, never a guess. */
function Choice({
  ids,
  x,
  y,
  onSelect,
}: {
  ids: readonly string[];
  x: number;
  y: number;
  onSelect: (id: string) => void;
}) {
  const texts = useTexts();
  const place = usePlace();
  const { rows } = useAlarms();
  const devices = useLive((live) => live.picture.devices);
  return (
    <fieldset
      className="map-choice card"
      style={{ left: `min(${x}px, 100% - 274px)`, top: `clamp(140px, ${y}px, 100% - 140px)` }}
      aria-label={texts('map.several', { n: ids.length })}
    >
      <div className="over">{texts('map.several', { n: ids.length })}</div>
      {ids.map((id) => {
        const alarm = rows.find((row) => row.device === id);
        return (
          <button key={id} type="button" onClick={() => onSelect(id)}>
            {alarm ? (
              <PriorityMark priority={alarm.priority} size={16} />
            ) : devices.get(id)?.stale ? (
              <StaleMark size={16} />
            ) : (
              <i className="map-dot" aria-hidden="true" />
            )}
            <span className="clip">
              {place.device({ device: id, deviceName: useCity.getState().devices.get(id)?.name ?? id })}
            </span>
            {alarm && <AlarmClock alarm={alarm} />}
          </button>
        );
      })}
    </fieldset>
  );
}
