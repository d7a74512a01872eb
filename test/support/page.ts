import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Where the built page lies. */
export const pageDir = fileURLToPath(new URL('../../dashboard/web/dist', import.meta.url));

/** Builds the page when a source of it is newer. */
export async function buildPage(): Promise<void> {
  const script = fileURLToPath(new URL('../../dashboard/web/build.ts', import.meta.url));
  const built = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
  expect(await once(built, 'exit')).toEqual([0, null]);
}

/** Uses the one-time link that the page shows. */
export async function claim(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('用户名').fill(name);
  await page.getByLabel('密码', { exact: true }).fill(password);
  await page.getByLabel('再输一次密码').fill(password);
  await page.getByRole('button', { name: '设置并进入' }).click();
  await page.getByRole('complementary').first().waitFor();
}
