import { join } from 'node:path';
import { defineConfig } from 'vite';

/**
 * The worker of web push, built beside the page and after it. Browsers look for a newer one where they found the first, and it
 * speaks for all pages below its folder: its name has no hash. It is no second entry of the page's own build: what both use would
 * be split off there, and its styles loaded before the ground rules.
 */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'es2022',
    reportCompressedSize: false,
    rolldownOptions: {
      input: join(import.meta.dirname, 'push/worker.ts'),
      output: { entryFileNames: 'push-worker.js' },
    },
  },
});
