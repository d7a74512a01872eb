/** One alarm at one sensor, from the sample that raised it until it returned (or until the data end), ms. */
export interface Standing {
  readonly sensor: string;
  readonly from: number;
  readonly to: number;
}
