import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import webPush from 'web-push';
import { z } from 'zod';
import { Problem } from '../../../kit/problem.ts';
import { replaceFile } from '../../../kit/replace-file.ts';

/** By what push services know this platform (RFC 8292). Browsers subscribe with the public key; another key, and all must anew. */
const keysSchema = z.strictObject({ publicKey: z.string().min(80), privateKey: z.string().min(40) });
export type VapidKeys = z.infer<typeof keysSchema>;

/** The keys in the data folder; made at the first call, readable by the owner alone. */
export async function vapidKeys(dataDir: string): Promise<VapidKeys> {
  const path = join(dataDir, 'vapid.json');
  if (!existsSync(path)) {
    const keys = webPush.generateVAPIDKeys();
    await replaceFile(path, `${JSON.stringify(keys, null, 2)}\n`);
    return keys;
  }
  const read = keysSchema.safeParse(
    await readFile(path, 'utf8')
      .then(JSON.parse)
      .catch(() => undefined),
  );
  if (read.success) return read.data;
  throw new Problem(
    `${path} 不是网页推送的密钥对：从备份恢复它，或删除它（各浏览器须重新订阅）\n` +
      `${path} holds no pair of keys for web push: restore it from a backup, or delete it (browsers must then subscribe anew)`,
  );
}
