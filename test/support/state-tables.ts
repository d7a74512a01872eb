/** The tables of the state database as `rules` makes them, for tests of what reads them. */
export { rulesMigrations as stateTables } from '../../rules/store/migrations.ts';
