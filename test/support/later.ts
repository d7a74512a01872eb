import { afterEach } from 'vitest';

/**
 * Things that a test opens and that are closed when it has ended, last first: `const broker = later(await start(), (b) => b.stop())`.
 * Call it once in a file.
 */
export function closedAfterEach(): <T>(part: T, close: (part: T) => unknown) => T {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (let close = closing.pop(); close; close = closing.pop()) await close();
  });
  return (part, close) => {
    closing.push(() => close(part));
    return part;
  };
}
