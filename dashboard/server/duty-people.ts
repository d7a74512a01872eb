/** What the dashboard asks of the duty list about a ticket. */
export interface DutyPeople {
  /** The person behind an account; undefined where the list knows none. */
  personOf(account: string): Promise<string | undefined>;
  /** Names of persons and posts; an id that the list does not know is left out. */
  namesOf(ids: readonly string[]): Promise<Readonly<Record<string, string>>>;
}

/** A city that has registered nobody. */
export const nobodyOnDuty: DutyPeople = {
  personOf: async () => undefined,
  namesOf: async () => ({}),
};
