/** Rows a statement: nine columns each, far below what both engines take. */
const CHUNK = 500;

/** Rows in portions that one statement takes. */
export function* chunks<T>(all: readonly T[]): Generator<T[]> {
  for (let i = 0; i < all.length; i += CHUNK) yield all.slice(i, i + CHUNK);
}
