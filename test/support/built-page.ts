import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../dashboard/web/build.ts', import.meta.url));

/** Where the built page lies. */
export const pageDir = fileURLToPath(new URL('../../dashboard/web/dist', import.meta.url));

/** Builds the page when a source of it is newer: once, before the first test that opens it. */
export async function setup(): Promise<void> {
  const built = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(built, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the page cannot be built: its build ended with ${code}`);
}
