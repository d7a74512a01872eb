import { expect, it } from 'vitest';
import { isOwnOrigin } from './origin.ts';

it.each([
  [undefined, 'city.local:8080', true],
  ['http://city.local:8080', 'city.local:8080', true],
  ['https://city.local', 'city.local', true],
  ['http://city.local:8081', 'city.local:8080', false],
  ['https://elsewhere.example', 'city.local:8080', false],
  ['null', 'city.local:8080', false],
  ['not an address', 'city.local:8080', false],
  ['null', undefined, false],
])('a page of %s may open the stream on %s: %s', (origin, host, allowed) => {
  expect(isOwnOrigin(origin, host)).toBe(allowed);
});
