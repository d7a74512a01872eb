import type { FilterSpecification, LayerSpecification } from 'maplibre-gl';
import { mapColours } from '../map/alarm-images.ts';

const part = (name: string): FilterSpecification => ['==', ['get', 'part'], name];

/** The word on the map that stands beside the first-out. */
export const firstOutWord = { zh: '首发', en: 'first-out' } as const;

/**
 * How incidents are drawn, under the alarms' symbols: in ink, since alarm colours say priorities and nothing else. The ring is
 * dashed and hardly filled, so that what lies inside stays readable.
 */
export function incidentLayers(theme: 'light' | 'dark', language: 'zh' | 'en'): LayerSpecification[] {
  const { ink, halo } = mapColours[theme];
  const faint = ['case', ['get', 'active'], 0.9, 0.45] as const;
  return [
    {
      id: 'ys-incident-fill',
      type: 'fill',
      source: 'ys-incidents',
      filter: part('ring'),
      paint: { 'fill-color': ink, 'fill-opacity': ['case', ['get', 'selected'], 0.1, 0.05] },
    },
    {
      id: 'ys-incident-ring',
      type: 'line',
      source: 'ys-incidents',
      filter: part('ring'),
      paint: {
        'line-color': ink,
        'line-width': ['case', ['get', 'selected'], 2.2, 1.4],
        'line-dasharray': [4, 3],
        'line-opacity': faint as never,
      },
    },
    {
      id: 'ys-incident-tie',
      type: 'line',
      source: 'ys-incidents',
      filter: part('tie'),
      paint: { 'line-color': ink, 'line-width': 1.4, 'line-opacity': faint as never },
    },
    {
      id: 'ys-incident-first',
      type: 'symbol',
      source: 'ys-incidents',
      filter: part('first'),
      layout: {
        // From afar the symbols of a leak lie on each other: the word would stand for nothing.
        'text-field': ['step', ['zoom'], '', 13.5, firstOutWord[language]],
        'text-font': ['Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', 'sans-serif'],
        'text-size': 11.5,
        'text-offset': [0, 1.5],
        'text-anchor': 'top',
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': ink, 'text-halo-color': halo, 'text-halo-width': 1.6 },
    },
  ];
}
