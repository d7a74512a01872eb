import type { City } from '../../devices/contract/city.ts';

/** How gas alarms join into incidents: `incidents` of `city.yaml`, with the platform's defaults for what it leaves out. */
export interface IncidentPolicy {
  /**
   * How far the gas that a detector sees may have come, m, by device type; two detectors are neighbours when they are no
   * farther apart than both reaches together. `other` is for types that are not named.
   */
  readonly reachM: Readonly<Record<string, number>> & { readonly other: number };
  /** Detectors that name the same pipe or circuit are neighbours up to this far apart, m. */
  readonly alongM: number;
  /** An alarm that returned joins with what begins within this time after its return, ms. */
  readonly withinMs: number;
  /** A member that joined two sides and returned stays good for this long before they are split, ms. */
  readonly stayedGoodMs: number;
  /** A member that comes this much later than both sides it would join does not join them, ms. */
  readonly tooLateMs: number;
  /** Distance of the guard ring from the members, m. */
  readonly ringM: number;
}

/**
 * Proposals, not law; a city sets its own. Indoors gas stays in the building and next door (15 m each way). Underground it
 * follows drains and ducts from one manhole to the next, which lie some 30 to 120 m apart (75 m). In the open it is thin
 * within 75 m of a station's fence. Underground monitors report every ten minutes, so half an hour passes before an onset is late.
 */
export const defaultPolicy: IncidentPolicy = {
  reachM: {
    'gas-alarm-commercial': 15,
    'gas-alarm-household': 15,
    'underground-gas': 75,
    'methane-fence-line': 75,
    'gas-rtu': 50,
    other: 30,
  },
  alongM: 400,
  withinMs: 15 * 60_000,
  stayedGoodMs: 15 * 60_000,
  tooLateMs: 30 * 60_000,
  ringM: 100,
};

const minutes = (n: number): number => n * 60_000;

/** The policy of a city. */
export function policyOf({ incidents: said }: Pick<City, 'incidents'>): IncidentPolicy {
  if (!said) return defaultPolicy;
  return {
    reachM: { ...defaultPolicy.reachM, ...said.reachM },
    alongM: said.alongM ?? defaultPolicy.alongM,
    withinMs: said.withinMin === undefined ? defaultPolicy.withinMs : minutes(said.withinMin),
    stayedGoodMs: said.stayedGoodMin === undefined ? defaultPolicy.stayedGoodMs : minutes(said.stayedGoodMin),
    tooLateMs: said.tooLateMin === undefined ? defaultPolicy.tooLateMs : minutes(said.tooLateMin),
    ringM: said.ringM ?? defaultPolicy.ringM,
  };
}

/** Metres that a detector of this type reaches. */
export const reachOf = ({ reachM }: IncidentPolicy, deviceType: string): number => reachM[deviceType] ?? reachM.other;

/** The farthest apart that any two detectors are neighbours by distance, m. */
export const farthestM = ({ reachM }: IncidentPolicy): number => 2 * Math.max(...Object.values(reachM));
