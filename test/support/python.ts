import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const requirements = fileURLToPath(new URL('../python/requirements.txt', import.meta.url));
const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);

/** What `npm test` sets up once: the packages of test/python/requirements.txt, in a folder named after what it holds. */
export const pythonHome = {
  requirements,
  folder: fileURLToPath(new URL(`../../node_modules/.cache/yanshao-python-${wanted}`, import.meta.url)),
} as const;

/** The interpreter that has those packages, or undefined before they are set up. */
export function findPeers(): string | undefined {
  const { folder } = pythonHome;
  return existsSync(`${folder}/complete`) ? `${folder}/bin/python` : undefined;
}
