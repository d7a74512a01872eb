import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a small file whole: after a crash or a power cut there is the old one or the new, never a part, and once this resolves
 * it is the new one. Readable by its owner alone. One writer at a time.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const half = `${path}.new`;
  await synced(half, 'w', (file) => file.writeFile(content));
  await rename(half, path);
  // The name is the folder's: without this a power cut may bring the old one back.
  await synced(folder, 'r', async () => {});
}

async function synced(
  path: string,
  flag: 'w' | 'r',
  work: (file: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  const file = await open(path, flag, 0o600);
  try {
    await work(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
