import type { FilterSpecification, LayerSpecification } from 'maplibre-gl';
import { mapColours } from '../map/alarm-images.ts';

/** The layer that is clicked. */
export const visitLayer = 'ys-visits';

const is = (state: string): FilterSpecification => ['==', ['get', 'state'], state];

/**
 * How visits are drawn, under the alarms' symbols: in ink, since alarm colours say priorities and nothing else. Told apart by
 * shape: a ring is to be visited, a full disc was visited, a cross came to nothing.
 */
export function visitLayers(theme: 'light' | 'dark'): LayerSpecification[] {
  const { ink, halo } = mapColours[theme];
  return [
    {
      id: visitLayer,
      type: 'circle',
      source: 'ys-visits',
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 4.5, 12, 7, 15, 9],
        'circle-color': ['match', ['get', 'state'], 'done', ink, halo],
        'circle-stroke-width': 2,
        'circle-stroke-color': ink,
      },
    },
    {
      id: 'ys-visits-failed',
      type: 'symbol',
      source: 'ys-visits',
      filter: is('failed'),
      layout: {
        'text-field': '×',
        'text-font': ['Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', 'sans-serif'],
        'text-size': ['interpolate', ['linear'], ['zoom'], 8, 12, 12, 18, 15, 22],
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': ink },
    },
  ];
}
