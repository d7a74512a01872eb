import { useEffect, useRef, useState } from 'react';
import { useCity } from '../api/city.ts';
import { shownTheme, usePrefs } from '../frame/prefs.ts';
import { useTexts } from '../i18n/i18n.ts';
import type { CityMap, LonLat } from '../map/map-adapter.ts';
import '../map/map.css';

/** A place by a click on the map; where the map cannot be drawn, by its figures. */
export function PlacePicker({ at, onPick }: { at: LonLat | null; onPick: (at: LonLat) => void }) {
  const texts = useTexts();
  const body = useCity((state) => state.body);
  const theme = shownTheme(usePrefs((prefs) => prefs.theme));
  const language = usePrefs((prefs) => prefs.language);
  const holder = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<CityMap | null>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  const look = useRef({ theme, language });
  useEffect(() => {
    if (!body) return;
    let gone = false;
    let made: CityMap | null = null;
    const { theme, language } = look.current;
    import('../map/maplibre-map.ts')
      .then(({ maplibreMap }) => {
        if (gone || !holder.current) return;
        const { center, zoom, bounds } = body.city.map;
        made = maplibreMap(
          holder.current,
          { center, zoom, bounds },
          { theme, language, styleUrl: body.mapStyles[theme] },
          {
            onPick: (_ids, _at, place) => pick.current(place),
            onVisit: () => undefined,
            onHover: () => undefined,
            onReady: () => undefined,
            // The figures beside it go on alone.
            onFailure: () => undefined,
          },
        );
        setMap(made);
      })
      .catch(() => undefined);
    return () => {
      gone = true;
      made?.remove();
      setMap(null);
    };
  }, [body]);
  useEffect(() => {
    if (body) map?.setLook({ theme, language, styleUrl: body.mapStyles[theme] });
  }, [map, body, theme, language]);
  useEffect(() => {
    map?.setSelected(at);
    if (at) map?.show(at);
  }, [map, at]);
  const [lon, lat] = at ?? ['', ''];
  const figure = (text: string): number => Number(text.replace(',', '.'));
  return (
    <div className="place-picker">
      <div ref={holder} className="place-map" role="application" aria-label={texts('report.map')} />
      <div className="place-figures">
        {(['lon', 'lat'] as const).map((axis) => (
          <label key={axis} className="field">
            <span className="label">{texts(`report.${axis}`)}</span>
            <input
              className="input"
              inputMode="decimal"
              value={axis === 'lon' ? lon : lat}
              onChange={({ target }) => {
                const value = figure(target.value);
                if (!Number.isFinite(value)) return;
                onPick(axis === 'lon' ? [value, Number(lat)] : [Number(lon), value]);
              }}
            />
          </label>
        ))}
      </div>
    </div>
  );
}
