import type { VisitProperties } from '../campaigns/visit-features.ts';
import type { IncidentFeature } from '../incidents/incident-features.ts';
import type { AlertProperties, DeviceProperties, PointFeature } from './features.ts';

/** What the duty desk asks of a map. MapLibre implements it; another library would implement the same. */
export interface CityMap {
  /** Geometry of all devices. Set again only when the registry changes. */
  setDevices(features: readonly PointFeature<DeviceProperties>[]): void;
  /** Which devices are stale: colours dots by feature-state, without touching their geometry. */
  setStale(ids: ReadonlySet<string>): void;
  /** Symbols of what is abnormal: hundreds, at most four times a second. Never moves the camera. */
  setAlerts(features: readonly PointFeature<AlertProperties>[]): void;
  /** Guard rings of incidents, ties between their members, the first-out's mark. */
  setIncidents(features: readonly IncidentFeature[]): void;
  /** Visits of inspection campaigns, under the alarms. */
  setVisits(features: readonly PointFeature<VisitProperties>[]): void;
  /** Quiet dots of these layers are hidden; alarms never are. */
  setHiddenLayers(layers: ReadonlySet<string>): void;
  /** The double ring around what is selected, and the single one around what is pointed at in the list. */
  setSelected(at: LonLat | null): void;
  setHovered(at: LonLat | null): void;
  /** Moves the camera only as far as needed to see the place. */
  show(at: LonLat): void;
  fit(): void;
  zoomBy(steps: number): void;
  setLook(look: MapLook): void;
  remove(): void;
}

export type LonLat = readonly [number, number];

/** The style document and the colours of our own layers, by theme. */
export interface MapLook {
  readonly styleUrl: string;
  readonly theme: 'light' | 'dark';
  /** Place names show their English where the style's data have one. */
  readonly language: 'zh' | 'en';
}

export interface MapEvents {
  /** Devices at the clicked point, the most urgent first; empty for open land. */
  onPick(ids: readonly string[], at: { readonly x: number; readonly y: number }, place: LonLat): void;
  /** A visit at the clicked point, where nothing more urgent stands there. */
  onVisit(id: string, at: { readonly x: number; readonly y: number }): void;
  /** The device under the pointer, and where on the picture; null for open land. */
  onHover(id: string | null, at: { readonly x: number; readonly y: number }): void;
  /** The first picture is drawn. */
  onReady(): void;
  /** The map cannot be drawn (no WebGL2, a style that cannot be read): the list goes on alone. */
  onFailure(reason: string): void;
}

export interface MapView {
  readonly center: LonLat;
  readonly zoom: number;
  readonly bounds: readonly [number, number, number, number];
}
