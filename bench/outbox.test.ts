import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fillOutbox } from './outbox.ts';

it('a gateway cut off from the platform keeps 500 devices at a rate that makes 72 hours less than 200 MB', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'outbox-size-'));
  try {
    const hours = 6;
    const { rows, mostBytes } = await fillOutbox({ dir, devices: 500, hours, together: 100 });
    expect(rows).toBe(500 * 60 * hours);
    // Logs and the front are as large after six hours as after seventy-two: measured in full, it is a third of that.
    expect(mostBytes).toBeLessThan((200e6 * hours) / 72);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 120_000);
