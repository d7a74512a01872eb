import { useMemo, useState } from 'react';
import { useCity } from '../api/city.ts';
import { VisitsCard } from '../campaigns/visits-on-map.tsx';
import { useTexts } from '../i18n/i18n.ts';
import { useLive } from '../live/store.ts';
import { Icon } from '../ui/icons.tsx';
import { StaleMark } from '../ui/priority.tsx';
import type { OffMap } from './features.ts';
import type { CityMap } from './map-adapter.ts';

interface Props {
  readonly map: CityMap | null;
  readonly hidden: ReadonlySet<string>;
  readonly onHidden: (layers: ReadonlySet<string>) => void;
  readonly offMap: readonly OffMap[];
  readonly onSelect: (device: string) => void;
  readonly visits: Parameters<typeof VisitsCard>[0]['visits'];
}

/** Layers, what is blind, what cannot be drawn, and the buttons that do what dragging does. */
export function MapTools({ map, hidden, onHidden, offMap, onSelect, visits }: Props) {
  const texts = useTexts();
  return (
    <>
      <div className="map-cards">
        <Layers hidden={hidden} onHidden={onHidden} />
        <VisitsCard visits={visits} />
        <Blind />
        {offMap.length > 0 && <OffMapCard offMap={offMap} onSelect={onSelect} />}
      </div>
      <fieldset className="map-zoom card" aria-label={texts('map.move')}>
        <button type="button" aria-label={texts('map.in')} title={texts('map.in')} onClick={() => map?.zoomBy(1)}>
          <Icon name="plus" />
        </button>
        <button type="button" aria-label={texts('map.out')} title={texts('map.out')} onClick={() => map?.zoomBy(-1)}>
          <Icon name="minus" />
        </button>
        <button type="button" aria-label={texts('map.fit')} title={texts('map.fit')} onClick={() => map?.fit()}>
          <Icon name="fit" />
        </button>
      </fieldset>
    </>
  );
}

function Layers({ hidden, onHidden }: Pick<Props, 'hidden' | 'onHidden'>) {
  const texts = useTexts();
  const devices = useCity((state) => state.devices);
  const types = useCity((state) => state.types);
  const counts = useMemo(() => {
    const found = new Map<string, number>();
    for (const device of devices.values()) {
      const layer = types.get(device.type)?.layer;
      if (layer) found.set(layer, (found.get(layer) ?? 0) + 1);
    }
    return [...found].sort((a, b) => b[1] - a[1]);
  }, [devices, types]);
  if (counts.length === 0) return null;
  const toggle = (layer: string): void => {
    const next = new Set(hidden);
    if (!next.delete(layer)) next.add(layer);
    onHidden(next);
  };
  return (
    <fieldset className="card map-layers" aria-label={texts('map.layers')} title={texts('map.layersWhy')}>
      <Icon name="layers" size={16} />
      {counts.map(([layer, count]) => (
        <button
          key={layer}
          type="button"
          aria-pressed={!hidden.has(layer)}
          title={texts('map.layerCount', { n: count })}
          onClick={() => toggle(layer)}
        >
          {texts(`layer.${layer as 'gas'}`)}
        </button>
      ))}
    </fieldset>
  );
}

/** What cannot be seen is said as plainly as what can. */
function Blind() {
  const texts = useTexts();
  const registry = useCity((state) => state.devices);
  const devices = useLive((live) => live.picture.devices);
  const { count, gateways } = useMemo(() => {
    const behind = new Map<string, { stale: number; all: number }>();
    let stale = 0;
    for (const device of registry.values()) {
      const silent = devices.get(device.id)?.stale === true;
      if (silent) stale += 1;
      if (!device.gateway) continue;
      const here = behind.get(device.gateway) ?? { stale: 0, all: 0 };
      behind.set(device.gateway, { stale: here.stale + Number(silent), all: here.all + 1 });
    }
    const dark = [...behind].filter(([, here]) => here.stale > 0).sort((a, b) => b[1].stale - a[1].stale);
    return { count: stale, gateways: dark };
  }, [registry, devices]);
  if (count === 0) return null;
  const worst = gateways[0];
  return (
    <div className="card map-blind small">
      <StaleMark size={16} />
      <span>
        <b>{texts('map.blind', { n: count })}</b>
        {worst && (
          <span className="muted">
            {texts('map.blindBehind', { gateway: worst[0], n: worst[1].stale, all: worst[1].all })}
          </span>
        )}
      </span>
    </div>
  );
}

function OffMapCard({ offMap, onSelect }: Pick<Props, 'offMap' | 'onSelect'>) {
  const texts = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <div className="card small map-off">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {texts('map.offMap', { n: offMap.length })} <Icon name="down" size={13} />
      </button>
      {open && (
        <ul>
          {offMap.map((device) => (
            <li key={device.id}>
              <button type="button" onClick={() => onSelect(device.id)}>
                {device.name}
              </button>
              <span className="faint">
                {' '}
                {device.lon}, {device.lat} · {texts(`map.why.${device.why}`)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
