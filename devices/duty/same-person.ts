/** The person of the duty list behind an account; undefined where the list knows none. */
export type PersonOf = (account: string) => string | undefined;

/**
 * True where two accounts are the same, or are known to be of one person: what takes two persons is not done by one with two
 * accounts. Of accounts that the duty list does not know nothing more can be said than that they differ.
 */
export function samePerson(personOf: PersonOf, a: string, b: string): boolean {
  if (a === b) return true;
  const person = personOf(a);
  return person !== undefined && person === personOf(b);
}

/** How many persons stand behind some accounts, as far as the duty list knows them. */
export const personsBehind = (personOf: PersonOf, accounts: readonly string[]): number =>
  new Set(
    accounts.map((account) => {
      const person = personOf(account);
      return person === undefined ? `account ${account}` : `person ${person}`;
    }),
  ).size;
