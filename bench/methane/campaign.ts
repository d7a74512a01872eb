/** A methane monitor of a fence line, where it stands. */
export interface Sensor {
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
}

/** What a fence line measured in one minute. */
export interface Sample {
  /** Source time, ms. */
  readonly at: number;
  /** Where the wind comes from, degrees; NaN where it was not measured. */
  readonly windFrom: number;
  /** Speed of the wind, m/s; NaN where it was not measured. */
  readonly windSpeed: number;
  /** Methane in ppm by sensor, in the order of {@link Campaign.sensors}; NaN where it was not measured. */
  readonly ppm: readonly number[];
}

/** A controlled release: what was to be found. */
export interface Release {
  readonly start: number;
  readonly end: number;
  readonly equipment: string;
  /** Mass flow of methane, g/h; NaN where it is not known. */
  readonly gramsPerHour: number;
}

/** Days of a fence line around known releases. Samples rise in time; minutes may be missing. */
export interface Campaign {
  readonly sensors: readonly Sensor[];
  readonly samples: readonly Sample[];
  /** Only releases that overlap the samples, by their start. */
  readonly releases: readonly Release[];
}

/** From the first sample to the last, ms. */
export const spanOf = ({ samples }: Campaign): { readonly from: number; readonly to: number } => ({
  from: samples[0]?.at ?? Number.NaN,
  to: samples.at(-1)?.at ?? Number.NaN,
});
