import { expect, it } from 'vitest';
import { maskedUrl } from './masked-url.ts';

it.each([
  ['postgres://duty:hunter2@db:5432/city', 'postgres://duty:••••@db:5432/city'],
  ['postgres://duty:p@ss:w/rd@db/city', 'postgres://duty:••••@db/city'],
  ['postgres://db/city?user=duty&password=hunter2&ssl=1', 'postgres://db/city?user=duty&password=••••&ssl=1'],
  ['postgres://duty@db/city', 'postgres://duty@db/city'],
  ['/var/lib/yanshao/state.db', '/var/lib/yanshao/state.db'],
])('a message shows %s without its password', (url, shown) => {
  expect(maskedUrl(url)).toBe(shown);
});
