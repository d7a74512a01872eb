import type { Device } from '../contract/registry.ts';
import type { DeviceType } from '../model/device-type.ts';
import { suggestion } from './did-you-mean.ts';
import type { RegistryCache } from './registry-cache.ts';

/** What a put is checked against: the registry as it is, with the put laid over it. */
export interface View {
  readonly device: (id: string) => Device | undefined;
  readonly isSite: (id: string) => boolean;
  readonly isGateway: (id: string) => boolean;
  readonly cache: RegistryCache;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly areas: ReadonlySet<string> | undefined;
}

/** Notes a fault of one record. */
export type Say = (field: string, value: unknown, zh: string, en: string) => void;

/** Refuses an area that the city does not have. */
export function checkArea(area: string | undefined, { areas }: View, say: Say): void {
  if (area === undefined || !areas || areas.has(area)) return;
  const meant = suggestion(area, areas);
  say('area', area, `本市没有区划 "${area}"${meant.zh}`, `the city has no area "${area}"${meant.en}`);
}
