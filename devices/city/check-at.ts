/** Where in the file a check stands; it reports relative to that place. */
export interface At {
  readonly path: readonly PropertyKey[];
  fault(step: PropertyKey | null, value: unknown, zh: string, en: string): void;
  into(...steps: PropertyKey[]): At;
}
