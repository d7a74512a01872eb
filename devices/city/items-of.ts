import type { Catalogue, Item } from '../contract/catalogue.ts';

/** Every item of a catalogue, in the catalogue's order. */
export const itemsOf = ({ domains }: Pick<Catalogue, 'domains'>): Item[] =>
  domains.flatMap(({ categories }) => categories.flatMap(({ items }) => items));
