import type { Feature, FeatureCollection, Point } from 'geojson';
import {
  type ExpressionSpecification,
  type FilterSpecification,
  type GeoJSONSource,
  type LayerSpecification,
  Map as MapLibre,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import { visitLayer, visitLayers } from '../campaigns/visit-layers.ts';
import type { IncidentFeature } from '../incidents/incident-features.ts';
import { incidentLayers } from '../incidents/incident-layers.ts';
import { alarmImages, mapColours } from './alarm-images.ts';
import type { AlertProperties, DeviceProperties, PointFeature } from './features.ts';
import type { CityMap, LonLat, MapEvents, MapLook, MapView } from './map-adapter.ts';

// The worker is a file of its own: maplibre 6 inlines none, and without this line the built map stays blank.
setWorkerUrl(workerUrl);

type Points = FeatureCollection<Point>;
const collection = (features: readonly PointFeature<unknown>[]): Points => ({
  type: 'FeatureCollection',
  features: features as unknown as Feature<Point>[],
});
const one = (at: LonLat | null): Points =>
  collection(at ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties: {} }] : []);

const alerting = ['ys-p1', 'ys-p2', 'ys-low'];
const clickable = [...alerting, 'ys-devices'];
/** To a tenth of a metre: no click is nearer than that. */
const round6 = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/**
 * The map on MapLibre: offline style, no token, labels drawn from the workstation's fonts. Devices are circles whose
 * geometry is set once; what is abnormal is a small source of its own, with P1 drawn last so that nothing covers it.
 */
export function maplibreMap(container: HTMLElement, view: MapView, look: MapLook, events: MapEvents): CityMap {
  let { theme, language } = look;
  let devices: Points = collection([]);
  let alerts: Points = collection([]);
  let drawnAlerts = '';
  let incidents: FeatureCollection = { type: 'FeatureCollection', features: [] };
  let drawnIncidents = '';
  let selected: LonLat | null = null;
  let hovered: LonLat | null = null;
  let visits: Points = collection([]);
  let hidden: ReadonlySet<string> = new Set();
  let stale: ReadonlySet<string> = new Set();
  let styled = false;

  const map = new MapLibre({
    container,
    style: look.styleUrl,
    center: [...view.center],
    zoom: view.zoom,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 18,
    minZoom: 6,
    fadeDuration: 0,
    localIdeographFontFamily: 'Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif',
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();

  const put = (source: string, data: FeatureCollection): void => {
    if (styled) map.getSource<GeoJSONSource>(source)?.setData(data);
  };
  const filterDots = (): void => {
    if (styled)
      map.setFilter('ys-devices', ['!', ['in', ['get', 'layer'], ['literal', [...hidden]]]] as FilterSpecification);
  };

  const markStale = (id: string, is: boolean): void => {
    if (styled) map.setFeatureState({ source: 'ys-devices', id }, { stale: is });
  };

  /** Our images, sources and layers on top of whatever style was loaded; the camera stays. */
  const dress = (): void => {
    for (const image of alarmImages(theme)) {
      if (map.hasImage(image.name)) map.removeImage(image.name);
      map.addImage(image.name, image.data, { pixelRatio: image.pixelRatio });
    }
    map.addSource('ys-incidents', { type: 'geojson', data: incidents });
    map.addSource('ys-devices', { type: 'geojson', data: devices, promoteId: 'id' });
    for (const [id, data] of [
      ['ys-visits', visits],
      ['ys-alerts', alerts],
      ['ys-selected', one(selected)],
      ['ys-hovered', one(hovered)],
    ] as const) {
      map.addSource(id, { type: 'geojson', data });
    }
    // Dots under the names, so that names survive dense areas; alarms over everything.
    const firstLabel = map.getStyle().layers.find((layer) => layer.type === 'symbol')?.id;
    map.addLayer(dotLayer(theme), firstLabel);
    for (const layer of incidentLayers(theme, language)) map.addLayer(layer);
    for (const layer of visitLayers(theme)) map.addLayer(layer);
    for (const layer of alertLayers(theme)) map.addLayer(layer);
    styled = true;
    nameIn(map, language);
    filterDots();
    for (const id of stale) markStale(id, true);
  };
  map.on('style.load', dress);
  map.once('load', () => events.onReady());
  // Tests in a real browser ask the map itself what it has drawn: `event.detail.queryRenderedFeatures(…)`.
  map.on('idle', () => container.dispatchEvent(new CustomEvent('mapidle', { detail: map })));
  map.on('error', (event) => {
    if (!styled) events.onFailure(event.error?.message ?? 'the map style could not be read');
  });

  const idsAt = (x: number, y: number, reach: number, layers: string[] = clickable): string[] => {
    if (!styled) return [];
    const found = map.queryRenderedFeatures(
      [
        [x - reach, y - reach],
        [x + reach, y + reach],
      ],
      { layers },
    );
    return [...new Set(found.map((feature) => String(feature.properties.id)))];
  };
  // A finger covers more of the map than a pointer does.
  const reach = matchMedia('(pointer: coarse)').matches ? 12 : 4;
  map.on('click', ({ point, lngLat }) => {
    const [visit] = idsAt(point.x, point.y, reach, [visitLayer]);
    const urgent = visit === undefined || idsAt(point.x, point.y, reach, alerting).length > 0;
    if (urgent) events.onPick(idsAt(point.x, point.y, reach), point, [round6(lngLat.lng), round6(lngLat.lat)]);
    else events.onVisit(visit, point);
  });
  let pointed: string | null = null;
  map.on('mousemove', (event) => {
    const id = idsAt(event.point.x, event.point.y, 4)[0] ?? null;
    if (id === pointed) return;
    pointed = id;
    map.getCanvas().style.cursor = id ? 'pointer' : '';
    events.onHover(id, event.point);
  });
  map.on('mouseout', () => {
    pointed = null;
    events.onHover(null, { x: 0, y: 0 });
  });

  // The unacknowledged blink, 1 Hz; with reduced motion the ring stands still, and thick.
  let bright = true;
  const blink = setInterval(() => {
    if (!styled || calm() || document.hidden || alerts.features.length === 0) return;
    bright = !bright;
    map.setPaintProperty('ys-unacked', 'circle-stroke-opacity', bright ? 0.95 : 0.15);
  }, 500);

  return {
    setDevices(features: readonly PointFeature<DeviceProperties>[]) {
      devices = collection(features);
      put('ys-devices', devices);
    },
    setStale(ids) {
      for (const id of stale) if (!ids.has(id)) markStale(id, false);
      for (const id of ids) if (!stale.has(id)) markStale(id, true);
      stale = ids;
    },
    setAlerts(features: readonly PointFeature<AlertProperties>[]) {
      // Values run on without moving a symbol: what is drawn already is not drawn again.
      const next = JSON.stringify(features);
      if (next === drawnAlerts) return;
      drawnAlerts = next;
      alerts = collection(features);
      put('ys-alerts', alerts);
    },
    setIncidents(features: readonly IncidentFeature[]) {
      const next = JSON.stringify(features);
      if (next === drawnIncidents) return;
      drawnIncidents = next;
      incidents = { type: 'FeatureCollection', features: features as unknown as Feature[] };
      put('ys-incidents', incidents);
    },
    setVisits(features) {
      visits = collection(features);
      put('ys-visits', visits);
    },
    setHiddenLayers(layers) {
      hidden = layers;
      filterDots();
    },
    setSelected(at) {
      selected = at;
      put('ys-selected', one(at));
    },
    setHovered(at) {
      hovered = at;
      put('ys-hovered', one(at));
    },
    show(at) {
      const inView = map.getBounds().contains([...at]);
      if (inView && map.getZoom() >= 11) return;
      map.easeTo({ center: [...at], zoom: Math.max(map.getZoom(), 13), duration: calm() ? 0 : 700 });
    },
    fit() {
      const [west, south, east, north] = view.bounds;
      map.fitBounds([west, south, east, north], { padding: 28, duration: calm() ? 0 : 500 });
    },
    zoomBy(steps) {
      map.easeTo({ zoom: map.getZoom() + steps, duration: calm() ? 0 : 250 });
    },
    setLook(next) {
      language = next.language;
      if (styled) nameIn(map, language);
      if (next.theme === theme) return;
      theme = next.theme;
      styled = false;
      map.setStyle(next.styleUrl, { diff: false });
    },
    remove() {
      clearInterval(blink);
      map.remove();
    },
  };
}

/** Layers that show a place's `name` show `name_en` instead where there is one. */
function nameIn(map: MapLibre, language: 'zh' | 'en'): void {
  for (const layer of map.getStyle().layers) {
    if (layer.type !== 'symbol' || layer.id.startsWith('ys-')) continue;
    const field = JSON.stringify(layer.layout?.['text-field'] ?? null);
    if (!field.includes('"name"')) continue;
    const name: ExpressionSpecification =
      language === 'en' ? ['coalesce', ['get', 'name_en'], ['get', 'name']] : ['get', 'name'];
    map.setLayoutProperty(layer.id, 'text-field', name);
  }
}

function dotLayer(theme: 'light' | 'dark'): LayerSpecification {
  const colours = mapColours[theme];
  return {
    id: 'ys-devices',
    type: 'circle',
    source: 'ys-devices',
    paint: {
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 1.2, 11, 2.2, 14, 5],
      // A stale device's dot gives way to its ring; the state is a colour of no normal thing.
      'circle-color': ['case', ['boolean', ['feature-state', 'stale'], false], colours.stale, colours.dot],
      'circle-opacity': 0.78,
      'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 11, 0, 13, 1],
      'circle-stroke-color': colours.dotEdge,
    },
  };
}

/** A factor for stale devices; 1 for the rest. */
const staleIs = (factor: number): ExpressionSpecification => ['case', ['==', ['get', 'rank'], 5], factor, 1];

function alertLayers(theme: 'light' | 'dark'): LayerSpecification[] {
  const colours = mapColours[theme];
  const rankColour = ['match', ['get', 'rank'], 1, colours.p1[0], 2, colours.p2[0], 3, colours.p3[0], colours.p4[0]];
  const symbols = (id: string, filter: FilterSpecification, scale: number): LayerSpecification => ({
    id,
    type: 'symbol',
    source: 'ys-alerts',
    filter,
    layout: {
      'icon-image': ['get', 'icon'],
      // Stale rings are many and stand close: smaller, so that they do not hide what is worse.
      'icon-size': [
        'interpolate',
        ['linear'],
        ['zoom'],
        8,
        ['*', 0.62 * scale, staleIs(0.7)],
        11,
        ['*', 0.8 * scale, staleIs(0.7)],
        14,
        ['*', scale, staleIs(0.85)],
      ],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
      'symbol-sort-key': ['-', 10, ['get', 'rank']],
      'text-field': ['step', ['zoom'], '', 11, ['get', 'more']],
      'text-font': ['Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', 'sans-serif'],
      'text-size': 11,
      'text-offset': [1.1, -0.9],
      'text-anchor': 'left',
      'text-optional': true,
      'text-ignore-placement': true,
    },
    paint: { 'text-color': colours.ink, 'text-halo-color': colours.halo, 'text-halo-width': 1.4 },
  });
  const ring = (id: string, source: string, radius: number, width: number, colour: string): LayerSpecification => ({
    id,
    type: 'circle',
    source,
    paint: {
      'circle-radius': radius,
      'circle-opacity': 0,
      'circle-stroke-width': width,
      'circle-stroke-color': colour,
    },
  });
  return [
    {
      id: 'ys-unacked',
      type: 'circle',
      source: 'ys-alerts',
      filter: ['all', ['==', ['get', 'unacked'], true], ['<=', ['get', 'rank'], 2]],
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 9, 14, 16],
        'circle-color': rankColour as never,
        'circle-opacity': 0.12,
        'circle-stroke-width': calm() ? 4 : 2,
        'circle-stroke-color': rankColour as never,
        'circle-stroke-opacity': 0.95,
        // A blink is one picture. A fade would draw sixty a second, all day, also where software draws them.
        'circle-stroke-opacity-transition': { duration: 0 },
      },
    },
    symbols('ys-low', ['>=', ['get', 'rank'], 3], 0.92),
    symbols('ys-p2', ['==', ['get', 'rank'], 2], 1),
    symbols('ys-p1', ['==', ['get', 'rank'], 1], 1.12),
    {
      id: 'ys-drill',
      type: 'symbol',
      source: 'ys-alerts',
      filter: ['==', ['get', 'drill'], true],
      layout: {
        'text-field': '演练 DRILL',
        'text-font': ['Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', 'sans-serif'],
        'text-size': 13,
        'text-offset': [0, 1.2],
        'text-anchor': 'top',
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': colours.ink, 'text-halo-color': colours.halo, 'text-halo-width': 2 },
    },
    ring('ys-hovered', 'ys-hovered', 14, 2, colours.ink),
    ring('ys-selected-out', 'ys-selected', 18, 5.5, colours.selectedOut),
    ring('ys-selected-in', 'ys-selected', 18, 2.5, colours.selectedIn),
  ];
}
