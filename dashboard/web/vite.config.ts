import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const PUSH_WORKER = 'push-worker';

/**
 * The page is served under a content-security policy without `unsafe-inline` and `unsafe-eval`: nothing is inlined, and
 * the map's worker is a file of its own.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2022',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: join(import.meta.dirname, 'index.html'),
        [PUSH_WORKER]: join(import.meta.dirname, 'push/worker.ts'),
      },
      output: {
        // Browsers look for a newer worker where they found the first, and it speaks for all pages below its folder.
        entryFileNames: ({ name }) => (name === PUSH_WORKER ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
